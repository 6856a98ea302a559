package signal

import (
	"slices"

	"edgesignal/host/market"
	"edgesignal/host/score"
)

// member is a symbol that has what its features need on the day.
type member struct {
	series *market.Series
	index  int // of the series in the market
	row    int
}

// split parts symbols (ascending) into those with data on a day and those
// without, in the same order.
func split(m *market.Market, symbols []string, day int) (in []member, out []Excluded) {
	in = make([]member, 0, len(symbols))
	for _, sym := range symbols {
		i, ok := m.Index(sym)
		if !ok {
			out = append(out, Excluded{sym, UnknownSymbol})
			continue
		}
		switch row, gap := score.Row(m.Series[i], day); gap {
		case score.NoBar:
			out = append(out, Excluded{sym, NoBar})
		case score.ShortHistory:
			out = append(out, Excluded{sym, ShortHistory})
		default:
			in = append(in, member{m.Series[i], i, row})
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
