package signal

import (
	"math"

	"edgesignal/host/market"
)

// Windows are counted in rows of the market's calendar and end with the day:
// a row without a bar has its place in them, as in the features.
const (
	monthRows   = 20
	quarterRows = 60
)

// enough returns how many values a window of n rows must hold: two thirds of them,
// 14 of 20 and 40 of 60. With fewer its statistic is NaN.
//
// Not all, because the calendar is the union of all symbols' days: one file
// with a bar on a holiday takes two returns from every other symbol. Two
// thirds bridge a week without bars, which takes five rows and six returns.
// Not fewer, because the move over a gap is no daily return: a symbol that
// comes back from a long suspension would be judged by the quiet days before it.
func enough(n int) int { return n - n/3 }

// closeAt returns the adjusted close as loaded, float32 widened. NaN where there is
// none: outside the history, in a row without a bar, and for what is no price,
// that is anything but a finite number above 0.
func closeAt(s *market.Series, row int) float64 {
	if row < 0 || row >= s.Len() {
		return math.NaN()
	}
	if c := s.Close[row]; c > 0 && c <= math.MaxFloat32 {
		return float64(c)
	}
	return math.NaN()
}

// volumeAt returns the volume as loaded, float32 widened. NaN where there is none,
// and for anything but a finite number of 0 or more.
func volumeAt(s *market.Series, row int) float64 {
	if row < 0 || row >= s.Len() {
		return math.NaN()
	}
	if v := s.Volume[row]; v >= 0 && v <= math.MaxFloat32 {
		return float64(v)
	}
	return math.NaN()
}

// returns fills dst with the daily simple returns of the len(dst) calendar
// rows that end with row, oldest first:
//
//	r_t = c_t / c_(t-1) - 1
//
// where c is closeAt and t-1 the calendar row before t. NaN where one of the
// two closes is missing. row may lie outside the history.
func returns(dst []float64, s *market.Series, row int) {
	t := row - len(dst)
	before := closeAt(s, t)
	for k := range dst {
		t++
		c := closeAt(s, t)
		dst[k] = c/before - 1
		before = c
	}
}

// mean returns the sum of the values that are there, oldest first, by their number
// n; NaN for none.
func mean(values []float64) (mean float64, n int) {
	sum := 0.0
	for _, v := range values {
		if v == v {
			sum += v
			n++
		}
	}
	return sum / float64(n), n
}
