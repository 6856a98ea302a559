package gate

import (
	"context"
	"errors"
	"math"

	"edgesignal/host/alpha158"
	"edgesignal/host/model"
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
}

// golden replays the golden file on the loaded model and rule.
func (c *Candidate) golden(ctx context.Context, p *Passed) (*GoldenReport, error) {
	if c.Golden == nil {
		return nil, nil
	}
	if len(c.Golden) > MaxGoldenBytes {
		return nil, release.Reject(release.GoldenMismatch, "the golden file has %d bytes, the limit is %d", len(c.Golden), MaxGoldenBytes)
	}
	g, err := ParseGolden(c.Golden)
	if err != nil {
		return nil, release.Reject(release.GoldenMismatch, "%v", err)
	}
	rep := &GoldenReport{Predictions: len(g.Predictions.Rows), Portfolios: len(g.Portfolios)}
	if rep.WorstPrediction, err = replayPredictions(&g.Predictions, p.Model); err != nil {
		return nil, err
	}
	for i := range g.Portfolios {
		worst, err := replayPortfolio(ctx, i, &g.Portfolios[i], c.Manifest, p.Rule)
		if err != nil {
			return nil, err
		}
		rep.WorstWeight = math.Max(rep.WorstWeight, worst)
	}
	return rep, nil
}

func replayPredictions(g *GoldenPredictions, m *model.Model) (worst float64, err error) {
	if len(g.Rows) == 0 {
		return 0, nil
	}
	want := alpha158.Names()
	if len(g.Features) != len(want) {
		return 0, release.Reject(release.GoldenMismatch, "golden file: predictions.features has %d names, the feature set %d", len(g.Features), len(want))
	}
	for i, name := range want {
		if g.Features[i] != name {
			return 0, release.Reject(release.GoldenMismatch, "golden file: predictions.features[%d] is %q, in the feature set %q", i, g.Features[i], name)
		}
	}
	rows := make([]float64, 0, len(g.Rows)*len(want))
	for _, row := range g.Rows {
		for _, v := range row {
			rows = append(rows, float64(v))
		}
	}
	got := make([]float64, len(g.Rows))
	if err := m.Predict(got, rows); err != nil {
		return 0, release.Reject(release.ModelMalformed, "predicting the golden rows: %v", err)
	}
	for i, v := range got {
		diff, ok := within(v, g.Expected[i], g.Tolerance)
		if !ok {
			return 0, release.Reject(release.GoldenMismatch, "golden file: predictions.rows[%d] gives %v, expected %v (tolerance %v)", i, v, g.Expected[i], g.Tolerance)
		}
		worst = math.Max(worst, diff)
	}
	return worst, nil
}

func replayPortfolio(ctx context.Context, i int, g *GoldenPortfolio, m release.Manifest, r *rule.Module) (worst float64, err error) {
	params, err := portfolio.MergeParams(m.RuleParams, g.Params)
	if err != nil {
		return 0, release.Reject(release.GoldenMismatch, "golden file: portfolios[%d]: %v", i, err)
	}
	order := sortedBySymbol(g.Symbols)
	in := portfolio.Input{
		Predictions: make([]float64, len(order)), Columns: map[string][]float64{}, Params: params, Limits: m.Limits,
	}
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
	book, err := portfolio.Construct(ctx, r, in)
	if err != nil {
		// The caller gave up: that says nothing about the release.
		if ctx.Err() != nil || errors.Is(err, context.Canceled) {
			return 0, err
		}
		return 0, release.Reject(release.GoldenMismatch, "golden file: portfolios[%d]: %v", i, err)
	}
	tolerance := DefaultWeightTolerance
	if g.Tolerance != nil {
		tolerance = *g.Tolerance
	}
	for k, j := range order {
		diff, ok := within(book.Weights[k], g.Weights[j], tolerance)
		if !ok {
			return 0, release.Reject(release.GoldenMismatch, "golden file: portfolios[%d]: weight of %s is %v, expected %v (tolerance %v)",
				i, g.Symbols[j], book.Weights[k], g.Weights[j], tolerance)
		}
		worst = math.Max(worst, diff)
	}
	return worst, nil
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
