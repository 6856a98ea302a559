// Package research is the quants' files: the feature matrix out, rows for a
// model in. The numbers are the ones that serve.
package research

import (
	"fmt"
	"slices"

	"edgesignal/host/alpha158"
	"edgesignal/host/market"
)

// FeatureQuery picks a part of the feature matrix.
type FeatureQuery struct {
	Symbols  []string     // upper case; nil = all of the market
	From, To *market.Date // inclusive; nil = no bound
}

// FeatureRow is one calendar day of one symbol. Features is only valid until
// the next row.
type FeatureRow struct {
	Symbol   string
	Date     market.Date
	Features []float32 // alpha158.Width; NaN = missing
}

// chunk is how many days of a symbol are computed at once.
const chunk = 512

// Features calls emit for one row per calendar day between a symbol's first
// and last bar, sorted by symbol, then date. progress is told how many of the
// symbols are done; it may be nil. A symbol that the market does not have is
// an error.
func Features(m *market.Market, q FeatureQuery, emit func(FeatureRow) error, progress func(done, total int)) error {
	symbols := q.Symbols
	if symbols == nil {
		symbols = m.Symbols()
	}
	symbols = slices.Compact(slices.Sorted(slices.Values(symbols)))
	for _, sym := range symbols {
		if m.Find(sym) == nil {
			return fmt.Errorf("symbol %s: the market of run %s does not have it", sym, m.RunDate)
		}
	}
	buffer := make([]float32, chunk*alpha158.Width)
	for done, sym := range symbols {
		s := m.Find(sym)
		from, to := 0, s.Len()
		if q.From != nil {
			i, _ := slices.BinarySearch(m.Calendar, *q.From)
			from = max(from, i-s.First)
		}
		if q.To != nil {
			i, ok := m.DayIndex(*q.To)
			if !ok {
				i = -1
			}
			to = min(to, i+1-s.First)
		}
		for ; from < to; from += chunk {
			end := min(from+chunk, to)
			block := buffer[:(end-from)*alpha158.Width]
			alpha158.History(block, s.Columns, from, end)
			for row := from; row < end; row++ {
				k := (row - from) * alpha158.Width
				err := emit(FeatureRow{sym, m.Calendar[s.First+row], block[k : k+alpha158.Width]})
				if err != nil {
					return err
				}
			}
		}
		if progress != nil {
			progress(done+1, len(symbols))
		}
	}
	return nil
}
