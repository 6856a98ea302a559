package score

import "edgesignal/host/market"

// Gap is why a series cannot be scored on a day.
type Gap uint8

// The gaps.
const (
	None         Gap = iota
	NoBar            // no bar on that day
	ShortHistory     // fewer calendar rows than the feature set needs
)

// gapOf returns the row of a calendar day in a series, and what it lacks to be scored.
func (f *featureSet) gapOf(s *market.Series, day int) (row int, gap Gap) {
	row, ok := s.Row(day)
	switch {
	case !ok || !s.HasBar(row):
		return row, NoBar
	case row+1 < f.rows:
		return row, ShortHistory
	}
	return row, None
}
