package gate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"

	"edgesignal/host/rule"
)

// Golden is what the author of a release says that it answers: rows of
// features with the predictions of LightGBM itself, and predictions with the
// weights of the rule.
type Golden struct {
	Strategy    string            `json:"strategy"`
	Version     string            `json:"version"`
	Source      string            `json:"source"`
	Predictions GoldenPredictions `json:"predictions"`
	Portfolios  []GoldenPortfolio `json:"portfolios"`
}

// GoldenPredictions are n rows over the named features and what the model
// must predict for each.
type GoldenPredictions struct {
	Features  []string  `json:"features"`
	Rows      [][]cell  `json:"rows"`     // n x len(features)
	Expected  []float64 `json:"expected"` // n
	Keys      [][]any   `json:"keys"`     // for people: what each row is
	Tolerance float64   `json:"tolerance"`
}

// GoldenPortfolio is one run of the rule. Symbols may stand in any order.
type GoldenPortfolio struct {
	Date        string              `json:"date"` // for people
	Symbols     []string            `json:"symbols"`
	Predictions []float64           `json:"predictions"`
	Columns     map[string][]column `json:"columns"`
	Params      rule.Params         `json:"params"` // over the release's own
	Weights     []float64           `json:"weights"`
	Tolerance   *float64            `json:"tolerance"` // nil = DefaultWeightTolerance
}

// DefaultWeightTolerance is the absolute difference that a golden weight may
// show where the file names none.
const DefaultWeightTolerance = 1e-12

// cell is a feature: the decimal is read as float32, which is what the model
// was trained on, and null is a missing value.
type cell float64

func (c *cell) UnmarshalJSON(b []byte) error {
	v, err := number(b, 32)
	*c = cell(v)
	return err
}

// column is a value of a rule's extra column: a float64, null = missing.
type column float64

func (c *column) UnmarshalJSON(b []byte) error {
	v, err := number(b, 64)
	*c = column(v)
	return err
}

func number(b []byte, bits int) (float64, error) {
	if string(b) == "null" {
		return math.NaN(), nil
	}
	v, err := strconv.ParseFloat(string(b), bits)
	if err != nil {
		return 0, fmt.Errorf("%.40q is not a number of %d bits or null", b, bits)
	}
	return v, nil
}

// ParseGolden reads a golden file strictly: a field nobody knows is an error,
// for it may be a check that the author believes is made.
func ParseGolden(b []byte) (*Golden, error) {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	var g Golden
	if err := dec.Decode(&g); err != nil {
		return nil, fmt.Errorf("golden file: %w", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, fmt.Errorf("golden file: text after the JSON object")
	}
	p := &g.Predictions
	if len(p.Rows) != len(p.Expected) {
		return nil, fmt.Errorf("golden file: predictions has %d rows and %d expected values", len(p.Rows), len(p.Expected))
	}
	for i, row := range p.Rows {
		if len(row) != len(p.Features) {
			return nil, fmt.Errorf("golden file: predictions.rows[%d] has %d values for %d features", i, len(row), len(p.Features))
		}
	}
	if !(p.Tolerance >= 0) {
		return nil, fmt.Errorf("golden file: predictions.tolerance %v is below 0", p.Tolerance)
	}
	for i := range g.Portfolios {
		if err := g.Portfolios[i].check(); err != nil {
			return nil, fmt.Errorf("golden file: portfolios[%d]: %w", i, err)
		}
	}
	if len(p.Rows) == 0 && len(g.Portfolios) == 0 {
		return nil, fmt.Errorf("golden file: it checks nothing (no predictions.rows and no portfolios)")
	}
	return &g, nil
}

func (g *GoldenPortfolio) check() error {
	n := len(g.Symbols)
	if n == 0 {
		return fmt.Errorf("no symbols")
	}
	if len(g.Predictions) != n || len(g.Weights) != n {
		return fmt.Errorf("%d symbols, %d predictions, %d weights", n, len(g.Predictions), len(g.Weights))
	}
	for name, col := range g.Columns {
		if len(col) != n {
			return fmt.Errorf("column %q has %d values for %d symbols", name, len(col), n)
		}
	}
	seen := make(map[string]bool, n)
	for _, s := range g.Symbols {
		if seen[s] {
			return fmt.Errorf("symbol %q stands twice", s)
		}
		seen[s] = true
	}
	if g.Tolerance != nil && !(*g.Tolerance >= 0) {
		return fmt.Errorf("tolerance %v is below 0", *g.Tolerance)
	}
	return nil
}
