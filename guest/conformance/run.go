package conformance

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"edgesignal/host/portfolio"
	"edgesignal/host/release"
	"edgesignal/host/rule"
)

// Construct carries out one call of a rule; a rule's own error is a
// *rule.Fault of the kind FaultStatus.
type Construct func(rule.Input) ([]float64, error)

// Run makes the calls of c one after the other and says how the first one
// that does not conform differs. columns are those of the vectors.
func (c Case) Run(columns []string, construct Construct) error {
	for i, call := range c.Calls {
		in := call.input(columns)
		weights, err := construct(in)
		if err := call.compare(weights, err); err != nil {
			return fmt.Errorf("call %d of %q, params %s: %w", i+1, c.Name, call.Params, err)
		}
	}
	return nil
}

func (c *Call) input(columns []string) rule.Input {
	in := rule.Input{Params: c.Params}
	if c.Generate != nil {
		predictions, volatilities := c.Generate.make()
		in.Predictions, in.Columns = predictions, [][]float64{volatilities}
	} else {
		in.Predictions = floats(c.Predictions)
		for _, name := range columns {
			in.Columns = append(in.Columns, floats(c.Columns[name]))
		}
	}
	for _, rank := range portfolio.DenseRanks(in.Predictions) {
		in.Ranks = append(in.Ranks, float64(rank))
	}
	return in
}

// compare holds an answer against what is expected.
func (c *Call) compare(weights []float64, err error) error {
	if c.Status != 0 {
		return c.compareFault(err)
	}
	if err != nil {
		return err
	}
	if c.WeightsSHA256 != "" {
		if sum := sum(weights); sum != c.WeightsSHA256 {
			return fmt.Errorf("the weights have SHA-256 %s, want %s", sum, c.WeightsSHA256)
		}
		return nil
	}
	if len(weights) != len(c.Weights) {
		return fmt.Errorf("%d weights, want %d", len(weights), len(c.Weights))
	}
	for i, want := range floats(c.Weights) {
		if math.Float64bits(weights[i]) != math.Float64bits(want) {
			return fmt.Errorf("weight %d is %v, want %v", i, weights[i], want)
		}
	}
	return nil
}

func (c *Call) compareFault(err error) error {
	var fault *rule.Fault
	switch {
	case err == nil:
		return fmt.Errorf("weights, want status %d", c.Status)
	case !errors.As(err, &fault) || fault.Kind != rule.FaultStatus:
		return fmt.Errorf("want status %d: %w", c.Status, err)
	case fault.Status != c.Status:
		return fmt.Errorf("status %d, want %d: %w", fault.Status, c.Status, err)
	case fault.Detail != c.Message:
		return fmt.Errorf("the message is %q, want %q", fault.Detail, c.Message)
	}
	return nil
}

func sum(weights []float64) string {
	var b []byte
	for _, w := range weights {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(w))
	}
	return release.Sum(b)
}
