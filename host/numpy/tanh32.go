package numpy

import "math"

// Tanh32 returns the hyperbolic tangent of a float32, the nearest float32 to the
// true value in all but a few of a million cases. NumPy's own is a polynomial
// on each of 31 intervals, with which it agrees within one unit in the last
// place: it is off the nearest in a third of all cases.
func Tanh32(x float32) float32 {
	v := math.Abs(float64(x))
	var t float64
	switch {
	case v > 10: // and NaN is not
		t = 1
	case v > 0.25:
		// tanh(v) = 1 - 2/(exp(2v)+1)
		t = 1 - 2/(expSmall(2*v)+1)
	default:
		// The continued fraction v/(1 + v*v/(3 + v*v/(5 + ...))).
		s := float64(v * v)
		f := 15.0
		for n := 13.0; n >= 1; n -= 2 {
			f = n + s/f
		}
		t = v / f
	}
	return float32(math.Copysign(t, float64(x)))
}

// expSmall returns e**x for 0 <= x <= 20 within some units in the last place of
// float64, the same on every machine, as package math's own is not.
func expSmall(x float64) float64 {
	const ln2High, ln2Low = 0x1.62e42fefp-1, 0x1.473de6af278edp-34
	k := math.RoundToEven(float64(x / math.Ln2))
	r := float64(x-float64(k*ln2High)) - float64(k*ln2Low)
	sum := 1.0
	for n := 18.0; n >= 1; n-- {
		sum = 1 + float64(sum*r)/n
	}
	return math.Ldexp(sum, int(k))
}
