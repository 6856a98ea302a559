package model

// walk checks that the children of a tree's nodes form one tree. Its memory is
// used again for the next one.
type walk struct {
	depths []int32 // by node; 0 = not reached yet
	leaves []bool  // by leaf: reached
	stack  []int32 // nodes whose children are still to be looked at
}

// depth returns the number of splits on the longest way from the root to a leaf. It
// is an error if a node or leaf is reached more than once or not at all, so a
// tree that passes has no cycle.
func (w *walk) depth(t *tree, number int) (int, error) {
	w.depths = zeroed(w.depths, len(t.nodes))
	w.leaves = zeroed(w.leaves, len(t.leaves))
	w.stack = append(w.stack[:0], 0)
	w.depths[0] = 1
	deepest := int32(1)
	reached := 1
	for len(w.stack) > 0 {
		parent := w.stack[len(w.stack)-1]
		w.stack = w.stack[:len(w.stack)-1]
		n := &t.nodes[parent]
		for side, child := range [2]int32{n.left, n.right} {
			if !w.reach(child, w.depths[parent]+1) {
				name := [2]string{"left_child", "right_child"}[side]
				return 0, malformed("tree %d: %s[%d] is %d, want a node or leaf of the tree that no other node has", number, name, parent, child)
			}
			reached++
			if child >= 0 {
				deepest = max(deepest, w.depths[child])
			}
		}
	}
	if all := len(t.nodes) + len(t.leaves); reached != all {
		return 0, malformed("tree %d: only %d of its %d nodes and leaves can be reached from the root", number, reached, all)
	}
	return int(deepest), nil
}

// reach marks a child, and reports whether it is there and was not yet marked.
func (w *walk) reach(child, depth int32) bool {
	if child < 0 {
		leaf := int(^child)
		if leaf >= len(w.leaves) || w.leaves[leaf] {
			return false
		}
		w.leaves[leaf] = true
		return true
	}
	if int(child) >= len(w.depths) || w.depths[child] != 0 {
		return false
	}
	w.depths[child] = depth
	w.stack = append(w.stack, child)
	return true
}

// zeroed returns a slice of n zero values, in s where it fits.
func zeroed[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	s = s[:n]
	clear(s)
	return s
}
