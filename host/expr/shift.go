package expr

import (
	"math"
	"strconv"
)

// buildRef is Ref(x,N): x of N rows before; of later ones where N is negative,
// which only labels may use; of the first loaded row where N is 0.
func buildRef(b *builder, at *tree, in []operand) (operand, error) {
	x, n := in[0], in[1].number
	if !n.isInt() {
		return operand{}, errorAt(in[1].tree.position, "write it without a point", "Ref: the number of rows has a point")
	}
	v, ok := n.int64()
	if !ok || v > MaxWindow || v < -MaxWindow {
		return operand{}, errorAt(in[1].tree.position, "", "Ref: more than %d rows", MaxWindow)
	}
	if v < 0 && !b.options.Research {
		return operand{}, errorAt(in[1].tree.position, "a label is for training", "Ref of a later day: a release cannot know it")
	}
	by := int(v)
	if by == 0 {
		return loads(b.first(x.column, false), x), nil
	}
	out := loads(b.shifted(x.column, by), x)
	out.left = max(x.left, x.left+by)
	out.right = max(x.right, x.right-by)
	return out, nil
}

// first returns a column that is everywhere what the operand is on the first loaded
// row, which must be there if it is needed.
func (b *builder) first(c int, needed bool) int {
	t := b.types[c]
	return b.add("first "+strconv.FormatBool(needed), t, kernel{cost: 1, words: 1, first: needed, run: func(c *call) {
		in, out := c.in[0], c.out[0]
		switch {
		case in.f32 != nil:
			hold(c, out.f32, in.f32)
		case in.f64 != nil:
			hold(c, out.f64, in.f64)
		case in.i64 != nil:
			hold(c, out.i64, in.i64)
		case in.bit != nil:
			if c.lo == 0 && c.hi > 0 {
				c.state[0] = 0
				if in.bit[0] {
					c.state[0] = 1
				}
			}
			for i := c.lo; i < c.hi; i++ {
				out.bit[i] = c.state[0] == 1
			}
		}
	}}, c)
}

func hold[T float32 | float64 | int64](c *call, dst, x []T) {
	if c.lo == 0 && c.hi > 0 {
		c.state[0] = float64(x[0])
	}
	for i := c.lo; i < c.hi; i++ {
		dst[i] = T(c.state[0])
	}
}

// shifted returns a column shifted by some rows: a bool becomes an object with
// NaN, a whole number a float64.
func (b *builder) shifted(c, by int) int {
	missing := nan
	switch b.types[c] {
	case Bool:
		c = b.cast(c, Flags)
	case Int64:
		c = b.cast(c, Float64)
	case Object, Flags:
		missing = none
	}
	t := b.types[c]
	k := kernel{cost: 1, back: max(by, 0), run: func(c *call) {
		if in, out := c.in[0], c.out[0]; in.f32 != nil {
			shift(out.f32, in.f32, by, nan32, c.lo, c.hi)
		} else {
			shift(out.f64, in.f64, by, missing, c.lo, c.hi)
		}
	}}
	if by < 0 {
		k.back = all // evaluated over all rows, so later ones are there
	}
	return b.add("ref "+strconv.Itoa(by), t, k, c)
}

// none is what an object that is shifted again is filled with: Python's None, which is
// missing as NaN is, but not true.
var none = math.Float64frombits(0x7ff8_0000_0000_0002)

func isNone(v float64) bool { return math.Float64bits(v) == math.Float64bits(none) }

func shift[T float32 | float64](dst, x []T, by int, missing T, lo, hi int) {
	for i := lo; i < hi; i++ {
		dst[i] = missing
		if at := i - by; at >= 0 && at < len(x) {
			dst[i] = x[at]
		}
	}
}

// buildDelta is Delta(x,N): x less x of N rows before, in x's own type; less the
// first loaded row where N is 0. Qlib loads a row too few for it, so that the
// first row of a query has no value.
func buildDelta(b *builder, at *tree, in []operand) (operand, error) {
	x := in[0]
	n, err := rows(at, in[1], 1)
	if err != nil {
		return operand{}, err
	}
	if n == 0 {
		if x.typ == Bool {
			return operand{}, errorAt(at.position, "multiply it by 1", "Delta of a comparison over all rows")
		}
		c, before := x.column, b.first(x.column, true)
		if x.typ == Flags {
			c, before = b.cast(c, Object), b.cast(before, Object)
		}
		return loads(b.less(c, before), x), nil
	}
	before := b.shifted(x.column, n)
	t := common(x.typ, b.types[before])
	return rolls(b.less(b.cast(x.column, t), b.cast(before, t)), n, x), nil
}

// less returns the difference of two columns of one type.
func (b *builder) less(x, y int) int {
	t := b.types[x]
	none := []*Number{nil, nil}
	k := kernel{cost: 1, meet: meetUnion}
	switch t {
	case Int64:
		k.run = elementwise("-", func(v *vector) []int64 { return v.i64 }, none, wholeOf)
	case Float16, Float32:
		k.run = elementwise("-", func(v *vector) []float32 { return v.f32 }, none, float32Of)
	default:
		k.run = elementwise("-", func(v *vector) []float64 { return v.f64 }, none, float64Of)
	}
	return b.add("-"+numbersKey(none), t, k, x, y)
}
