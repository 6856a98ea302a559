package model

import (
	"errors"
	"math"
	"sync"
)

// flat is a forest laid out for walking: all nodes in one array, each tree
// level by level with the two children of a node side by side, so that a step
// down is one compare and one addition, and no branch waits to be mispredicted.
//
// What a split does with missing values is moved out of the walk: each pair of
// a column and a way of missing values that the trees use is a slot, and a row
// is read into slots before a tree sees it. There a value that goes left
// whatever the threshold is -Inf, and one that goes right is NaN, for which
// x <= threshold is false. That compare is all that remains of a split.
type flat struct {
	width   int
	nodes   []flatNode
	trees   []flatTree   // in file order
	columns []slotColumn // that the trees use, ascending
	kinds   []slotKind   // of each slot; slot 0 is NaN in every row
	pool    sync.Pool    // of *flatScratch
}

// flatNode is a split, or a leaf: a split on slot 0, so that it goes right,
// whose right child is itself. A leaf's value lies in threshold.
type flatNode struct {
	threshold float64
	slot      uint32
	right     uint32 // the left child is the next one
}

type flatTree struct {
	root  uint32
	depth uint32 // splits on the longest way down: no walk is longer
}

// flatScratch is what one caller needs to walk.
type flatScratch struct {
	block [][lanes]float64 // by slot
	row   []float64        // by slot
}

var errByCategory = errors.New("it splits by category")

// newFlat lays out a checked forest. Its memory is that of two nodes for each
// leaf of the forest.
func newFlat(f *forest) (*flat, error) {
	if len(f.categorical) > 0 {
		return nil, errByCategory
	}
	nodes := 0
	for i := range f.trees {
		nodes += len(f.trees[i].nodes) + len(f.trees[i].leaves)
	}
	b := &flat{width: f.width, nodes: make([]flatNode, 0, nodes), trees: make([]flatTree, len(f.trees))}
	slots := b.assignSlots(f)
	b.pool.New = func() any {
		s := &flatScratch{block: make([][lanes]float64, len(b.kinds)), row: make([]float64, len(b.kinds))}
		s.row[0] = math.NaN()
		for r := range s.block[0] {
			s.block[0][r] = math.NaN()
		}
		return s
	}
	var level, below []int32
	for i := range f.trees {
		t := &f.trees[i]
		b.trees[i].root = uint32(len(b.nodes))
		level = append(level[:0], 0)
		if len(t.nodes) == 0 {
			level[0] = ^0
		}
		for {
			below = b.appendLevel(t, level, below[:0], slots)
			if len(below) == 0 {
				break
			}
			b.trees[i].depth++
			level, below = below, level
		}
	}
	return b, nil
}

// appendLevel appends one level of a tree, given as its children are, and
// returns the next one: right children before left ones.
func (b *flat) appendLevel(t *tree, level, below []int32, slots slotNumbers) []int32 {
	next := uint32(len(b.nodes) + len(level)) // where the next level begins
	for _, at := range level {
		if at < 0 {
			b.nodes = append(b.nodes, flatNode{threshold: t.leaves[^at], right: uint32(len(b.nodes))})
			continue
		}
		n := &t.nodes[at]
		b.nodes = append(b.nodes, flatNode{threshold: n.threshold, slot: slots.of(n), right: next + uint32(len(below))})
		below = append(below, n.right, n.left)
	}
	return below
}

// steps returns the number of splits that a row passes at most.
func (b *flat) steps() int {
	n := 0
	for _, t := range b.trees {
		n += int(t.depth)
	}
	return n
}
