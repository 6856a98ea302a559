package gate

import (
	"cmp"
	"context"
	"math"
	"slices"

	"edgesignal/host/portfolio"
	"edgesignal/host/release"
	"edgesignal/host/rule"
)

// GoldenReport says how close the release came to its golden file.
type GoldenReport struct {
	Predictions     int     `json:"predictions"`      // rows checked
	WorstPrediction float64 `json:"worst_prediction"` // largest absolute difference
	Portfolios      int     `json:"portfolios"`       // portfolios checked
	WorstWeight     float64 `json:"worst_weight"`     // largest absolute difference
	Fuel            []int64 `json:"fuel"`             // of each portfolio, the first maxFuelListed
}

const maxFuelListed = 100

func (c *checking) readGolden() (err error) {
	if len(c.Golden) > MaxGoldenBytes {
		return release.Reject(release.GoldenMismatch, "the golden file has %d bytes, the limit is %d", len(c.Golden), MaxGoldenBytes)
	}
	if c.golden, err = ParseGolden(c.Golden); err != nil {
		return release.Reject(release.GoldenMismatch, "%v", err)
	}
	if of := c.golden.Strategy; of != "" && of != c.Manifest.Strategy {
		return release.Reject(release.GoldenMismatch, "the golden file says that it is of another strategy than %s", c.Manifest.Strategy)
	}
	c.out.Report.Golden = &GoldenReport{Fuel: []int64{}}
	return nil
}

func (c *checking) replayPredictions() error {
	g, rep := &c.golden.Predictions, c.out.Report.Golden
	if len(g.Rows) == 0 {
		return nil
	}
	places, err := c.inputs.golden(g.Features)
	if err != nil {
		return release.Reject(release.GoldenMismatch, "golden file: predictions.%v", err)
	}
	rows := make([]float64, 0, len(g.Rows)*len(places))
	for _, row := range g.Rows {
		for input, at := range places {
			if c.inputs.wide(c.inputs.places[input]) {
				rows = append(rows, row[at].wide())
			} else {
				rows = append(rows, row[at].narrow())
			}
		}
	}
	c.evaluateBy(c.model.Hold(rows))
	got := make([]float64, len(g.Rows))
	if err := c.model.Predict(got, rows); err != nil {
		return release.Reject(release.ModelMalformed, "predicting the golden rows: %v", err)
	}
	rep.Predictions = len(got)
	for i, v := range got {
		diff, ok := within(v, g.Expected[i], g.Tolerance)
		if !ok {
			return release.Reject(release.GoldenMismatch, "golden file: predictions.rows[%d] gives %v, expected %v (tolerance %v)", i, v, g.Expected[i], g.Tolerance)
		}
		rep.WorstPrediction = math.Max(rep.WorstPrediction, diff)
	}
	return nil
}

func (c *checking) replayPortfolios(ctx context.Context) error {
	for i := range c.golden.Portfolios {
		if err := c.replayPortfolio(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

func (c *checking) replayPortfolio(ctx context.Context, i int) error {
	g, rep := &c.golden.Portfolios[i], c.out.Report.Golden
	in, order, err := g.input(c.Manifest, c.params)
	if err != nil {
		return release.Reject(release.GoldenMismatch, "golden file: portfolios[%d]: %v", i, err)
	}
	book, err := portfolio.Construct(ctx, c.rule, in)
	if err != nil {
		// The caller gave up: that says nothing about the release.
		if ctx.Err() != nil {
			return err
		}
		return release.Reject(release.GoldenMismatch, "golden file: portfolios[%d]: %v", i, err)
	}
	rep.Portfolios++
	if len(rep.Fuel) < maxFuelListed {
		rep.Fuel = append(rep.Fuel, book.Fuel)
	}
	tolerance := DefaultWeightTolerance
	if g.Tolerance != nil {
		tolerance = *g.Tolerance
	}
	for k, j := range order {
		diff, ok := within(book.Weights[k], g.Weights[j], tolerance)
		if !ok {
			return release.Reject(release.GoldenMismatch, "golden file: portfolios[%d]: the weight of symbols[%d] is %v, expected %v (tolerance %v)",
				i, j, book.Weights[k], g.Weights[j], tolerance)
		}
		rep.WorstWeight = math.Max(rep.WorstWeight, diff)
	}
	return nil
}

// input returns the portfolio as a rule sees it, in ascending order of the symbols,
// and that order: entry k of the input is entry order[k] of g.
func (g *GoldenPortfolio) input(m release.Manifest, params rule.Params) (in portfolio.Input, order []int, err error) {
	if in.Params, err = params.With(g.Params); err != nil {
		return in, nil, err
	}
	order = make([]int, len(g.Symbols))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(g.Symbols[a], g.Symbols[b]) })
	in.Predictions, in.Columns, in.Limits = make([]float64, len(order)), map[string][]float64{}, m.Limits
	for k, j := range order {
		in.Predictions[k] = g.Predictions[j]
	}
	for name, col := range g.Columns {
		values := make([]float64, len(order))
		for k, j := range order {
			values[k] = float64(col[j])
		}
		in.Columns[name] = values
	}
	return in, order, nil
}

// within compares with an absolute tolerance; 0 means equal to the last bit,
// except that both zeros are one.
func within(got, want, tolerance float64) (diff float64, ok bool) {
	if got == want {
		return 0, true
	}
	diff = math.Abs(got - want)
	return diff, diff <= tolerance
}
