package gate

import (
	"errors"
	"fmt"
	"math"
	"strconv"

	"edgesignal/host/rule"
	"edgesignal/host/strictjson"
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
	Bars        *GoldenBars       `json:"bars"`
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

// cell is an input of the model, null = missing. The decimal is read twice: as the float32 that
// most inputs are, its real part, and as a float64, for those that a processor ranked, its
// imaginary part. Rounding the second to a float32 would round twice.
type cell complex128

func (c *cell) UnmarshalJSON(b []byte) error {
	*c = cell(complex(number(b, 32), number(b, 64)))
	return nil
}

func (c cell) narrow() float64 { return real(c) }
func (c cell) wide() float64   { return imag(c) }

// column is a value of a rule's extra column: a float64, null = missing.
type column float64

func (c *column) UnmarshalJSON(b []byte) error {
	*c = column(number(b, 64))
	return nil
}

// number returns a JSON number, NaN for null, and an infinity for one that so
// many bits cannot hold.
func number(b []byte, bits int) float64 {
	if string(b) == "null" {
		return math.NaN()
	}
	v, _ := strconv.ParseFloat(string(b), bits)
	return v
}

// MaxGoldenPortfolios bounds the runs of a rule that a golden file asks for: each
// load of the release makes them all, and holds a place of the gate meanwhile.
const MaxGoldenPortfolios = 5000

// ParseGolden reads a golden file strictly: a field nobody knows is an error,
// for it may be a check that the author believes is made. Errors say where,
// and quote nothing: the path of a row may name any file.
func ParseGolden(b []byte) (*Golden, error) {
	var g Golden
	err := strictjson.Decode(b, &g)
	var wrong *strictjson.Error
	switch {
	case errors.As(err, &wrong):
		return nil, fmt.Errorf("golden file: %s", wrong.Nameless())
	case err != nil:
		return nil, fmt.Errorf("golden file: %w", err)
	}
	if n := len(g.Portfolios); n > MaxGoldenPortfolios {
		return nil, fmt.Errorf("golden file: %d portfolios, at most %d", n, MaxGoldenPortfolios)
	}
	p := &g.Predictions
	if len(p.Rows) != len(p.Expected) {
		return nil, fmt.Errorf("golden file: predictions has %d rows and %d expected values", len(p.Rows), len(p.Expected))
	}
	for i, row := range p.Rows {
		if len(row) != len(p.Features) {
			return nil, fmt.Errorf("golden file: predictions.rows[%d] has %d values for %d features", i, len(row), len(p.Features))
		}
		for k, v := range row {
			if math.IsInf(v.narrow(), 0) {
				return nil, fmt.Errorf("golden file: predictions.rows[%d][%d] is beyond a float32", i, k)
			}
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
	if g.Bars != nil {
		if err := g.Bars.check(); err != nil {
			return nil, fmt.Errorf("golden file: bars: %w", err)
		}
	}
	if len(p.Rows) == 0 && len(g.Portfolios) == 0 && g.Bars == nil {
		return nil, fmt.Errorf("golden file: it checks nothing (no predictions.rows, no portfolios and no bars)")
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
	for _, col := range g.Columns {
		if len(col) != n {
			return fmt.Errorf("one of the columns has %d values for %d symbols", len(col), n)
		}
		for i, v := range col {
			if math.IsInf(float64(v), 0) {
				return fmt.Errorf("one of the columns: value %d is beyond a double", i)
			}
		}
	}
	seen := make(map[string]bool, n)
	for i, s := range g.Symbols {
		if seen[s] {
			return fmt.Errorf("symbols[%d] stands twice", i)
		}
		seen[s] = true
	}
	if g.Tolerance != nil && !(*g.Tolerance >= 0) {
		return fmt.Errorf("tolerance %v is below 0", *g.Tolerance)
	}
	return nil
}
