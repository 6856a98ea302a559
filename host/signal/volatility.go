package signal

import "math"

// volatility20d returns the sample standard deviation of the daily simple returns
// of the last 20 calendar rows, per day, not annualized:
//
//	sqrt( sum (r_t - mean r)^2 / (n - 1) )
//
// over the n returns that are there (see returns; 20 of them need 21 closes).
// NaN when n < 14. 0 for a price that did not move.
func volatility20d(mb member) float64 {
	var window [monthRows]float64
	returns(window[:], mb.series, mb.row)
	center, n := mean(window[:])
	if n < enough(monthRows) {
		return math.NaN()
	}
	squares := 0.0
	for _, r := range window {
		if r == r {
			d := r - center
			squares += float64(d * d)
		}
	}
	return math.Sqrt(squares / float64(n-1))
}
