package signal

import (
	"slices"
	"strings"

	"edgesignal/host/alpha158"
	"edgesignal/host/market"
)

// member is a symbol that has what its features need on the day.
type member struct {
	series *market.Series
	row    int
}

// split parts symbols (ascending) into those with data on a day and those
// without, in the same order.
func split(m *market.Market, symbols []string, day int) (in []member, out []Excluded) {
	for _, sym := range symbols {
		s := m.Find(sym)
		if s == nil {
			out = append(out, Excluded{sym, UnknownSymbol})
			continue
		}
		row, ok := s.Row(day)
		switch {
		case !ok || !s.HasBar(row):
			out = append(out, Excluded{sym, NoBar})
		case row+1 < alpha158.Rows:
			out = append(out, Excluded{sym, ShortHistory})
		default:
			in = append(in, member{s, row})
		}
	}
	return in, out
}

// universe is the sorted list of symbols that a query's book is built over.
func (e *Engine) universe(m *market.Market, q *Query) []string {
	switch {
	case q.Symbols != nil:
		return slices.Sorted(slices.Values(q.Symbols))
	case len(e.Universe) > 0:
		return e.Universe
	default:
		return m.Symbols()
	}
}

// pick keeps what was asked for of a finished book. A symbol outside the
// book's universe is unknown to it.
func pick(a *Answer, only []string) {
	asked := make(map[string]bool, len(only))
	for _, s := range only {
		asked[s] = true
	}
	a.Signals = slices.DeleteFunc(a.Signals, func(s Signal) bool {
		hit := asked[s.Symbol]
		delete(asked, s.Symbol)
		return !hit
	})
	a.Excluded = slices.DeleteFunc(a.Excluded, func(x Excluded) bool {
		hit := asked[x.Symbol]
		delete(asked, x.Symbol)
		return !hit
	})
	for s := range asked {
		a.Excluded = append(a.Excluded, Excluded{s, UnknownSymbol})
	}
	slices.SortFunc(a.Excluded, func(x, y Excluded) int { return strings.Compare(x.Symbol, y.Symbol) })
}
