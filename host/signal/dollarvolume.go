package signal

import "math"

// dollarVolume20d returns the mean of close x volume over the last 20 calendar
// rows, in the currency of the bars and on their adjusted basis:
//
//	sum (c_t * v_t) / n
//
// over the n rows that have both (see closeAt and volumeAt). A bar with volume
// 0 counts as 0. NaN when n < 14.
func dollarVolume20d(mb member) float64 {
	var window [monthRows]float64
	for k := range window {
		t := mb.row - monthRows + 1 + k
		window[k] = float64(closeAt(mb.series, t) * volumeAt(mb.series, t))
	}
	value, n := mean(window[:])
	if n < enough(monthRows) {
		return math.NaN()
	}
	return value
}
