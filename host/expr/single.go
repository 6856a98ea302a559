package expr

import (
	"math"

	"edgesignal/host/numpy"
)

// buildAbs is Abs, in the operand's own type.
func buildAbs(b *builder, _ *tree, in []operand) (operand, error) {
	x := in[0]
	switch x.typ {
	case Bool:
		return x, nil
	case Flags:
		x.typ, x.column = Object, b.cast(x.column, Object)
	}
	t := x.typ
	if t == Flags {
		t = Object
	}
	return loads(b.add("abs", t, kernel{cost: 1, run: func(c *call) {
		switch in, out := c.in[0], c.out[0]; {
		case in.f32 != nil:
			for i := c.lo; i < c.hi; i++ {
				out.f32[i] = math.Float32frombits(math.Float32bits(in.f32[i]) &^ (1 << 31))
			}
		case in.f64 != nil:
			for i := c.lo; i < c.hi; i++ {
				out.f64[i] = math.Abs(in.f64[i])
			}
		case in.i64 != nil:
			for i := c.lo; i < c.hi; i++ {
				out.i64[i] = max(in.i64[i], -in.i64[i])
			}
		}
	}}, x.column), x), nil
}

// buildSign is Sign: cast to float32 first; NaN stays, and 0 has no sign.
func buildSign(b *builder, _ *tree, in []operand) (operand, error) {
	x := b.cast(in[0].column, Float32)
	return loads(b.add("sign", Float32, kernel{cost: 1, run: func(c *call) {
		in, out := c.in[0].f32, c.out[0].f32
		for i := c.lo; i < c.hi; i++ {
			switch v := in[i]; {
			case v > 0:
				out[i] = 1
			case v < 0:
				out[i] = -1
			case v == 0:
				out[i] = 0
			default:
				out[i] = v
			}
		}
	}}, x), in...), nil
}

// buildLog is Log, the natural logarithm: NumPy's own for float32. Of a bool it
// is a float16, 0 or -Inf.
func buildLog(b *builder, at *tree, in []operand) (operand, error) {
	x, t := in[0].column, in[0].typ
	switch t {
	case Bool:
		t = Float16
		x = b.cast(x, t)
	case Int64:
		t = Float64
		x = b.cast(x, t)
	case Object, Flags:
		return operand{}, errorAt(at.position, "take the logarithm before Ref", "Log of a shifted comparison")
	}
	return loads(b.add("log", t, kernel{cost: 10, run: func(c *call) {
		switch in, out := c.in[0], c.out[0]; {
		case in.f32 != nil:
			for i := c.lo; i < c.hi; i++ {
				out.f32[i] = numpy.Log32(in.f32[i])
			}
		case in.f64 != nil:
			for i := c.lo; i < c.hi; i++ {
				out.f64[i] = log64(in.f64[i])
			}
		}
	}}, x), in...), nil
}
