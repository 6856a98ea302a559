package model

import (
	"bytes"
	"math"
)

// maxLeaves is LightGBM's own limit of num_leaves.
const maxLeaves = 131_072

var treeKeys = map[string]bool{
	"Tree": true, "num_leaves": true, "num_cat": true,
	"split_feature": true, "threshold": true, "decision_type": true, "left_child": true, "right_child": true, "leaf_value": true,
	"cat_boundaries": true, "cat_threshold": true, "is_linear": true,
	// These decide no score.
	"split_gain": true, "leaf_weight": true, "leaf_count": true,
	"internal_value": true, "internal_weight": true, "internal_count": true, "shrinkage": true,
	// These do where is_linear=1, and are ignored elsewhere.
	"leaf_const": true, "num_features": true, "leaf_features": true, "leaf_coeff": true,
}

// treeParser reads trees one after the other and remembers how they split the
// columns.
type treeParser struct {
	section section
	splits  []splitKind // by column
	walk    walk
}

type splitKind uint8

const (
	byNumber splitKind = 1 << iota
	byCategory
)

func newTreeParser(width int) *treeParser {
	return &treeParser{section: section{values: map[string][]byte{}}, splits: make([]splitKind, width)}
}

// categorical returns the columns that were split by category.
func (p *treeParser) categorical() []int {
	var columns []int
	for i, kind := range p.splits {
		if kind == byCategory {
			columns = append(columns, i)
		}
	}
	return columns
}

// parse reads the tree that is the rest of the cursor's text, with the number
// of splits on its longest way down.
func (p *treeParser) parse(c *cursor, number int) (t tree, depth int, err error) {
	s := &p.section
	s.tree = number
	if err := s.read(c, treeKeys); err != nil {
		return t, 0, err
	}
	rest := c.text[c.pos:]
	if len(bytes.TrimLeft(rest, "\n")) > 0 {
		return t, 0, malformed("tree %d, line %d: text after the tree's blank line, inside its tree_sizes", number, c.line+1)
	}
	c.pos, c.line = len(c.text), c.line+len(rest)

	if n, err := s.integer("Tree", 0, math.MaxInt32); err != nil {
		return t, 0, err
	} else if n != number {
		return t, 0, malformed("tree %d is numbered Tree=%d", number, n)
	}
	linear := 0
	if _, ok := s.values["is_linear"]; ok {
		if linear, err = s.integer("is_linear", 0, 1); err != nil {
			return t, 0, err
		}
	}
	leaves, err := s.integer("num_leaves", 1, maxLeaves)
	if err != nil {
		return t, 0, err
	}
	if err := t.readLeaves(s, leaves); err != nil {
		return t, 0, err
	}
	if linear == 1 {
		if t.linear, err = readLinear(s, leaves, len(p.splits)); err != nil {
			return t, 0, err
		}
	}
	sets, err := s.integer("num_cat", 0, leaves-1)
	if err != nil || leaves == 1 {
		// LightGBM reads no more of a tree of one leaf.
		return t, 0, err
	}
	if err := t.readNodes(s, leaves-1); err != nil {
		return t, 0, err
	}
	if err := t.readSets(s, sets); err != nil {
		return t, 0, err
	}
	if err := p.checkSplits(&t); err != nil {
		return t, 0, err
	}
	depth, err = p.walk.depth(&t, number)
	return t, depth, err
}

func (t *tree) readLeaves(s *section, n int) error {
	if err := s.counts(n, "leaf_value"); err != nil {
		return err
	}
	if n > 1 { // LightGBM writes a tree of one leaf with or without these
		if err := s.optional(n, "leaf_weight", "leaf_count"); err != nil {
			return err
		}
	}
	t.leaves = make([]float64, n)
	return s.each("leaf_value", "a finite number", func(i int, tok []byte) (ok bool) {
		t.leaves[i], ok = parseFinite(tok)
		return ok
	})
}

func (t *tree) readNodes(s *section, n int) error {
	if err := s.counts(n, "split_feature", "threshold", "decision_type", "left_child", "right_child"); err != nil {
		return err
	}
	if err := s.optional(n, "split_gain", "internal_value", "internal_weight", "internal_count"); err != nil {
		return err
	}
	t.nodes = make([]node, n)
	if err := s.each("split_feature", "a column's number", func(i int, tok []byte) (ok bool) {
		t.nodes[i].feature, ok = parseUint32(tok)
		return ok
	}); err != nil {
		return err
	}
	if err := s.each("threshold", "a number", func(i int, tok []byte) (ok bool) {
		t.nodes[i].threshold, ok = parseThreshold(tok)
		return ok
	}); err != nil {
		return err
	}
	if err := s.each("decision_type", "bits 0 to 3 with a known way of missing values", func(i int, tok []byte) bool {
		d, ok := parseUint32(tok)
		t.nodes[i].decision = uint8(d)
		return ok && d&^decisionBits == 0 && d>>missingShift&missingMask != missingMask
	}); err != nil {
		return err
	}
	if err := s.each("left_child", "a node or leaf", func(i int, tok []byte) bool {
		return parseChild(tok, &t.nodes[i].left)
	}); err != nil {
		return err
	}
	return s.each("right_child", "a node or leaf", func(i int, tok []byte) bool {
		return parseChild(tok, &t.nodes[i].right)
	})
}

func parseChild(tok []byte, child *int32) bool {
	c, ok := parseInt(tok)
	*child = int32(c)
	return ok
}
