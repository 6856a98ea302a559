package gate

import (
	"context"
	"fmt"
	"math"
	"slices"

	"edgesignal/host/market"
	"edgesignal/host/model"
	"edgesignal/host/portfolio"
	"edgesignal/host/release"
	"edgesignal/host/score"
)

// replayBars takes the golden file's bars all the way that a host takes a market's: features,
// processors, models and, where weights are expected, the rule.
func (c *checking) replayBars(ctx context.Context) error {
	g := c.golden.Bars
	if g == nil {
		return nil
	}
	wrong := func(err error) error {
		if ctx.Err() != nil { // the caller gave up: that says nothing about the release
			return ctx.Err()
		}
		return release.Reject(release.GoldenMismatch, "golden file: bars: %v", err)
	}
	universe := ""
	if p := c.inputs.plan; p != nil {
		if universe = p.Set.Universe.Name; p.Set.Universe.Symbols != nil && g.Instruments != nil {
			return wrong(fmt.Errorf("instruments: the release's universe is a list of its own"))
		}
	}
	m, err := g.market(universe)
	if err != nil {
		return wrong(err)
	}
	e, err := model.Mean(len(c.inputs.names), []model.Part{{Model: c.model, Columns: c.inputs.places}})
	if err != nil {
		return err
	}
	p := score.NewPredictor(c.inputs.plan, c.inputs.set, e, c.Manifest.ModelSHA256)
	for i := range g.Expected {
		day, err := g.onCalendar(g.Expected[i].Date)
		if err != nil {
			return wrong(fmt.Errorf("expected[%d].date %w", i, err))
		}
		var nothing *score.Cache
		scores, err := nothing.Scores(ctx, m, p, day)
		if err != nil {
			return wrong(err)
		}
		if err := c.compareDay(m, scores, &g.Expected[i]); err != nil {
			return wrong(err)
		}
		if g.Expected[i].Weights == nil {
			continue
		}
		if err := c.compareBook(ctx, m, scores, day, &g.Expected[i]); err != nil {
			return wrong(err)
		}
	}
	return nil
}

// compareDay holds the predictions of a day against those of the file.
func (c *checking) compareDay(m *market.Market, scores *score.Scores, want *goldenDay) error {
	rep, tolerance := c.out.Report.Golden, c.golden.Bars.Tolerance
	for i, s := range m.Series {
		expected, ok := want.Predictions[s.Symbol]
		if !ok {
			continue
		}
		got, there := scores.Predictions[i], scores.Gaps[i] == score.None
		switch {
		case expected == nil && there:
			return fmt.Errorf("%s on %s is predicted %v, expected to have no prediction", s.Symbol, want.Date, got)
		case expected != nil && !there:
			return fmt.Errorf("%s on %s has no prediction (%s), expected %v", s.Symbol, want.Date, scores.Gaps[i], *expected)
		case expected != nil:
			diff, ok := within(got, *expected, tolerance)
			if !ok {
				return fmt.Errorf("%s on %s is predicted %v, expected %v (tolerance %v)", s.Symbol, want.Date, got, *expected, tolerance)
			}
			rep.WorstPrediction = math.Max(rep.WorstPrediction, diff)
		}
		rep.Predictions++
	}
	return nil
}

// compareBook runs the rule over the release's universe of a day and holds its weights against
// those of the file; a symbol that the file does not name has none.
func (c *checking) compareBook(ctx context.Context, m *market.Market, scores *score.Scores, day int, want *goldenDay) (err error) {
	var in portfolio.Input
	if in.Params, err = c.params.With(want.Params); err != nil {
		return fmt.Errorf("the book of %s: %w", want.Date, err)
	}
	series := slices.Sorted(slices.Values(scores.Order))
	if len(series) == 0 {
		return fmt.Errorf("the book of %s: no symbol has a prediction", want.Date)
	}
	in.Limits, in.Columns = c.Manifest.Limits, map[string][]float64{}
	for _, i := range series {
		in.Predictions = append(in.Predictions, scores.Predictions[i])
	}
	for _, name := range c.rule.Meta().Columns {
		column := make([]float64, len(series))
		switch name {
		case portfolio.PreviousWeight: // nothing is held before
		case portfolio.Close:
			for k, i := range series {
				s := m.Series[i]
				column[k] = float64(s.Close[day-s.First])
			}
		default:
			return fmt.Errorf("the book of %s: the rule wants column %s, which is not computed from these bars; portfolios can hold its weights", want.Date, name)
		}
		in.Columns[name] = column
	}
	book, err := portfolio.Construct(ctx, c.rule, in)
	if err != nil {
		return fmt.Errorf("the book of %s: %w", want.Date, err)
	}
	rep := c.out.Report.Golden
	rep.Portfolios++
	if len(rep.Fuel) < maxFuelListed {
		rep.Fuel = append(rep.Fuel, book.Fuel)
	}
	tolerance := DefaultWeightTolerance
	if t := c.golden.Bars.WeightTolerance; t != nil {
		tolerance = *t
	}
	for i, s := range m.Series {
		got := 0.0
		if k, ok := slices.BinarySearch(series, int32(i)); ok {
			got = book.Weights[k]
		}
		diff, ok := within(got, want.Weights[s.Symbol], tolerance)
		if !ok {
			return fmt.Errorf("the weight of %s on %s is %v, expected %v (tolerance %v)", s.Symbol, want.Date, got, want.Weights[s.Symbol], tolerance)
		}
		rep.WorstWeight = math.Max(rep.WorstWeight, diff)
	}
	return nil
}
