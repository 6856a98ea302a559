package signal

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"edgesignal/host/alpha158"
	"edgesignal/host/live"
	"edgesignal/host/portfolio"
)

// Engine builds books.
type Engine struct {
	// Universe is what a strategy's own book is built over: upper case,
	// ascending. Empty = every symbol of the market.
	Universe []string
}

// Book answers a query from one snapshot. Errors: live.ErrNoMarket, ErrNoData,
// *PredictionError, and those of portfolio.Construct.
func (e *Engine) Book(ctx context.Context, snap *live.Snapshot, q Query) (*Answer, error) {
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
	answer := &Answer{DataAsOf: m.Calendar[day], AsOf: m.Calendar[day]}
	if q.AsOf != nil {
		answer.AsOf = *q.AsOf
	}
	members, excluded := split(m, e.universe(m, &q), day)
	answer.Excluded = excluded
	if len(members) == 0 {
		return nil, fmt.Errorf("%w on %s: %s", ErrNoData, answer.DataAsOf, describe(excluded))
	}
	predictions, err := predict(snap, members)
	if err != nil {
		return nil, err
	}
	params, err := portfolio.MergeParams(snap.Release.Manifest.RuleParams, q.Params)
	if err != nil {
		return nil, err
	}
	book, err := portfolio.Construct(ctx, snap.Release.Rule, portfolio.Input{
		Predictions: predictions,
		Columns:     map[string][]float64{portfolio.PreviousWeight: previous(members, q.Previous)},
		Params:      params,
		Limits:      snap.Release.Manifest.Limits,
	})
	if err != nil {
		return nil, err
	}
	answer.Signals = make([]Signal, len(members))
	for i, mb := range members {
		answer.Signals[i] = Signal{mb.series.Symbol, predictions[i], book.Ranks[i], book.Weights[i]}
	}
	if q.Only != nil {
		pick(answer, q.Only)
		if len(answer.Signals) == 0 {
			return nil, fmt.Errorf("%w on %s: %s", ErrNoData, answer.DataAsOf, describe(answer.Excluded))
		}
	}
	// Symbols ascend already, so a stable sort by rank leaves ties by symbol.
	slices.SortStableFunc(answer.Signals, func(a, b Signal) int { return cmp.Compare(a.Rank, b.Rank) })
	return answer, nil
}

// predict scores the members' features of the day, in their order.
func predict(snap *live.Snapshot, members []member) ([]float64, error) {
	rows := make([]float64, len(members)*alpha158.Width)
	features := make([]float32, alpha158.Width)
	for i, mb := range members {
		alpha158.Last(features, mb.series.Slice(max(0, mb.row+1-alpha158.Rows), mb.row+1))
		row := rows[i*alpha158.Width:]
		for k, f := range features {
			row[k] = float64(f)
		}
	}
	predictions := make([]float64, len(members))
	if err := snap.Release.Model.Predict(predictions, rows); err != nil {
		return nil, err
	}
	for i, p := range predictions {
		if math.IsNaN(p) || math.IsInf(p, 0) {
			return nil, &PredictionError{members[i].series.Symbol, p}
		}
	}
	return predictions, nil
}

func previous(members []member, weights map[string]float64) []float64 {
	col := make([]float64, len(members))
	for i, mb := range members {
		col[i] = weights[mb.series.Symbol]
	}
	return col
}

// describe names why nothing is left, at most a few symbols of it.
func describe(excluded []Excluded) string {
	const most = 5
	text := ""
	for i, x := range excluded {
		if i == most {
			return fmt.Sprintf("%s and %d more", text, len(excluded)-most)
		}
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%s %s", x.Symbol, x.Reason)
	}
	if text == "" {
		return "the market has no symbols"
	}
	return text
}
