package model

import (
	"math"
	"sync"
)

// rowwise sums the trees of a model with linear leaves, which leaves does not
// know: one row after the other, each tree as LightGBM lays it out.
type rowwise struct {
	width int
	trees []tree
	rows  sync.Pool // of *[]float64: one row as LightGBM reads it
}

const linearReason = "it has linear trees"

func newRowwise(f *forest) *rowwise {
	r := &rowwise{width: f.width, trees: f.trees}
	r.rows.New = func() any {
		row := make([]float64, f.width)
		return &row
	}
	return r
}

// newLinear makes the model of a forest with linear trees. What leaves cannot say
// of it, the sums, LightGBM's own predictions hold in the tests; which leaf a
// row reaches both say, and they must agree on the probe.
func newLinear(f *forest, e *byLeaves) (*Model, error) {
	if f.steps > maxProbeSteps {
		return nil, unsupported("a row may pass %d splits and terms of linear leaves, and beyond %d it takes too long to hold the evaluators against each other", f.steps, maxProbeSteps)
	}
	r := newRowwise(f)
	plain := func(dst, rows []float64) { sumRowwise(r, dst, rows, plainLeaf) }
	if err := hold(plain, e, probeRows(f, f.steps)); err != nil {
		return nil, unsupported("its linear trees cannot be evaluated: %v", err)
	}
	return &Model{header: f.header, trees: len(f.trees), rowwise: r}, nil
}

// leafOutput is what a leaf of a tree adds for a row.
type leafOutput func(t *tree, leaf int, row []float64) float64

func plainLeaf(t *tree, leaf int, _ []float64) float64 { return t.leaves[leaf] }

func linearLeaf(t *tree, leaf int, row []float64) float64 {
	if t.linear == nil {
		return t.leaves[leaf]
	}
	return t.linear.output(leaf, t.leaves[leaf], row)
}

// sumRowwise writes the sum of the trees for each row of rows to dst.
func sumRowwise[V value](r *rowwise, dst []float64, rows []V, output leafOutput) {
	scratch := r.rows.Get().(*[]float64)
	defer r.rows.Put(scratch)
	row := *scratch
	for i := range dst {
		for j, v := range rows[i*r.width : (i+1)*r.width] {
			row[j] = asRead(float64(v))
		}
		sum := 0.0
		for j := range r.trees {
			t := &r.trees[j]
			sum += output(t, t.leaf(row), row)
		}
		dst[i] = sum
	}
}

// leaf returns the leaf that a row reaches.
func (t *tree) leaf(row []float64) int {
	if len(t.nodes) == 0 {
		return 0
	}
	at := int32(0)
	for at >= 0 {
		n := &t.nodes[at]
		if t.goesLeft(n, row[n.feature]) {
			at = n.left
		} else {
			at = n.right
		}
	}
	return int(^at)
}

// goesLeft returns one decision as LightGBM's Tree::Decision has it.
func (t *tree) goesLeft(n *node, x float64) bool {
	missing := n.decision >> missingShift & missingMask
	switch {
	case n.categorical():
		// Written so that NaN fails too. A fraction above -1 counts as category 0.
		if !(x > -1 && x < categoryEnd) {
			return false
		}
		set := t.setWords[t.setBounds[int(n.threshold)]:t.setBounds[int(n.threshold)+1]]
		category := int(x)
		return category/32 < len(set) && set[category/32]>>(category%32)&1 == 1
	case missing == missingNaN && math.IsNaN(x), missing == missingZero && (math.IsNaN(x) || x == 0):
		return n.decision&defaultLeftBit != 0
	case math.IsNaN(x):
		x = 0
	}
	return x <= n.threshold
}

// asRead returns a value as LightGBM's reader of dense rows has it.
func asRead(x float64) float64 {
	if math.Abs(x) <= zeroThreshold {
		return 0
	}
	return x
}
