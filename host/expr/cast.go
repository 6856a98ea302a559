package expr

import (
	"math"
)

var nan = math.NaN()
var nan32 = float32(math.NaN())

// cast returns a column in another type.
func (g *graph) cast(c int, to Type) int {
	from := g.types[c]
	if from == to || from == Flags && to == Object {
		return c
	}
	return g.add("as "+to.String(), to, kernel{cost: 1, run: castRun(from, to)}, c)
}

func castRun(from, to Type) func(*call) {
	return func(c *call) {
		in, out, lo, hi := c.in[0], c.out[0], c.lo, c.hi
		switch {
		case to == Float64 || to == Object || to == Flags:
			widen(out.f64, in, lo, hi)
		case to == Float32 || to == Float16:
			narrow(out.f32, in, lo, hi)
		case to == Int64:
			for i := lo; i < hi; i++ {
				out.i64[i] = 0
				if in.bit[i] {
					out.i64[i] = 1
				}
			}
		}
	}
}

// widen writes rows [lo, hi) of a column as float64.
func widen(dst []float64, v *vector, lo, hi int) {
	switch {
	case v.f32 != nil:
		for i := lo; i < hi; i++ {
			dst[i] = float64(v.f32[i])
		}
	case v.f64 != nil:
		copy(dst[lo:hi], v.f64[lo:hi])
	case v.i64 != nil:
		for i := lo; i < hi; i++ {
			dst[i] = float64(v.i64[i])
		}
	case v.bit != nil:
		for i := lo; i < hi; i++ {
			dst[i] = 0
			if v.bit[i] {
				dst[i] = 1
			}
		}
	}
}

// narrow writes rows [lo, hi) of a column as float32: the cast at the end of each expression.
func narrow(dst []float32, v *vector, lo, hi int) {
	switch {
	case v.f32 != nil:
		copy(dst[lo:hi], v.f32[lo:hi])
	case v.f64 != nil:
		for i := lo; i < hi; i++ {
			dst[i] = float32(v.f64[i])
		}
	case v.i64 != nil:
		for i := lo; i < hi; i++ {
			dst[i] = float32(v.i64[i])
		}
	case v.bit != nil:
		for i := lo; i < hi; i++ {
			dst[i] = 0
			if v.bit[i] {
				dst[i] = 1
			}
		}
	}
}

// clean returns a column as pandas' rolling operators see it: float64, an infinity
// missing like NaN (pandas, BaseWindow._prep_values).
func (g *graph) clean(c int) int {
	if t := g.types[c]; t == Bool || t == Int64 || t == Flags {
		return g.cast(c, Float64)
	}
	return g.add("clean", Float64, kernel{cost: 1, run: func(c *call) {
		in, out := c.in[0], c.out[0].f64
		if in.f32 != nil {
			for i := c.lo; i < c.hi; i++ {
				v := in.f32[i]
				if !(-math.MaxFloat32 <= v && v <= math.MaxFloat32) {
					out[i] = nan
					continue
				}
				out[i] = float64(v)
			}
			return
		}
		for i := c.lo; i < c.hi; i++ {
			v := in.f64[i]
			if !(-math.MaxFloat64 <= v && v <= math.MaxFloat64) {
				v = nan
			}
			out[i] = v
		}
	}}, c)
}
