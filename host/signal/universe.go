package signal

import (
	"maps"
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
// of those that can be scored, ascending, and those that cannot, by symbol. Of all,
// those outside the release's universe are none.
func split(m *market.Market, scores *score.Scores, symbols []string) (series []int32, out []Excluded) {
	asked, out := find(m, symbols)
	if symbols == nil {
		out = slices.DeleteFunc(out, func(x Excluded) bool { return !scores.Member(x.Symbol) })
	}
	series = asked[:0] // those with a gap drop out
	for _, i := range asked {
		switch gap := scores.Gaps[i]; {
		case gap == score.None:
			series = append(series, i)
		case gap != score.Outside || symbols != nil:
			out = append(out, Excluded{m.Series[i].Symbol, Reason(gap.String())})
		}
	}
	slices.SortFunc(out, func(a, b Excluded) int { return strings.Compare(a.Symbol, b.Symbol) })
	return series, out
}

// find returns the series of symbols (nil = all), ascending, and what the market
// does not have: symbols whose file failed, which belong to all of it too, and
// those that it does not know.
func find(m *market.Market, symbols []string) (series []int32, missing []Excluded) {
	n := len(m.Series)
	failed := failedSymbols(m)
	if symbols == nil {
		series = make([]int32, n)
		for i := range series {
			series[i] = int32(i)
		}
		for _, sym := range slices.Sorted(maps.Keys(failed)) {
			missing = append(missing, Excluded{sym, FileFailed})
		}
		return series, missing
	}
	series = make([]int32, 0, len(symbols))
	for _, sym := range symbols {
		if i, ok := m.Index(sym); ok {
			series = append(series, int32(i))
		} else if failed[sym] {
			missing = append(missing, Excluded{sym, FileFailed})
		} else {
			missing = append(missing, Excluded{sym, UnknownSymbol})
		}
	}
	if len(series)*8 < n {
		slices.Sort(series)
		return series, missing
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
	return series, missing
}

// failedSymbols returns the symbols that the market has a file of and no series,
// nil for none.
func failedSymbols(m *market.Market) map[string]bool {
	if len(m.Failures) == 0 {
		return nil
	}
	failed := map[string]bool{}
	for _, f := range m.Failures {
		// A file whose name is no symbol is named by its name.
		if symbol, err := market.CanonicalSymbol(f.Symbol); err != nil || symbol != f.Symbol || f.Kind == market.NoSymbol {
			continue
		}
		if _, ok := m.Index(f.Symbol); !ok {
			failed[f.Symbol] = true
		}
	}
	return failed
}

// own returns the strategy's own universe on the day of gaps, in ascending order of the
// symbols: the release's, narrowed to the engine's, as far as the market has it. No
// query changes it.
func (e *Engine) own(m *market.Market, gaps []score.Gap) []*market.Series {
	all, _ := find(m, e.universe(&Query{}))
	var own []*market.Series
	for _, i := range all {
		if gaps[i] != score.Outside {
			own = append(own, m.Series[i])
		}
	}
	return own
}
