package model

import (
	"io"
	"strconv"
)

// canonical is a forest as a text for leaves, written tree by tree while it is
// read. leaves gets this and never the uploaded text, so the two can not
// understand it differently. Numbers are in hexadecimal: exact by construction
// and quick to read back.
//
// The header says v3, which is the same as v4 for the trees, and leaves out
// what would change the sum: the names (leaves refuses one with "="), the
// objective and average_output.
type canonical struct {
	forest *forest
	width  int // of the rows that leaves will get
	next   int // the tree to write next; -1 = the header
	buf    []byte
	unread []byte // of buf
}

func newCanonical(f *forest, width int) *canonical {
	return &canonical{forest: f, width: width, next: -1}
}

func (c *canonical) Read(p []byte) (int, error) {
	for len(c.unread) == 0 {
		switch {
		case c.next == len(c.forest.trees):
			return 0, io.EOF
		case c.next < 0:
			c.buf = c.appendHeader(c.buf[:0])
		default:
			c.buf = c.forest.trees[c.next].append(c.buf[:0])
		}
		c.next++
		c.unread = c.buf
	}
	n := copy(p, c.unread)
	c.unread = c.unread[n:]
	return n, nil
}

func (c *canonical) appendHeader(b []byte) []byte {
	b = append(b, "version=v3\nnum_class=1\nnum_tree_per_iteration=1\nmax_feature_idx="...)
	b = strconv.AppendInt(b, int64(c.width-1), 10)
	b = append(b, "\ntree_sizes=0"...)
	for range len(c.forest.trees) - 1 {
		b = append(b, " 0"...) // leaves only counts them
	}
	return append(b, "\n\n"...)
}

// append writes the tree with the keys that leaves reads.
func (t *tree) append(b []byte) []byte {
	b = append(b, "num_leaves="...)
	b = strconv.AppendInt(b, int64(len(t.leaves)), 10)
	b = append(b, "\nnum_cat="...)
	b = strconv.AppendInt(b, int64(max(len(t.setBounds)-1, 0)), 10)
	b = appendList(b, "leaf_value", t.leaves, appendFloat)
	if len(t.nodes) > 0 {
		b = appendList(b, "split_feature", t.nodes, func(b []byte, n node) []byte { return strconv.AppendUint(b, uint64(n.feature), 10) })
		b = appendList(b, "threshold", t.nodes, func(b []byte, n node) []byte { return appendFloat(b, n.threshold) })
		b = appendList(b, "decision_type", t.nodes, func(b []byte, n node) []byte { return strconv.AppendUint(b, uint64(n.decision), 10) })
		b = appendList(b, "left_child", t.nodes, func(b []byte, n node) []byte { return strconv.AppendInt(b, int64(n.left), 10) })
		b = appendList(b, "right_child", t.nodes, func(b []byte, n node) []byte { return strconv.AppendInt(b, int64(n.right), 10) })
	}
	if len(t.setBounds) > 0 {
		b = appendList(b, "cat_boundaries", t.setBounds, appendUint)
		b = appendList(b, "cat_threshold", t.setWords, appendUint)
	}
	return append(b, "\n\n"...)
}

func appendList[T any](b []byte, key string, values []T, one func([]byte, T) []byte) []byte {
	b = append(b, '\n')
	b = append(b, key...)
	for i, v := range values {
		if i == 0 {
			b = append(b, '=')
		} else {
			b = append(b, ' ')
		}
		b = one(b, v)
	}
	return b
}

func appendFloat(b []byte, x float64) []byte { return strconv.AppendFloat(b, x, 'x', -1, 64) }

func appendUint(b []byte, x uint32) []byte { return strconv.AppendUint(b, uint64(x), 10) }
