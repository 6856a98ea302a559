package expr

// extremum returns the builder of Greater and Less: the larger and the smaller
// of two, NaN where either is NaN. Of equal ones it is the second, as x86's
// instruction has it, which shows in the sign of 0 alone.
func extremum(greater bool) func(*builder, *tree, []operand) (operand, error) {
	name := map[bool]string{true: "greater", false: "less"}[greater]
	return func(b *builder, _ *tree, in []operand) (operand, error) {
		t, err := typeOf(in...)
		if err != nil {
			return operand{}, err
		}
		if t == Flags {
			t = Object
		}
		columns, numbers, err := b.in(t, in)
		if err != nil {
			return operand{}, err
		}
		k := kernel{cost: 1, meet: meetUnion}
		switch t {
		case Bool:
			k.run = boolArithmetic(map[bool]string{true: "+", false: "*"}[greater])
		case Int64:
			k.run = pickEach(pick[int64](greater), func(v *vector) []int64 { return v.i64 }, numbers, wholeOf)
		case Float16, Float32:
			k.run = pickEach(pick[float32](greater), func(v *vector) []float32 { return v.f32 }, numbers, float32Of)
		case Object:
			k.run = pickEach(pythonPick(greater), func(v *vector) []float64 { return v.f64 }, numbers, float64Of)
		default:
			k.run = pickEach(pick[float64](greater), func(v *vector) []float64 { return v.f64 }, numbers, float64Of)
		}
		return loads(b.add(name+numbersKey(numbers), t, k, columns...), in...), nil
	}
}

func pick[T int64 | float32 | float64](greater bool) func(x, y T) T {
	return func(x, y T) T {
		if x != x || greater && x > y || !greater && x < y {
			return x
		}
		return y
	}
}

// pythonPick is what NumPy makes of Python's numbers: the first where a
// comparison says so, which it never does with a NaN.
func pythonPick(greater bool) func(x, y float64) float64 {
	return func(x, y float64) float64 {
		if greater && x >= y || !greater && x <= y {
			return x
		}
		return y
	}
}

func pickEach[T int64 | float32 | float64](pick func(x, y T) T, of func(*vector) []T, numbers []*Number, as func(*Number) T) func(*call) {
	var n T
	switch {
	case numbers[0] != nil:
		n = as(numbers[0])
	case numbers[1] != nil:
		n = as(numbers[1])
	}
	return func(c *call) {
		dst, x := of(c.out[0]), of(c.in[0])
		switch {
		case numbers[0] != nil:
			for i := c.lo; i < c.hi; i++ {
				dst[i] = pick(n, x[i])
			}
		case numbers[1] != nil:
			for i := c.lo; i < c.hi; i++ {
				dst[i] = pick(x[i], n)
			}
		default:
			y := of(c.in[1])
			for i := c.lo; i < c.hi; i++ {
				dst[i] = pick(x[i], y[i])
			}
		}
	}
}
