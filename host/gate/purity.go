package gate

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"edgesignal/host/portfolio"
	"edgesignal/host/release"
	"edgesignal/host/rule"
)

// ProbeReport is one run of the rule, with the release's parameters, on
// symbols that nobody trades.
type ProbeReport struct {
	Symbols int   `json:"symbols"`
	Fuel    int64 `json:"fuel"`
}

// probeSymbols is the size of the plain probe.
const probeSymbols = 50

// maxProbedGolden is how many golden portfolios are run again as probes.
const maxProbedGolden = 3

// purity runs the rule on several inputs, each in an instance of its own and
// then, forwards and backwards, in the ones that requests use: what a call
// answers may depend on its input alone. On the plain probe it must take
// the release's parameters and do its work, or answer with an error of its own.
func (c *checking) purity(ctx context.Context) error {
	probes := []portfolio.Input{
		probe(c.Manifest, c.params, probeSymbols, 1),
		probe(c.Manifest, c.params, 1, 1),
		probe(c.Manifest, c.params, 7, 3),
	}
	if c.golden != nil {
		for i := range c.golden.Portfolios[:min(len(c.golden.Portfolios), maxProbedGolden)] {
			in, _, err := c.golden.Portfolios[i].input(c.Manifest, c.params)
			if err != nil {
				return release.Reject(release.GoldenMismatch, "golden file: portfolios[%d]: %v", i, err)
			}
			probes = append(probes, in)
		}
	}
	inputs := make([]rule.Input, len(probes))
	for i, p := range probes {
		var err error
		if inputs[i], err = portfolio.RuleInput(c.rule.Meta(), p); err != nil {
			return err
		}
	}
	first, err := probePurity(inputs, c.rule.ConstructAlone, func(in rule.Input) (rule.Output, error) { return c.rule.Construct(ctx, in) })
	if err != nil {
		return err
	}
	c.out.Report.Probe = ProbeReport{Symbols: probeSymbols, Fuel: first.Fuel}
	return nil
}

// construct is one run of a rule.
type construct func(rule.Input) (rule.Output, error)

// probePurity holds what shared answers against what alone does, and gives
// the answer to the first input.
func probePurity(inputs []rule.Input, alone, shared construct) (first rule.Output, err error) {
	want := make([]outcome, len(inputs))
	for i, in := range inputs {
		if want[i], err = outcomeOf(alone(in)); err != nil {
			return first, err
		}
	}
	if f := want[0].fault; f != nil && (f.Kind != rule.FaultStatus || f.Status < 1 || f.Status > 99 || f.Refused) {
		return first, release.Reject(release.RuleABI, "on a probe of %d symbols: %v", len(inputs[0].Predictions), f)
	}
	order := make([]int, 0, 2*len(inputs))
	for i := range inputs {
		order = append(order, i)
	}
	for i := range slices.Backward(inputs) {
		order = append(order, i)
	}
	for calls, i := range order {
		got, err := outcomeOf(shared(inputs[i]))
		if err != nil {
			return first, err
		}
		if diff := want[i].differs(got); diff != "" {
			return first, release.Reject(release.RuleImpure, "probe %d of %d, %d symbols, after %d other calls: %s",
				i+1, len(inputs), len(inputs[i].Predictions), calls, diff)
		}
	}
	return want[0].Output, nil
}

// outcome is what a run came to: weights, or a fault of the rule's.
type outcome struct {
	rule.Output
	fault *rule.Fault
}

func outcomeOf(out rule.Output, err error) (outcome, error) {
	var f *rule.Fault
	if errors.As(err, &f) {
		return outcome{rule.Output{Fuel: f.Fuel, Log: f.Log, Dropped: f.Dropped}, f}, nil
	}
	return outcome{Output: out}, err
}

// differs says in what got is not o, "" = it is, to the last bit.
func (o outcome) differs(got outcome) string {
	of := func(x outcome) string {
		if x.fault != nil {
			return x.fault.Error()
		}
		return "weights"
	}
	switch {
	case of(o) != of(got):
		return fmt.Sprintf("it comes to %s, alone to %s", of(got), of(o))
	case o.Fuel != got.Fuel:
		return fmt.Sprintf("it uses %d units of fuel, alone %d", got.Fuel, o.Fuel)
	case !slices.Equal(o.Log, got.Log) || o.Dropped != got.Dropped:
		return "it logs other lines than alone"
	}
	for i, w := range o.Weights {
		if math.Float64bits(w) != math.Float64bits(got.Weights[i]) {
			return fmt.Sprintf("the weight at position %d is %v, alone %v", i, got.Weights[i], w)
		}
	}
	return ""
}

// probe returns n symbols with predictions of both signs, each value ties times,
// and columns as a market might have them.
func probe(m release.Manifest, params rule.Params, n, ties int) portfolio.Input {
	in := portfolio.Input{Params: params, Limits: m.Limits, Columns: map[string][]float64{}}
	column := func(value func(i int) float64) []float64 {
		values := make([]float64, n)
		for i := range values {
			values[i] = value(i)
		}
		return values
	}
	// 17 has no factor in common with n: the predictions are in no order.
	in.Predictions = column(func(i int) float64 { return (float64((i/ties*17)%n) - float64(n)/2) / 1000 })
	for _, name := range portfolio.ColumnNames() {
		in.Columns[name] = column(func(i int) float64 { return plausible(name, i) })
	}
	return in
}

// plausible returns a value of a column for symbol i.
func plausible(column string, i int) float64 {
	switch column {
	case portfolio.Close:
		return 20 + float64(i)
	case portfolio.Volatility20D:
		return 0.01 + float64(i%7)/1000
	case portfolio.DollarVolume20D:
		return 1e6 * float64(1+i%9)
	case portfolio.Sector:
		return float64(i % 5)
	case portfolio.Beta60D:
		return 0.5 + float64(i%11)/10
	default: // portfolio.PreviousWeight
		return 0
	}
}
