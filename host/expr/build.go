package expr

import (
	"errors"
	"fmt"
	"strings"
)

// builder turns trees into the nodes of one graph.
type builder struct {
	*graph
	options Options
}

// operand returns what a tree is, with symbol's columns; empty = the own ones.
func (b *builder) operand(t *tree, symbol string) (operand, error) {
	switch t.kind {
	case treeField:
		c := b.leaf(strings.ToLower(t.name), symbol)
		return operand{tree: t, column: c, typ: Float32}, nil
	case treeCall:
		return b.call(t, symbol)
	}
	return operand{tree: t, column: -1, number: t.number}, nil
}

func (b *builder) call(t *tree, symbol string) (operand, error) {
	switch {
	case t.name == "Mask" && len(t.args) == 2:
		return b.masked(t, t.args[0], t.args[1])
	case t.name == "ChangeInstrument" && len(t.args) == 2:
		return b.masked(t, t.args[1], t.args[0])
	case t.name == "Mask" || t.name == "ChangeInstrument":
		return operand{}, errorAt(t.position, "write Mask($close,'AAPL')", "%s takes a column and a symbol in quotes", t.name)
	}
	op, ok := operators[t.name]
	if !ok {
		if why, ok := refused[t.name]; ok {
			return operand{}, errorAt(t.position, "", "%s: %s", t.name, why)
		}
		cure := ""
		if near := nearest(t.name); near != "" {
			cure = "is it " + near + "?"
		}
		return operand{}, errorAt(t.position, cure, "unknown operator %s", quoted(t.name))
	}
	if len(t.args) != len(op.takes) {
		return operand{}, errorAt(t.position, "", "%s takes %d operands, not %d", t.name, len(op.takes), len(t.args))
	}
	in := make([]operand, len(t.args))
	columns := 0
	for i, arg := range t.args {
		var err error
		if in[i], err = b.operand(arg, symbol); err != nil {
			return operand{}, err
		}
		o := &in[i]
		isColumn := o.column >= 0
		switch takes := op.takes[i]; {
		case takes == 'x' && !isColumn:
			return operand{}, errorAt(arg.position, "", "%s of %s, where a column is needed", t.name, o.describe())
		case takes == 'v' && !isColumn && !o.isNumber():
			return operand{}, errorAt(arg.position, "", "%s of %s, where a column or a number is needed", t.name, o.describe())
		case takes == 'n' && !o.isNumber():
			return operand{}, errorAt(arg.position, "", "%s: %s where a number is needed", t.name, o.describe())
		}
		if isColumn {
			columns++
		}
	}
	if columns == 0 {
		return operand{}, errorAt(t.position, "", "%s of numbers only", t.name)
	}
	out, err := op.build(b, t, in)
	if err != nil {
		return operand{}, err
	}
	if len(b.types) > MaxColumns {
		return operand{}, errorAt(0, "", "more than %d columns, after equal parts were shared", MaxColumns)
	}
	out.tree, out.typ = t, b.types[out.column]
	return out, nil
}

func (b *builder) masked(t, x, symbol *tree) (operand, error) {
	if symbol.kind != treeText || symbol.name == "" {
		return operand{}, errorAt(symbol.position, "write Mask($close,'AAPL')", "%s takes a symbol in quotes", t.name)
	}
	o, err := b.operand(x, strings.ToUpper(symbol.name))
	if err == nil && o.column < 0 {
		err = errorAt(x.position, "", "%s of %s, where a column is needed", t.name, o.describe())
	}
	return o, err
}

// nearest returns the operator whose name differs in case alone.
func nearest(name string) string {
	for n := range operators {
		if strings.EqualFold(n, name) {
			return n
		}
	}
	return ""
}

// loads returns an operand of a column for which the rows of its parts are loaded.
func loads(column int, in ...operand) operand {
	out := operand{column: column}
	for _, o := range in {
		out.left, out.right = max(out.left, o.left), max(out.right, o.right)
	}
	return out
}

// rolls returns an operand for which n rows are loaded, today included: 0 = as the operand.
func rolls(column, n int, in ...operand) operand {
	out := loads(column, in...)
	out.left = max(out.left, out.left+n-1)
	return out
}

// in casts the operands of an element-wise operator to one type. Numbers stay.
func (b *builder) in(t Type, in []operand) (columns []int, numbers []*Number, err error) {
	numbers = make([]*Number, len(in))
	for i := range in {
		if in[i].column >= 0 {
			columns = append(columns, b.cast(in[i].column, t))
			continue
		}
		n := in[i].number
		if _, ok := n.float64(); !ok && t != Int64 {
			return nil, nil, errorAt(in[i].tree.position, "", "a whole number that is too large for a %s", t)
		}
		if _, ok := n.int64(); !ok && t == Int64 {
			return nil, nil, errorAt(in[i].tree.position, "", "a whole number that is too large for an int64")
		}
		numbers[i] = &n
	}
	return columns, numbers, nil
}

// typeOf returns the type in which an element-wise operator computes.
func typeOf(in ...operand) (Type, error) {
	var t Type
	first := true
	for _, o := range in {
		if o.column >= 0 {
			if first {
				t, first = o.typ, false
			} else {
				t = common(t, o.typ)
			}
		}
	}
	for _, o := range in {
		if o.column < 0 {
			if t == Float16 {
				return t, errorAt(o.tree.position, "", "a number beside the logarithm of a comparison, which is a float16")
			}
			t = beside(t, o.number)
		}
	}
	return t, nil
}

// named returns err with the name of its column.
func named(column string, err error) error {
	var e *Error
	if errors.As(err, &e) {
		e.Column = column
		return e
	}
	return fmt.Errorf("column %s: %w", column, err)
}

// numbersKey names the numbers among the operands, where they stand.
func numbersKey(numbers []*Number) string {
	var b strings.Builder
	for _, n := range numbers {
		b.WriteByte(' ')
		if n == nil {
			b.WriteByte('_')
			continue
		}
		b.WriteString(n.key())
	}
	return b.String()
}
