package expr

import (
	"errors"
	"math"
)

// errNegativePower is NumPy's refusal of 2**-1 in whole numbers.
var errNegativePower = errors.New("a whole number to a negative whole power")

// buildPower is Power and **. The exponents 2, -1, 0.5, 1 and 0 are NumPy's short
// ways (a square, a quotient, a root), exact to the bit; others are computed in
// float64 and rounded, within one ulp of NumPy's, whose own depends on the machine.
func buildPower(b *builder, at *tree, in []operand) (operand, error) {
	t, err := typeOf(in...)
	if err != nil {
		return operand{}, err
	}
	exponent := in[1].number
	switch {
	case t == Bool:
		return operand{}, errorAt(at.position, "multiply one of them by 1", "a comparison to the power of a comparison")
	case t == Flags:
		t = Object
	case t == Int64 && in[1].column < 0 && exponent.negative():
		return operand{}, errorAt(at.position, "write the exponent with a point", "%s", errNegativePower.Error())
	}
	columns, numbers, err := b.in(t, in)
	if err != nil {
		return operand{}, err
	}
	k := kernel{cost: 40, meet: meetUnion}
	switch t {
	case Int64:
		k.run = powerInts(numbers)
	case Float16, Float32:
		k.run = powers(func(v *vector) []float32 { return v.f32 }, numbers, float32Of)
	default:
		k.run = powers(func(v *vector) []float64 { return v.f64 }, numbers, float64Of)
	}
	return loads(b.add("power"+numbersKey(numbers), t, k, columns...), in...), nil
}

func powers[T float32 | float64](of func(*vector) []T, numbers []*Number, as func(*Number) T) func(*call) {
	if numbers[1] != nil {
		// The exponent is compared as Python has it, before it is rounded.
		if y := float64Of(numbers[1]); y == 2 || y == -1 || y == 0.5 || y == 1 || y == 0 {
			return func(c *call) { shortPower(of(c.out[0])[c.lo:c.hi], of(c.in[0])[c.lo:c.hi], y) }
		}
	}
	value := func(c *call, side, i int) float64 {
		if numbers[side] != nil {
			return float64(as(numbers[side]))
		}
		return float64(of(c.in[min(side, len(c.in)-1)])[i])
	}
	return func(c *call) {
		dst := of(c.out[0])
		for i := c.lo; i < c.hi; i++ {
			dst[i] = T(pow(value(c, 0, i), value(c, 1, i)))
		}
	}
}

func shortPower[T float32 | float64](dst, x []T, y float64) {
	for i, v := range x {
		switch y {
		case 2:
			dst[i] = v * v
		case -1:
			dst[i] = 1 / v
		case 0.5:
			dst[i] = T(math.Sqrt(float64(v)))
		case 1:
			dst[i] = v
		default:
			dst[i] = 1
		}
	}
}
