package check

import (
	"slices"

	"edgesignal/host/market"
)

// Coverage says how many symbols have a bar on a day.
type Coverage struct {
	Day   market.Date `json:"day"`
	Bars  int         `json:"bars"`     // symbols that have a bar on it
	Alive int         `json:"alive"`    // symbols that could have one
	Share float64     `json:"coverage"` // Bars of Alive, from 0 to 1
	Files []string    `json:"files"`    // of a thin day: the first files with a bar on it
}

func covered(day market.Date, bars, alive int) Coverage {
	return Coverage{Day: day, Bars: bars, Alive: alive, Share: float64(bars) / float64(max(1, alive)), Files: []string{}}
}

const (
	// lingering is how many whole days a symbol counts as alive after its last
	// bar. One stray bar of a day that nobody else has must find the others
	// alive; a symbol that is no longer traded must not count for ever.
	lingering = 5
	// maxNamed bounds the files that are named for a day.
	maxNamed = 3
)

// coverage counts bars by day and finds the thin days. A symbol is alive from its
// first bar to its last, and for a few more days that are not thin.
func (r *Report) coverage(m *market.Market, limits Limits) {
	n := len(m.Calendar)
	bars, born, last := make([]int, n), make([]int, n), make([]int, n)
	for _, s := range m.Series {
		born[s.First]++
		last[s.First+s.Len()-1]++
		for row := range s.Len() {
			if s.HasBar(row) {
				bars[s.First+row]++
			}
		}
	}
	var thin []Coverage
	alive := 0
	var ended [lingering]int // symbols by the number of whole days since their last bar
	for day := range n {
		alive += born[day]
		r.NewestDay = covered(m.Calendar[day], bars[day], alive)
		if bars[day]*100 < limits.ThinDay*alive {
			thin = append(thin, r.NewestDay)
		} else { // a whole day: those that ended long enough before it are gone
			alive -= ended[lingering-1]
			copy(ended[1:], ended[:])
			ended[0] = 0
		}
		ended[0] += last[day]
	}
	r.ThinDays = len(thin)
	for _, c := range slices.Backward(thin[max(0, len(thin)-maxListed):]) {
		c.Files = filesOn(m, c.Day)
		r.Thin = append(r.Thin, c)
	}
}

// filesOn returns the first files that have a bar on a day.
func filesOn(m *market.Market, day market.Date) []string {
	files := []string{}
	at, _ := m.DayIndex(day)
	for _, s := range m.Series {
		if row, ok := s.Row(at); ok && s.HasBar(row) {
			if files = append(files, m.File(s.Symbol)); len(files) == maxNamed {
				break
			}
		}
	}
	return files
}
