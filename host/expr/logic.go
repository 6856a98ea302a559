package expr

// logic returns the builder of And and Or: of bools, or bit by bit of whole
// numbers. In a shifted comparison NaN counts as false; where it stands on
// the left, so does the result (pandas, logical_op).
func logic(and bool) func(*builder, *tree, []operand) (operand, error) {
	name := map[bool]string{true: "and", false: "or"}[and]
	return func(b *builder, at *tree, in []operand) (operand, error) {
		ints, flags := 0, false
		for _, o := range in {
			switch {
			case o.column < 0 && !o.number.isInt(), o.column >= 0 && o.typ != Bool && o.typ != Int64 && o.typ != Flags:
				return operand{}, errorAt(at.position, "compare it first: ($close>0)", "%s of %s, where a comparison is needed", name, o.describe())
			case o.column < 0 || o.typ == Int64:
				ints++
			}
			flags = flags || o.column >= 0 && o.typ == Flags
		}
		switch {
		case flags && ints > 0:
			return operand{}, errorAt(at.position, "", "%s of a shifted comparison and a whole number", name)
		case flags:
			k := kernel{cost: 1, meet: meetUnion, run: logicFlags(and)}
			return loads(b.add(name, Bool, k, b.cast(in[0].column, Object), b.cast(in[1].column, Object)), in...), nil
		case ints == 0:
			k := kernel{cost: 1, meet: meetLogic, run: func(c *call) {
				dst, x, y := c.out[0].bit, c.in[0].bit, c.in[1].bit
				for i := c.lo; i < c.hi; i++ {
					dst[i] = and && x[i] && y[i] || !and && (x[i] || y[i])
				}
			}}
			return loads(b.add(name, Bool, k, in[0].column, in[1].column), in...), nil
		}
		columns, numbers, err := b.in(Int64, in)
		if err != nil {
			return operand{}, err
		}
		c := b.add(name+" bits"+numbersKey(numbers), Int64, kernel{cost: 1, run: logicBits(and, numbers)}, columns...)
		if ints < 2 { // beside a bool, the bits become one
			c = b.add("!= 0", Bool, kernel{cost: 1, run: func(c *call) {
				for i := c.lo; i < c.hi; i++ {
					c.out[0].bit[i] = c.in[0].i64[i] != 0
				}
			}}, c)
		}
		return loads(c, in...), nil
	}
}

func logicFlags(and bool) func(*call) {
	return func(c *call) {
		dst, x, y := c.out[0].bit, c.in[0].f64, c.in[1].f64
		for i := c.lo; i < c.hi; i++ {
			left, right := x[i] == x[i] && x[i] != 0, y[i] == y[i] && y[i] != 0
			dst[i] = x[i] == x[i] && (and && left && right || !and && (left || right))
		}
	}
}

func logicBits(and bool, numbers []*Number) func(*call) {
	return func(c *call) {
		dst := c.out[0].i64
		at := func(side, i int) int64 {
			if numbers[side] != nil {
				return wholeOf(numbers[side])
			}
			return c.in[min(side, len(c.in)-1)].i64[i]
		}
		for i := c.lo; i < c.hi; i++ {
			if x, y := at(0, i), at(1, i); and {
				dst[i] = x & y
			} else {
				dst[i] = x | y
			}
		}
	}
}

// buildNot is Not: of a bool, or of the bits of a whole number.
func buildNot(b *builder, at *tree, in []operand) (operand, error) {
	x := in[0]
	switch x.typ {
	case Bool:
		return loads(b.add("not", Bool, kernel{cost: 1, run: func(c *call) {
			for i := c.lo; i < c.hi; i++ {
				c.out[0].bit[i] = !c.in[0].bit[i]
			}
		}}, x.column), x), nil
	case Int64:
		return loads(b.add("not", Int64, kernel{cost: 1, run: func(c *call) {
			for i := c.lo; i < c.hi; i++ {
				c.out[0].i64[i] = ^c.in[0].i64[i]
			}
		}}, x.column), x), nil
	}
	return operand{}, errorAt(at.position, "compare it first: Not($close>0)", "Not of %s", x.describe())
}
