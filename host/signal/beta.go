package signal

import (
	"math"
	"slices"

	"edgesignal/host/market"
)

// universeReturns returns the daily simple returns of the equal-weighted universe
// in the last 60 calendar rows up to a day, oldest first:
//
//	u_t = sum over i of r_(i,t) / n_t
//
// over the n_t symbols of the universe that have a return in row t, whether or
// not they are members on the day itself; NaN when none has. The weights are
// equal on every day anew. Summed in the universe's order.
func universeReturns(universe []*market.Series, day int) (u [quarterRows]float64) {
	var (
		r [quarterRows]float64
		n [quarterRows]int
	)
	for _, s := range universe {
		returns(r[:], s, day-s.First)
		for k, v := range r {
			if v == v {
				u[k] += v
				n[k]++
			}
		}
	}
	for k := range u {
		u[k] /= float64(n[k])
	}
	return u
}

// beta60d returns the slope of a symbol's daily simple returns on those of the
// universe over the last 60 calendar rows:
//
//	cov(r, u) / var(u) = sum (r_t - mean r)(u_t - mean u) / sum (u_t - mean u)^2
//
// over the n rows that have both; the n - 1 of the sample moments cancels. The
// symbol itself is part of the universe's mean where it belongs to it. NaN
// when n < 40, and when u is the same in all of them.
func beta60d(mb member, universe *[quarterRows]float64) float64 {
	var r, u [quarterRows]float64
	returns(r[:], mb.series, mb.row)
	n := 0
	for k, v := range universe {
		if v == v && r[k] == r[k] {
			r[n], u[n] = r[k], v
			n++
		}
	}
	if n < enough(quarterRows) {
		return math.NaN()
	}
	// Compared rather than read off the sum of squares: a mean is rounded, and
	// equal values may differ from theirs.
	if slices.Min(u[:n]) == slices.Max(u[:n]) {
		return math.NaN()
	}
	centerR, _ := mean(r[:n])
	centerU, _ := mean(u[:n])
	covariance, variance := 0.0, 0.0
	for k := range n {
		d := u[k] - centerU
		covariance += float64((r[k] - centerR) * d)
		variance += float64(d * d)
	}
	return covariance / variance
}
