// Package market turns daily bars in Parquet files into one immutable market
// in memory: float32 columns aligned to one calendar, with a revision that
// names what was read.
package market

import (
	"slices"
	"sort"
	"strings"
)

// Market is what was read from one run folder. Nothing in it changes after it
// was made; a new run makes a new Market.
type Market struct {
	Revision string    // SHA-256, 64 hex digits, of everything that was read
	RunDate  Date      // the run folder
	Calendar []Date    // the trading days: of calendar.txt, else the sorted union of all symbols' dates
	Series   []*Series // sorted by symbol
	Sectors  []string  // the names of sectors in symbols.csv, sorted, each once
	Failures []Failure // sorted by file

	Suspicions    []Suspicion // bars that cannot be, sorted by symbol, whether or not they are part of Series
	CalendarGiven bool        // Calendar is calendar.txt's

	instruments map[string]*Instruments // by name in lower case
	fields      *fields                 // what is loaded beside Series when it is needed; nil = nothing can be
	exact       bool                    // fields has the bars too, with the rows that each has in its own file

	index   map[string]int32 // of Series by symbol; a hint, which Index checks
	listing *Listing         // what its source looked like before it was read
	unread  bool             // a file could not be read for a reason that may pass
}

// Listing returns what the market was read from.
func (m *Market) Listing() *Listing { return m.listing }

// Unread reports whether a file could not be read for a reason that may pass.
func (m *Market) Unread() bool { return m.unread }

// Arrange sorts Series and makes them quick to find: the last step of who
// makes a Market.
func (m *Market) Arrange() {
	slices.SortFunc(m.Series, func(a, b *Series) int { return strings.Compare(a.Symbol, b.Symbol) })
	m.index = make(map[string]int32, len(m.Series))
	for i, s := range m.Series {
		m.index[s.Symbol] = int32(i)
	}
}

// File returns the name of a symbol's file, relative to the data directory.
func (m *Market) File(symbol string) string {
	if m.listing != nil {
		for _, f := range m.listing.Files {
			if s, err := m.listing.symbol(f); err == nil && s == symbol {
				return m.listing.unit(f)
			}
		}
	}
	return symbol
}

// Find returns the series of an upper-case symbol, or nil.
func (m *Market) Find(symbol string) *Series {
	i, ok := m.Index(symbol)
	if !ok {
		return nil
	}
	return m.Series[i]
}

// Index returns where in Series an upper-case symbol stands; ok is false for one
// that is not there.
func (m *Market) Index(symbol string) (i int, ok bool) {
	if i, ok := m.index[symbol]; ok && int(i) < len(m.Series) && m.Series[i].Symbol == symbol {
		return int(i), true
	}
	return slices.BinarySearchFunc(m.Series, symbol, func(s *Series, sym string) int { return strings.Compare(s.Symbol, sym) })
}

// DayIndex returns the calendar index of the newest trading day on or before d;
// ok is false when d lies before the first day.
func (m *Market) DayIndex(d Date) (index int, ok bool) {
	i := sort.Search(len(m.Calendar), func(i int) bool { return m.Calendar[i] > d })
	return i - 1, i > 0
}

// Symbols returns the symbols of all series, sorted.
func (m *Market) Symbols() []string {
	out := make([]string, len(m.Series))
	for i, s := range m.Series {
		out[i] = s.Symbol
	}
	return out
}

// First returns the oldest trading day. A Market that was loaded has one.
func (m *Market) First() Date { return m.Calendar[0] }

// Last returns the newest trading day. A Market that was loaded has one.
func (m *Market) Last() Date { return m.Calendar[len(m.Calendar)-1] }
