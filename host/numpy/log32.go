// Package numpy holds what NumPy computes in ways of its own, bit for bit: its
// approximations of float32 functions and its order of summation.
package numpy

import "math"

// ln2 is the natural logarithm of 2, rounded to float32.
const ln2 float32 = math.Ln2

// Log32 returns np.log of a float32 as NumPy's AVX2 and AVX512F kernels
// compute it, float32 in and out. With x = m * 2^e, 0.5 <= m < 1, doubled (and
// e less one) up to float32(sqrt(1/2)), and t = m-1, it is
//
//	P(t)/Q(t) + e*ln2
//
// with polynomials of degree 5 by Horner's rule, one rounding to float32 a
// step. It is up to 3 ulp off the true logarithm, and those errors are part of
// research's values. Zero gives -Inf, less than zero NaN, +Inf +Inf and NaN NaN.
func Log32(x float32) float32 {
	switch {
	case !(x >= 0):
		return float32(math.NaN())
	case x == 0:
		return float32(math.Inf(-1))
	case x > math.MaxFloat32:
		return x
	}
	// As float64 every float32 is a normal number, subnormal ones included.
	const fraction, half = 1<<52 - 1, 1022
	bits := math.Float64bits(float64(x))
	e := float32(int(bits>>52) - half)
	m := float32(math.Float64frombits(bits&fraction | half<<52))
	if m <= 0.70710677 {
		m += m
		e--
	}
	t := m - 1

	p := fma32(2.589979117907922693523e-02, t, 3.808837741388407920751e-01)
	p = fma32(p, t, 1.480000633576506585156e+00)
	p = fma32(p, t, 2.112677543073053063722e+00)
	p = fma32(p, t, 9.999999999999998702752e-01)
	p = fma32(p, t, 0)

	q := fma32(5.875095403124574342950e-03, t, 1.546476374983906719538e-01)
	q = fma32(q, t, 9.864942958519418960339e-01)
	q = fma32(q, t, 2.453006071784736363091e+00)
	q = fma32(q, t, 2.612677543073109236779e+00)
	q = fma32(q, t, 1)

	return fma32(e, ln2, p/q)
}

// fma32 returns a*b+c in float32. The product of two float32 is exact in float64, so
// it makes no difference whether the machine fuses it with the sum.
func fma32(a, b, c float32) float32 {
	return float32(float64(float64(a)*float64(b)) + float64(c))
}
