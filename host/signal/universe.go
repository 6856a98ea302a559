package signal

import (
	"slices"
	"strings"

	"edgesignal/host/market"
	"edgesignal/host/score"
)

// universe returns what a query's book is built over; nil = every symbol of the market.
func (e *Engine) universe(q *Query) []string {
	if q.Symbols == nil && len(e.Universe) > 0 {
		return e.Universe
	}
	return q.Symbols
}

// split parts symbols (nil = all, no duplicates, in any order) into the series
// of those that can be scored, ascending, and those that cannot, by symbol.
func split(m *market.Market, gaps []score.Gap, symbols []string) (series []int32, out []Excluded) {
	asked, out := find(m, symbols)
	series = asked[:0] // those with a gap drop out
	for _, i := range asked {
		switch gaps[i] {
		case score.None:
			series = append(series, i)
		case score.NoBar:
			out = append(out, Excluded{m.Series[i].Symbol, NoBar})
		case score.ShortHistory:
			out = append(out, Excluded{m.Series[i].Symbol, ShortHistory})
		}
	}
	slices.SortFunc(out, func(a, b Excluded) int { return strings.Compare(a.Symbol, b.Symbol) })
	return series, out
}

// find returns the series of symbols (nil = all), ascending, and what the market
// does not know.
func find(m *market.Market, symbols []string) (series []int32, unknown []Excluded) {
	n := len(m.Series)
	if symbols == nil {
		series = make([]int32, n)
		for i := range series {
			series[i] = int32(i)
		}
		return series, nil
	}
	series = make([]int32, 0, len(symbols))
	for _, sym := range symbols {
		if i, ok := m.Index(sym); ok {
			series = append(series, int32(i))
		} else {
			unknown = append(unknown, Excluded{sym, UnknownSymbol})
		}
	}
	if len(series)*8 < n {
		slices.Sort(series)
		return series, unknown
	}
	// Sorting most of a market takes longer than walking all of it.
	asked := make([]bool, n)
	for _, i := range series {
		asked[i] = true
	}
	series = series[:0]
	for i, is := range asked {
		if is {
			series = append(series, int32(i))
		}
	}
	return series, unknown
}

// own returns the strategy's own universe, as far as the market has it, in
// ascending order of the symbols. No query changes it.
func (e *Engine) own(m *market.Market) []*market.Series {
	if len(e.Universe) == 0 {
		return m.Series
	}
	var own []*market.Series
	for _, sym := range e.Universe {
		if s := m.Find(sym); s != nil {
			own = append(own, s)
		}
	}
	return own
}
