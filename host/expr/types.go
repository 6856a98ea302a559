package expr

import "fmt"

// Type is what NumPy would hold a column in.
type Type int

// The types of columns, in the order in which the later one wins when two meet.
const (
	Bool    Type = iota // comparisons
	Int64               // counts made of comparisons
	Float16             // the logarithm of a comparison: 0, -Inf and NaN only
	Float32             // fields, and what is made of them element-wise
	Float64             // what rolling operators return
	Object              // Python's numbers: what shifted comparisons become
	Flags               // an Object of True, False and NaN
)

func (t Type) String() string {
	return [...]string{"bool", "int64", "float16", "float32", "float64", "object", "object"}[t]
}

// common returns the type in which NumPy combines two columns.
func common(a, b Type) Type {
	if a > b {
		a, b = b, a
	}
	switch {
	case b >= Object:
		return Object
	case a == Int64 && b > Int64:
		return Float64
	}
	return b
}

// beside returns the type in which NumPy combines a column and a number: a number
// takes the column's type, but for one that does not fit.
func beside(t Type, n Number) Type {
	switch {
	case t == Flags:
		return Object
	case t <= Int64 && n.isInt():
		return Int64
	case t <= Int64:
		return Float64
	}
	return t
}

// operand is what an operator is called with: a column, a number or a text.
type operand struct {
	tree        *tree
	column      int // of the graph; -1 = none
	typ         Type
	number      Number
	left, right int // rows that Qlib loads before and after a query for it
}

func (o *operand) isNumber() bool { return o.column < 0 && o.tree.kind == treeNumber }

// describe names the operand's kind for messages.
func (o *operand) describe() string {
	switch {
	case o.column >= 0:
		return fmt.Sprintf("a column of %s", o.typ)
	case o.tree.kind == treeText:
		return "a text"
	case o.number.isInt():
		return "a whole number"
	}
	return "a number with a point"
}
