package alpha158

import (
	"math"
	"math/bits"
)

// prefix holds the running sums of a column over a frame, so that the sum of a
// window is one subtraction.
//
// The subtraction gives the same bits as pandas' Kahan sum of the window wherever
// neither of them rounds. All values of the column are whole multiples of one
// unit, the lowest bit that is set in any of them, and a float64 holds every
// multiple of it up to 2^53 units exactly. So no sum rounds as long as the
// magnitudes of all values add up to less than that. In a frame whose values lie
// too far apart for this, each window is added up by itself.
type prefix struct {
	sum   [span + 1]float64 // of the rows before i
	count [span + 1]float64 // of the values among them
	spare int               // by how many bits the largest value is below 2^53 units
}

// rowBits is the number of bits that count the rows of a frame: a sum of that
// many values may be 2^rowBits times as large as the largest.
const rowBits = 7

// This does not compile when a frame has more rows than rowBits can count.
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

// window returns the sum of the values in rows [from, i] of x and their number,
// NaN where there are none. x is the column that was loaded.
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

// moveSums holds the running sums of a column's changes.
type moveSums struct{ up, down, size prefix }

func (s *moveSums) load(m *moves, n int) {
	s.up.load(m.up[:n])
	s.down.load(m.down[:n])
	s.size.load(m.size[:n])
}

// window returns what moves.sum returns for rows [from, i].
func (s *moveSums) window(m *moves, from, i int) (up, down, size float64) {
	up, _ = s.up.window(m.up[:], from, i)
	down, _ = s.down.window(m.down[:], from, i)
	size, _ = s.size.window(m.size[:], from, i)
	return up, down, size
}
