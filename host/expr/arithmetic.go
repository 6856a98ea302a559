package expr

// arithmetic returns the builder of + - * /: computed in the operands' common
// type, one rounding an operator. Bools know + as or and * as and; / of whole
// numbers is float64. x/0 is an infinity or NaN, and stays.
func arithmetic(sign string) func(*builder, *tree, []operand) (operand, error) {
	return func(b *builder, at *tree, in []operand) (operand, error) {
		t, err := typeOf(in...)
		if err != nil {
			return operand{}, err
		}
		switch {
		case t == Bool && sign == "-":
			return operand{}, errorAt(at.position, "multiply one of them by 1", "a comparison minus a comparison")
		case t == Bool && sign == "/":
			return operand{}, errorAt(at.position, "multiply one of them by 1", "a comparison divided by a comparison")
		case t == Flags:
			t = Object
		case t == Int64 && sign == "/":
			t = Float64
		}
		columns, numbers, err := b.in(t, in)
		if err != nil {
			return operand{}, err
		}
		k := kernel{cost: 1, meet: meetUnion}
		switch t {
		case Bool:
			k.run = boolArithmetic(sign)
		case Int64:
			k.run = elementwise(sign, func(v *vector) []int64 { return v.i64 }, numbers, wholeOf)
		case Float16, Float32:
			k.run = elementwise(sign, func(v *vector) []float32 { return v.f32 }, numbers, float32Of)
		default:
			k.run = elementwise(sign, func(v *vector) []float64 { return v.f64 }, numbers, float64Of)
			if t == Object {
				k.run = pythonArithmetic(k.run, sign == "/", numbers[1])
			}
		}
		return loads(b.add(sign+numbersKey(numbers), t, k, columns...), in...), nil
	}
}

func wholeOf(n *Number) int64     { v, _ := n.int64(); return v }
func float64Of(n *Number) float64 { v, _ := n.float64(); return v }

// float32Of returns a number beside a float32 column: rounded to it first.
func float32Of(n *Number) float32 { v, _ := n.float64(); return float32(v) }

// pythonArithmetic is arithmetic of Python's numbers: a division fails at zero, and what
// is missing is NaN afterwards.
func pythonArithmetic(run func(*call), divides bool, by *Number) func(*call) {
	return func(c *call) {
		for i := c.lo; divides && i < c.hi; i++ {
			if by != nil && float64Of(by) == 0 || by == nil && c.in[len(c.in)-1].f64[i] == 0 {
				c.fail(errZeroDivision)
				return
			}
		}
		run(c)
		for i, v := range c.out[0].f64[c.lo:c.hi] {
			if v != v {
				c.out[0].f64[c.lo+i] = nan
			}
		}
	}
}

func boolArithmetic(sign string) func(*call) {
	return func(c *call) {
		dst, x, y := c.out[0].bit, c.in[0].bit, c.in[1].bit
		for i := c.lo; i < c.hi; i++ {
			if sign == "+" {
				dst[i] = x[i] || y[i]
			} else {
				dst[i] = x[i] && y[i]
			}
		}
	}
}

// elementwise returns the kernel of a sign over two columns, or a column and a number.
func elementwise[T int64 | float32 | float64](sign string, of func(*vector) []T, numbers []*Number, as func(*Number) T) func(*call) {
	switch {
	case numbers[0] != nil:
		n := as(numbers[0])
		return func(c *call) { numberLeft(sign, of(c.out[0])[c.lo:c.hi], n, of(c.in[0])[c.lo:c.hi]) }
	case numbers[1] != nil:
		n := as(numbers[1])
		return func(c *call) { numberRight(sign, of(c.out[0])[c.lo:c.hi], of(c.in[0])[c.lo:c.hi], n) }
	}
	return func(c *call) {
		columnsBoth(sign, of(c.out[0])[c.lo:c.hi], of(c.in[0])[c.lo:c.hi], of(c.in[1])[c.lo:c.hi])
	}
}

func columnsBoth[T int64 | float32 | float64](sign string, dst, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	switch sign {
	case "+":
		for i := range dst {
			dst[i] = x[i] + y[i]
		}
	case "-":
		for i := range dst {
			dst[i] = x[i] - y[i]
		}
	case "*":
		for i := range dst {
			dst[i] = x[i] * y[i]
		}
	case "/":
		for i := range dst {
			dst[i] = x[i] / y[i]
		}
	}
}

func numberLeft[T int64 | float32 | float64](sign string, dst []T, n T, y []T) {
	y = y[:len(dst)]
	switch sign {
	case "-":
		for i := range dst {
			dst[i] = n - y[i]
		}
	case "/":
		for i := range dst {
			dst[i] = n / y[i]
		}
	default:
		numberRight(sign, dst, y, n)
	}
}

func numberRight[T int64 | float32 | float64](sign string, dst, x []T, n T) {
	x = x[:len(dst)]
	switch sign {
	case "+":
		for i := range dst {
			dst[i] = x[i] + n
		}
	case "-":
		for i := range dst {
			dst[i] = x[i] - n
		}
	case "*":
		for i := range dst {
			dst[i] = x[i] * n
		}
	case "/":
		for i := range dst {
			dst[i] = x[i] / n
		}
	}
}
