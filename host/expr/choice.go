package expr

// buildIf is If(c,a,b): a where c is true or not 0, NaN included, else b, in
// their common type. Columns with other rows cannot meet, as in Qlib.
func buildIf(b *builder, at *tree, in []operand) (operand, error) {
	var t Type
	switch x, y := &in[1], &in[2]; {
	case x.column >= 0 || y.column >= 0:
		var err error
		if t, err = typeOf(*x, *y); err != nil {
			return operand{}, err
		}
		if t == Flags && (x.column < 0 || y.column < 0) {
			t = Object
		}
	case x.number.isInt() && y.number.isInt():
		t = Int64
	default:
		t = Float64
	}
	columns, numbers, err := b.in(t, in[1:])
	if err != nil {
		return operand{}, err
	}
	condition := in[0].column
	k := kernel{cost: 2}
	switch t {
	case Bool:
		k.run = choose(func(v *vector) []bool { return v.bit }, numbers, func(*Number) bool { return false })
	case Int64:
		k.run = choose(func(v *vector) []int64 { return v.i64 }, numbers, wholeOf)
	case Float16, Float32:
		k.run = choose(func(v *vector) []float32 { return v.f32 }, numbers, float32Of)
	default:
		k.run = choose(func(v *vector) []float64 { return v.f64 }, numbers, float64Of)
	}
	return loads(b.add("if"+numbersKey(numbers), t, k, append([]int{condition}, columns...)...), in...), nil
}

func choose[T bool | int64 | float32 | float64](of func(*vector) []T, numbers []*Number, as func(*Number) T) func(*call) {
	var n [2]T
	for side, number := range numbers {
		if number != nil {
			n[side] = as(number)
		}
	}
	return func(c *call) {
		dst, next := of(c.out[0]), 1
		var sides [2][]T
		for side, number := range numbers {
			if number == nil {
				sides[side] = of(c.in[next])
				next++
			}
		}
		is := truths(c.in[0])
		for i := c.lo; i < c.hi; i++ {
			side := 1
			if is(i) {
				side = 0
			}
			if sides[side] == nil {
				dst[i] = n[side]
			} else {
				dst[i] = sides[side][i]
			}
		}
	}
}

// truths returns what Python's truth of a row is: NaN is true.
func truths(v *vector) func(i int) bool {
	switch {
	case v.bit != nil:
		return func(i int) bool { return v.bit[i] }
	case v.f32 != nil:
		return func(i int) bool { return v.f32[i] != 0 }
	case v.i64 != nil:
		return func(i int) bool { return v.i64[i] != 0 }
	}
	return func(i int) bool { return v.f64[i] != 0 && !isNone(v.f64[i]) }
}
