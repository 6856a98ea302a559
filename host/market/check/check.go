// Package check is the market's gate: it looks at a market that was read and
// says whether it may serve, and what is in it either way. A market that is
// not whole is read without an error, file by file; only beside the one that
// served before it does the loss show.
package check

import "edgesignal/host/market"

// Limits say what a market may lack. Percentages are whole numbers from 0 to 100.
type Limits struct {
	MinSymbols    int  // percent of the symbols that served last which a new run must have
	MaxFailed     int  // percent of a run's files that may fail
	ThinDay       int  // percent of the symbols alive on a day: with bars of fewer the day is thin
	AllowThinDays bool // a run with thin days may serve without a calendar.txt
}

// Default returns the limits where nothing else is said.
func Default() Limits { return Limits{MinSymbols: 90, MaxFailed: 10, ThinDay: 10} }

// maxListed bounds each list of a report, so that a report of a broken market of
// 20,000 symbols can still be read and sent. The counts beside the lists are whole.
const maxListed = 50

// Report says what is in a market.
type Report struct {
	Run      market.Date `json:"run_date"`
	Revision string      `json:"revision"`

	Files    int                        `json:"files"`   // of the run
	Symbols  int                        `json:"symbols"` // that can be used
	Failed   int                        `json:"failed"`  // files of the run
	Failures map[market.FailureKind]int `json:"failures_by_reason"`

	NewestDay Coverage   `json:"newest_day"`
	ThinDays  int        `json:"thin_days"`
	Thin      []Coverage `json:"thin"`     // the newest of them, newest first
	Calendar  string     `json:"calendar"` // "calendar.txt", or "bars" where their days are the trading days

	SuspiciousBars    int                     `json:"suspicious_bars"`
	SuspiciousSymbols int                     `json:"suspicious_symbols"`
	Suspicious        []market.Suspicion      `json:"suspicious"` // the first of them by symbol
	Faults            map[market.BarFault]int `json:"suspicious_by_fault"`

	Before  int      `json:"symbols_before"`  // symbols of what served last, 0 = that is not known
	Missing int      `json:"symbols_missing"` // of those
	Lost    []string `json:"missing"`         // the first of them by name

	Refused []string `json:"refused"` // why the market must not serve; empty = it may
}

// Of looks at a market. before are the symbols of what served last, sorted, nil where
// that is not known.
func Of(m *market.Market, before []string, limits Limits) *Report {
	l := m.Listing()
	r := &Report{
		Run: m.RunDate, Revision: m.Revision, Symbols: len(m.Series), Calendar: "bars",
		Failures: map[market.FailureKind]int{}, Faults: map[market.BarFault]int{}, Thin: []Coverage{}, Suspicious: []market.Suspicion{}, Lost: []string{}, Refused: []string{},
	}
	if l != nil {
		r.Files = l.Units()
	}
	if m.CalendarGiven {
		r.Calendar = market.CalendarFile
	}
	for _, f := range m.Failures {
		r.Failures[f.Kind]++
		if f.File == market.SectorsFile {
			continue
		}
		r.Failed++
		if f.Kind == market.Missing {
			r.Files++ // it should be there
		}
	}
	for _, s := range m.Suspicions {
		r.SuspiciousBars += s.Bars
		r.SuspiciousSymbols++
		for fault, n := range s.Faults {
			r.Faults[fault] += n
		}
	}
	r.Suspicious = append(r.Suspicious, m.Suspicions[:min(len(m.Suspicions), maxListed)]...)
	r.coverage(m, limits)
	r.compare(m, before)
	r.judge(limits)
	return r
}

// compare counts the symbols that served and are not in the market.
func (r *Report) compare(m *market.Market, before []string) {
	r.Before = len(before)
	for _, symbol := range before {
		if m.Find(symbol) != nil {
			continue
		}
		if r.Missing++; len(r.Lost) < maxListed {
			r.Lost = append(r.Lost, symbol)
		}
	}
}
