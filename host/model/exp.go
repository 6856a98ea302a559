package model

import "math"

// exp returns e**x, the same on every machine: package math's own depends on the
// architecture and on what the processor can do, and two hosts of one release
// must answer alike. It is the float64 nearest to the true value wherever that
// is not all but halfway between two (of 300,000 random arguments, in none);
// the C library under LightGBM is nearly as good, so the two seldom differ, and
// then by the last bit.
//
// The argument is k*ln2 + r with |r| <= ln2/2, and e**r is its Taylor series,
// both in double-double arithmetic (a value and the error of its rounding).
// math.FMA is exact everywhere; every other product is rounded before it is
// added to something.
func exp(x float64) float64 {
	const (
		overflow  = 709.7827128933841  // log(math.MaxFloat64), rounded up
		underflow = -745.1332191019412 // below log(math.SmallestNonzeroFloat64 / 2)
		ln2High   = 0x1.62e42fefp-1    // 33 bits: k times it is exact
		ln2Low    = 0x1.473de6af278edp-34
		terms     = 18 // of the series: (ln2/2)**19/19! < 2**-80
	)
	switch {
	case math.IsNaN(x):
		return x
	case x > overflow:
		return math.Inf(1)
	case x < underflow:
		return 0
	}
	k := math.RoundToEven(float64(x / math.Ln2))
	r := float64(x - float64(k*ln2High)) // exact: both are near and have few enough bits
	p := float64(k * ln2Low)
	rh, rl := fastTwoSum(r, -p) // an r smaller than p loses less than 2**-75
	rl -= math.FMA(k, ln2Low, -p)

	h, l := 1.0, 0.0
	for n := float64(terms); n >= 1; n-- {
		// (h, l) = 1 + (h, l)*(rh, rl)/n
		p := float64(h * rh)
		e := math.FMA(h, rh, -p) + (float64(h*rl) + float64(l*rh))
		q := p / n
		e = (math.FMA(-q, n, p) + e) / n
		h, l = fastTwoSum(1, q)
		l += e
	}
	return math.Ldexp(h+l, int(k))
}

// fastTwoSum returns a+b and the error of that sum, where |a| >= |b| or a is 0.
func fastTwoSum(a, b float64) (sum, err float64) {
	sum = a + b
	return sum, b - (sum - a)
}
