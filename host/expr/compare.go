package expr

// compare returns the builder of a comparison: a bool, false with a NaN but for
// "!=". A number is rounded to the column's type first. Columns with other rows
// cannot be compared, as in Qlib.
func compare(sign string) func(*builder, *tree, []operand) (operand, error) {
	return func(b *builder, _ *tree, in []operand) (operand, error) {
		t, err := typeOf(in...)
		if err != nil {
			return operand{}, err
		}
		switch t {
		case Bool:
			t = Int64
		case Flags:
			t = Object
		}
		columns, numbers, err := b.in(t, in)
		if err != nil {
			return operand{}, err
		}
		k := kernel{cost: 1}
		switch t {
		case Int64:
			k.run = comparing(sign, func(v *vector) []int64 { return v.i64 }, numbers, wholeOf)
		case Float16, Float32:
			k.run = comparing(sign, func(v *vector) []float32 { return v.f32 }, numbers, float32Of)
		default:
			k.run = comparing(sign, func(v *vector) []float64 { return v.f64 }, numbers, float64Of)
		}
		return loads(b.add(sign+numbersKey(numbers), Bool, k, columns...), in...), nil
	}
}

func comparing[T int64 | float32 | float64](sign string, of func(*vector) []T, numbers []*Number, as func(*Number) T) func(*call) {
	turned := map[string]string{">": "<", ">=": "<=", "<": ">", "<=": ">=", "==": "==", "!=": "!="}
	switch {
	case numbers[0] != nil:
		n := as(numbers[0])
		return func(c *call) { compareNumber(turned[sign], c.out[0].bit[c.lo:c.hi], of(c.in[0])[c.lo:c.hi], n) }
	case numbers[1] != nil:
		n := as(numbers[1])
		return func(c *call) { compareNumber(sign, c.out[0].bit[c.lo:c.hi], of(c.in[0])[c.lo:c.hi], n) }
	}
	return func(c *call) {
		compareColumns(sign, c.out[0].bit[c.lo:c.hi], of(c.in[0])[c.lo:c.hi], of(c.in[1])[c.lo:c.hi])
	}
}

func compareNumber[T int64 | float32 | float64](sign string, dst []bool, x []T, n T) {
	x = x[:len(dst)]
	switch sign {
	case ">":
		for i := range dst {
			dst[i] = x[i] > n
		}
	case ">=":
		for i := range dst {
			dst[i] = x[i] >= n
		}
	case "<":
		for i := range dst {
			dst[i] = x[i] < n
		}
	case "<=":
		for i := range dst {
			dst[i] = x[i] <= n
		}
	case "==":
		for i := range dst {
			dst[i] = x[i] == n
		}
	case "!=":
		for i := range dst {
			dst[i] = x[i] != n
		}
	}
}

func compareColumns[T int64 | float32 | float64](sign string, dst []bool, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	switch sign {
	case ">":
		for i := range dst {
			dst[i] = x[i] > y[i]
		}
	case ">=":
		for i := range dst {
			dst[i] = x[i] >= y[i]
		}
	case "<":
		for i := range dst {
			dst[i] = x[i] < y[i]
		}
	case "<=":
		for i := range dst {
			dst[i] = x[i] <= y[i]
		}
	case "==":
		for i := range dst {
			dst[i] = x[i] == y[i]
		}
	case "!=":
		for i := range dst {
			dst[i] = x[i] != y[i]
		}
	}
}
