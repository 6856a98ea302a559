// Package portfolio runs a rule once: predictions in, target weights out, within
// the host's limits. The gate's golden portfolios and every request go through it.
package portfolio

import (
	"context"
	"fmt"

	"edgesignal/host/release"
	"edgesignal/host/rule"
)

// Input is one run. The symbols stand in ascending order of their names; the
// rule knows them by position only.
type Input struct {
	Predictions []float64            // one a symbol, finite
	Ranks       []int                // of Predictions, as DenseRanks gives them; nil = to be computed
	Columns     map[string][]float64 // extra columns by name, each of the same length; NaN = missing
	Params      rule.Params          // all of them
	Limits      release.Limits
}

// RuleInput returns in as a rule with this metadata gets it.
func RuleInput(meta rule.Meta, in Input) (rule.Input, error) {
	ranks := in.Ranks
	if ranks == nil {
		ranks = DenseRanks(in.Predictions)
	}
	out := rule.Input{Params: in.Params, Predictions: in.Predictions, Ranks: make([]float64, len(ranks)), Columns: make([][]float64, len(meta.Columns))}
	for i, r := range ranks {
		out.Ranks[i] = float64(r)
	}
	if len(ranks) != len(in.Predictions) {
		return out, fmt.Errorf("%d ranks for %d symbols", len(ranks), len(in.Predictions))
	}
	for i, name := range meta.Columns {
		out.Columns[i] = in.Columns[name]
		if len(out.Columns[i]) != len(in.Predictions) {
			return out, fmt.Errorf("column %q has %d values for %d symbols", name, len(out.Columns[i]), len(in.Predictions))
		}
	}
	return out, nil
}

// Construct runs the rule. The weights are fractions of capital, one a symbol in
// the order of the input, within the limits. Its errors are *rule.ParamsError
// for parameters that the rule's schema refuses, *rule.Fault for what the rule
// did wrong, *LimitError for weights over a limit, or the context's error.
func Construct(ctx context.Context, m *rule.Module, in Input) (rule.Output, error) {
	var err error
	if in.Params, err = m.Accept(in.Params); err != nil {
		return rule.Output{}, err
	}
	input, err := RuleInput(m.Meta(), in)
	if err != nil {
		return rule.Output{}, err
	}
	out, err := m.Construct(ctx, input)
	if err != nil {
		return rule.Output{}, err
	}
	if err := CheckLimits(out.Weights, in.Limits); err != nil {
		return rule.Output{}, err
	}
	return out, nil
}
