package signal

import (
	"context"
	"fmt"
	"math"

	"edgesignal/host/live"
	"edgesignal/host/market"
)

// Inputs are what a rule is given for one query: one entry a symbol, in
// ascending order of their names. They do not depend on which rule it is.
type Inputs struct {
	Symbols     []string
	Predictions []float64            // finite
	Columns     map[string][]float64 // the extra columns asked for, by name
	AsOf        market.Date
	DataAsOf    market.Date // the trading day that the bars are of
	Excluded    []Excluded  // by symbol
}

// Inputs gathers what a rule needs to answer a query from one snapshot.
// columns are the extra columns to compute, as a rule's metadata names them;
// the query's Only and Params play no part. Errors: live.ErrNoMarket, ErrNoData,
// *PredictionError, a column that portfolio.Columns does not list, or the
// context's error.
func (e *Engine) Inputs(ctx context.Context, snap *live.Snapshot, q Query, columns []string) (*Inputs, error) {
	m := snap.Market
	if m == nil {
		return nil, live.ErrNoMarket
	}
	day := len(m.Calendar) - 1
	if q.AsOf != nil {
		i, ok := m.DayIndex(*q.AsOf)
		if !ok {
			return nil, fmt.Errorf("%w: %s is before the first day of the market, %s", ErrNoData, *q.AsOf, m.First())
		}
		day = i
	}
	in := &Inputs{DataAsOf: m.Calendar[day], AsOf: m.Calendar[day]}
	if q.AsOf != nil {
		in.AsOf = *q.AsOf
	}
	members, excluded := split(m, e.universe(m, &q), day)
	in.Excluded = excluded
	if len(members) == 0 {
		return nil, fmt.Errorf("%w on %s: %s", ErrNoData, in.DataAsOf, describe(excluded))
	}
	in.Symbols = make([]string, len(members))
	for i, mb := range members {
		in.Symbols[i] = mb.series.Symbol
	}
	var err error
	if in.Predictions, err = e.predict(ctx, snap, day, members); err != nil {
		return nil, err
	}
	if in.Columns, err = e.columns(columns, m, day, members, q.Previous); err != nil {
		return nil, err
	}
	return in, nil
}

// predict is what the release's model predicts for the members on a calendar
// day, in their order.
func (e *Engine) predict(ctx context.Context, snap *live.Snapshot, day int, members []member) ([]float64, error) {
	all, err := e.Scores.Predictions(ctx, snap.Market, snap.Release.Model, snap.Release.Manifest.ModelSHA256, day)
	if err != nil {
		return nil, err
	}
	predictions := make([]float64, len(members))
	for i, mb := range members {
		p := all[mb.index]
		if math.IsNaN(p) || math.IsInf(p, 0) {
			return nil, &PredictionError{mb.series.Symbol, p}
		}
		predictions[i] = p
	}
	return predictions, nil
}
