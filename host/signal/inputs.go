package signal

import (
	"context"
	"fmt"
	"math"

	"edgesignal/host/live"
	"edgesignal/host/market"
	"edgesignal/host/portfolio"
)

// Inputs are what a rule is given for one query: one entry a symbol, in
// ascending order of their names. They do not depend on which rule it is.
type Inputs struct {
	Symbols     []string
	Predictions []float64            // finite
	Ranks       []int                // dense, 1 = the highest prediction
	Columns     map[string][]float64 // the extra columns asked for, by name
	AsOf        market.Date
	DataAsOf    market.Date // the trading day that the bars are of
	Excluded    []Excluded  // by symbol

	Decimals []string // Predictions as answers show them
	Order    []int32  // positions by rank, then symbol

	market *market.Market
}

// Inputs gathers what a rule needs to answer a query from one snapshot.
// columns are the extra columns to compute, as a rule's metadata names them;
// the query's Only and Params play no part. Errors: live.ErrNoMarket, ErrNoData,
// *DataTooOldError, *PredictionError, a column that portfolio.Columns does not list, or the
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
	in := &Inputs{DataAsOf: m.Calendar[day], AsOf: m.Calendar[day], market: m}
	if q.MinDataAsOf != nil && in.DataAsOf < *q.MinDataAsOf {
		return nil, &DataTooOldError{in.DataAsOf, *q.MinDataAsOf}
	}
	if q.AsOf != nil {
		in.AsOf = *q.AsOf
	}
	scores, err := e.Scores.Scores(ctx, m, snap.Release.Scored, day)
	if err != nil {
		return nil, err
	}
	var series []int32
	series, in.Excluded = split(m, scores, e.universe(&q))
	if len(series) == 0 {
		return nil, fmt.Errorf("%w on %s: %s", ErrNoData, in.DataAsOf, describe(in.Excluded))
	}
	n := len(series)
	in.Symbols, in.Predictions, in.Decimals = make([]string, n), make([]float64, n), make([]string, n)
	for k, i := range series {
		symbol, p := m.Series[i].Symbol, scores.Predictions[i]
		if math.IsNaN(p) || math.IsInf(p, 0) {
			return nil, &PredictionError{symbol, p}
		}
		in.Symbols[k], in.Predictions[k], in.Decimals[k] = symbol, p, scores.Decimals[i]
	}
	in.Order = orderOf(scores.Order, series, in.Predictions, len(m.Series))
	in.Ranks = portfolio.RanksInOrder(in.Order, in.Predictions)
	of := dayOf{m, day, scores.Gaps, snap.Release.Scored.Set()}
	if in.Columns, err = e.columns(ctx, columns, of, series, q.Previous); err != nil {
		return nil, err
	}
	return in, nil
}
