package expr

import (
	"fmt"
	"strings"
)

// all is the reach of a kernel that reads its operands from the first loaded row.
const all = 1 << 40

// kernel computes the columns of a node, some rows at a time.
type kernel struct {
	// run computes rows [lo, hi) of c.out from the same rows of c.in and those before.
	run func(c *call)
	// back is how many rows before its own a row needs of the operands; all = every one.
	back int
	// words is how many numbers the kernel carries from row to row. Row 0 begins anew;
	// rows are then computed in order, without a gap.
	words int
	// whole says that the state is made from all loaded rows, also later ones.
	whole bool
	// meet says what becomes of operands whose rows differ.
	meet meeting
	// first says that the operand must have a first day.
	first bool
	// cost is the time of a row, in additions.
	cost int
}

type meeting int

const (
	meetSame  meeting = iota // an error, as in Qlib
	meetUnion                // rows of either; missing where the other is alone
	meetLogic                // the same of bools: false, where the left one is missing
)

// call is one run of a kernel.
type call struct {
	in, out []*vector
	lo, hi  int       // rows to compute
	state   []float64 // kernel.words of them
	scratch *scratch
	err     error // the first that the data led to
}

// fail ends the evaluation with an error that only the data show.
func (c *call) fail(err error) { c.err = err }

// node is a kernel with its operands: columns of the graph.
type node struct {
	kernel
	in, out []int
	field   string // of a leaf
	symbol  string // of a leaf: another symbol's; empty = the own one
	leaf    bool

	statistics *statistics // of a node of order statistics, a column each
}

// graph are nodes, operands before those who use them.
type graph struct {
	nodes []node
	types []Type // by column
	index map[string]int
}

func newGraph() *graph { return &graph{index: map[string]int{}} }

// leaf returns the column of a field.
func (g *graph) leaf(field, symbol string) int {
	return g.share(fmt.Sprintf("$%s@%s", field, symbol), Float32, func() node {
		return node{leaf: true, field: field, symbol: symbol}
	})
}

// add returns the column of a kernel over operands, the same for the same name and operands.
func (g *graph) add(name string, t Type, k kernel, in ...int) int {
	return g.share(key(name, in), t, func() node { return node{kernel: k, in: in} })
}

func key(name string, in []int) string {
	var b strings.Builder
	b.WriteString(name)
	for _, c := range in {
		fmt.Fprintf(&b, " %d", c)
	}
	return b.String()
}

func (g *graph) share(key string, t Type, make func() node) int {
	if c, ok := g.index[key]; ok {
		return c
	}
	n := make()
	c := g.column(t)
	n.out = []int{c}
	g.nodes = append(g.nodes, n)
	g.index[key] = c
	return c
}

func (g *graph) column(t Type) int {
	g.types = append(g.types, t)
	return len(g.types) - 1
}
