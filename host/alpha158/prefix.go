package alpha158

import (
	"math"
	"math/bits"
)

// prefix are the running sums of a column over a frame, so that a window's sum
// is one difference.
//
// That is the Kahan sum of the window to the last bit where no step rounds.
// Values are integers times a unit, the lowest bit that is set in any of them.
// A float64 holds every multiple of the unit up to 2^53 of them, so while the
// sum of all magnitudes stays below that, each running sum, each difference and
// each step of Kahan's is exact, and his compensation stays 0. A frame whose
// values lie too far apart for this has its windows added up one by one.
type prefix struct {
	sum   [span + 1]float64 // of the rows before i
	count [span + 1]float64 // of the values among them
	spare int               // bits between the largest value and 2^53 units
}

// rowBits are enough to count the rows of a frame.
const rowBits = 7

// Enough they are, while the frame has no more rows.
const _ = uint(1<<rowBits - (span + 1))

// load sums a column of at most span rows. NaN is missing.
func (p *prefix) load(x []float64) {
	const missing = 0x7ff
	largest, unit := 0, math.MaxInt32
	sum, count := 0.0, 0.0
	for i, v := range x {
		if v == v && v != 0 {
			b := math.Float64bits(v)
			exponent := int(b >> 52 & missing)
			largest = max(largest, exponent)
			unit = min(unit, exponent+bits.TrailingZeros64(b|1<<52))
		}
		if v == v {
			sum += v
			count++
		}
		p.sum[i+1], p.count[i+1] = sum, count
	}
	// A value with exponent e and z trailing zeros is a multiple of 2^(e+z-52-bias) and below 2^(e+1-bias).
	p.spare = unit - largest
}

// window returns the sum of the values in rows [from, i] of x, which was loaded, and
// their number; NaN for none.
func (p *prefix) window(x []float64, from, i int) (sum, n float64) {
	n = p.count[i+1] - p.count[from]
	switch {
	case n == 0:
		return nan64, 0
	case p.spare >= rowBits:
		return p.sum[i+1] - p.sum[from], n
	}
	var k kahan
	for _, v := range x[from : i+1] {
		if v == v {
			k = k.add(v)
		}
	}
	return k.sum, n
}

// moveSums are the running sums of a column's changes.
type moveSums struct{ up, down, size prefix }

func (s *moveSums) load(m *moves, n int) {
	s.up.load(m.up[:n])
	s.down.load(m.down[:n])
	s.size.load(m.size[:n])
}

// window returns moves.sum of rows [from, i].
func (s *moveSums) window(m *moves, from, i int) (up, down, size float64) {
	up, _ = s.up.window(m.up[:], from, i)
	down, _ = s.down.window(m.down[:], from, i)
	size, _ = s.size.window(m.size[:], from, i)
	return up, down, size
}
