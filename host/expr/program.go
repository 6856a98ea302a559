// Package expr compiles Qlib's expressions and evaluates them on daily bars, bit
// for bit as Qlib 0.9.7 does with pandas 2 or pandas 3.
//
// The way of a text: scan cuts it into tokens, parse makes a tree of them, a
// builder makes nodes of the tree, with the type that NumPy would hold each
// column in. Nodes with the same kernel and the same operands are one node,
// whichever expression they came from. An Evaluator computes the nodes of a
// symbol one column after the other, in buffers that it uses again.
//
// The package knows no market: columns come from a Source, by field and symbol.
//
// An operator is an entry of the table in operators.go, and a file with its
// builder and its kernels. A kernel says how many rows back it reads and how many
// numbers it carries from row to row; from that an evaluation knows where each
// column has to begin, and what a checkpoint has to keep.
package expr

import (
	"fmt"
	"maps"
	"slices"
)

// Numerics says which pandas research had: rolling variance, skewness, kurtosis,
// covariance and correlation differ.
type Numerics int

// The numerics that are known.
const (
	Pandas2 Numerics = iota // 1.5 and 2
	Pandas3
)

// Field is an expression with a name.
type Field struct{ Name, Expression string }

// Options say what a program is for.
type Options struct {
	Numerics Numerics
	Research bool // Ref may read later days, and a chain of comparisons is its last one, as for Qlib
	Window   bool // only Day will be asked
}

// Program is a compiled list of expressions. It may be used by any number of
// Evaluators at a time.
type Program struct {
	graph   *graph
	outputs []output
	leaves  map[string][]int // by field: the outputs that use it
	symbols []string
	chained []string
	full    *group
	windows []*group // outputs by the rows that Qlib loads for one day
}

// output is a field's column.
type output struct {
	name        string
	column      int
	left, right int
	positions   map[string]int // of the fields in the text
}

// Compile compiles expressions. Errors are *Error, and name the column.
func Compile(fields []Field, options Options) (*Program, error) {
	if len(fields) == 0 {
		return nil, errorAt(0, "", "no expressions")
	}
	if len(fields) > MaxFields {
		return nil, errorAt(0, "", "%d expressions; the limit is %d", len(fields), MaxFields)
	}
	b := builder{newGraph(), options}
	p := &Program{graph: b.graph, leaves: map[string][]int{}}
	for i, f := range fields {
		t, chained, err := read(f.Expression, options.Research)
		if err != nil {
			return nil, named(f.Name, err)
		}
		o, err := b.operand(t, "")
		if err != nil {
			return nil, named(f.Name, err)
		}
		if o.column < 0 {
			return nil, named(f.Name, errorAt(t.position, "it needs a field, such as $close", "the expression is %s", o.describe()))
		}
		if chained {
			p.chained = append(p.chained, f.Name)
		}
		out := output{f.Name, o.column, o.left, o.right, map[string]int{}}
		positionsOf(t, out.positions)
		for field := range out.positions {
			p.leaves[field] = append(p.leaves[field], i)
		}
		p.outputs = append(p.outputs, out)
	}
	return p, p.analyse()
}

// Chained returns the columns whose expression has a chain of comparisons, of which only
// the last counts.
func (p *Program) Chained() []string { return p.chained }

// analyse finds what each way of evaluation needs, and refuses what is too large.
func (p *Program) analyse() error {
	symbols := map[string]bool{}
	cost := 0
	for _, n := range p.graph.nodes {
		cost += n.cost
		if n.symbol != "" {
			symbols[n.symbol] = true
		}
	}
	if cost > MaxCost {
		return errorAt(0, "shorten the windows of Mad, WMA and EMA, or split the set", "a day costs %d additions; the limit is %d", cost, MaxCost)
	}
	p.symbols = slices.Sorted(maps.Keys(symbols))
	every := make([]int, len(p.outputs))
	byWindow := map[[2]int][]int{}
	for i, o := range p.outputs {
		every[i] = i
		k := [2]int{o.left, o.right}
		byWindow[k] = append(byWindow[k], i)
	}
	p.full = p.group(every)
	if p.full.live > MaxLive {
		return errorAt(0, "split the set", "%d columns at the same time; the limit is %d", p.full.live, MaxLive)
	}
	for k, outputs := range byWindow {
		g := p.group(outputs)
		g.left, g.right = k[0], k[1]
		p.windows = append(p.windows, g)
	}
	slices.SortFunc(p.windows, func(a, b *group) int { return a.outputs[0] - b.outputs[0] })
	return nil
}

// Width returns the number of expressions.
func (p *Program) Width() int { return len(p.outputs) }

// Fields returns the fields that the expressions read, in lower case, sorted.
func (p *Program) Fields() []string { return slices.Sorted(maps.Keys(p.leaves)) }

// Symbols returns the symbols that expressions name, in upper case, sorted.
func (p *Program) Symbols() []string { return p.symbols }

// Ahead returns how many rows after a day an expression reads.
func (p *Program) Ahead(field int) int { return p.outputs[field].right }

// looksAhead reports whether any expression reads later days.
func (p *Program) looksAhead() bool {
	return slices.ContainsFunc(p.outputs, func(o output) bool { return o.right > 0 })
}

// Back returns how many rows Qlib loads before a day for an expression.
func (p *Program) Back(field int) int { return p.outputs[field].left }

// WholeHistory reports whether values depend on later rows too, by a rounding: Skew
// and Kurt as pandas before 3 computes them.
func (p *Program) WholeHistory() bool {
	return slices.ContainsFunc(p.graph.nodes, func(n node) bool { return n.whole })
}

// CheckFields returns an *Error for the first field that is not known.
func (p *Program) CheckFields(known func(field string) bool) error {
	for i := range p.outputs {
		o := &p.outputs[i]
		for _, field := range slices.Sorted(maps.Keys(o.positions)) {
			if !known(field) {
				return named(o.name, errorAt(o.positions[field], "", "the bars have no field %s", quoted(field)))
			}
		}
	}
	return nil
}

// outputOf returns the name of an expression that a node is part of.
func (p *Program) outputOf(nodeIndex int) string {
	for i := range p.outputs {
		if slices.Contains(p.group([]int{i}).nodes, nodeIndex) {
			return p.outputs[i].name
		}
	}
	return fmt.Sprintf("(node %d)", nodeIndex)
}
