// Package portfolio is one run of a rule: predictions in, target weights out,
// within the host's limits. The gate's golden portfolios and every request go
// through it.
package portfolio

import (
	"context"
	"encoding/json"
	"fmt"

	"edgesignal/host/release"
	"edgesignal/host/rule"
)

// Input is one run. The symbols stand in ascending order of their names; the
// rule knows them by position only.
type Input struct {
	Predictions []float64            // one a symbol, finite
	Columns     map[string][]float64 // extra columns by name, each of the same length; NaN = missing
	Params      json.RawMessage      // all parameters, canonical JSON
	Limits      release.Limits
}

// Book is what came of a run: one entry a symbol, in the order of the input.
type Book struct {
	Ranks   []int     // dense, 1 = the highest prediction
	Weights []float64 // fractions of capital, finite, within the limits
}

// Construct runs the rule. Its errors are *rule.ParamsError for parameters
// that the rule's schema refuses, *rule.Fault for what the rule did wrong,
// *LimitError for weights over a limit, or the context's error.
func Construct(ctx context.Context, m *rule.Module, in Input) (Book, error) {
	if err := m.CheckParams(in.Params); err != nil {
		return Book{}, err
	}
	ranks := DenseRanks(in.Predictions)
	rankColumn := make([]float64, len(ranks))
	for i, r := range ranks {
		rankColumn[i] = float64(r)
	}
	names := m.Meta().Columns
	columns := make([][]float64, len(names))
	for i, name := range names {
		columns[i] = in.Columns[name]
		if len(columns[i]) != len(in.Predictions) {
			return Book{}, fmt.Errorf("column %q has %d values for %d symbols", name, len(columns[i]), len(in.Predictions))
		}
	}
	weights, err := m.Construct(ctx, rule.Input{
		Params: in.Params, Predictions: in.Predictions, Ranks: rankColumn, Columns: columns,
	})
	if err != nil {
		return Book{}, err
	}
	if err := CheckLimits(weights, in.Limits); err != nil {
		return Book{}, err
	}
	return Book{Ranks: ranks, Weights: weights}, nil
}
