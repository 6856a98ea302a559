package signal

import (
	"slices"
	"strings"

	"edgesignal/host/market"
	"edgesignal/host/score"
)

// universe is what a query's book is built over; nil = every symbol of the market.
func (e *Engine) universe(q *Query) []string {
	if q.Symbols == nil && len(e.Universe) > 0 {
		return e.Universe
	}
	return q.Symbols
}

// split parts symbols (nil = all, no duplicates, in any order) into the series
// of those that can be scored, ascending, and those that cannot, by symbol.
func split(m *market.Market, gaps []score.Gap, symbols []string) (series []int32, out []Excluded) {
	var wanted []bool // by series; nil = all
	n := len(m.Series)
	if symbols != nil {
		wanted, n = make([]bool, n), len(symbols)
		for _, sym := range symbols {
			if i, ok := m.Index(sym); ok {
				wanted[i] = true
			} else {
				out = append(out, Excluded{sym, UnknownSymbol})
			}
		}
	}
	series = make([]int32, 0, n)
	for i, gap := range gaps {
		switch {
		case wanted != nil && !wanted[i]:
		case gap == score.None:
			series = append(series, int32(i))
		case gap == score.NoBar:
			out = append(out, Excluded{m.Series[i].Symbol, NoBar})
		case gap == score.ShortHistory:
			out = append(out, Excluded{m.Series[i].Symbol, ShortHistory})
		}
	}
	slices.SortFunc(out, func(a, b Excluded) int { return strings.Compare(a.Symbol, b.Symbol) })
	return series, out
}

// own is the strategy's own universe, as far as the market has it, in
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
