package model

// fillRow reads one row into slots.
func fillRow[V value](b *flat, x []float64, row []V) {
	slot := uint32(1)
	for _, c := range b.columns {
		v := float64(row[c.column])
		if plain(v) {
			for ; slot < c.end; slot++ {
				x[slot] = v
			}
			continue
		}
		for ; slot < c.end; slot++ {
			x[slot] = b.kinds[slot].read(v)
		}
	}
}

// walkRow returns the sum of the trees for one row, four trees walked together.
func (b *flat) walkRow(x []float64) float64 {
	nodes := b.nodes
	sum := 0.0
	trees := b.trees
	for ; len(trees) >= 4; trees = trees[4:] {
		i0, i1, i2, i3 := trees[0].root, trees[1].root, trees[2].root, trees[3].root
		for range max(trees[0].depth, trees[1].depth, trees[2].depth, trees[3].depth) {
			n0 := &nodes[i0]
			i0 = n0.right + isLeft(x[n0.slot], n0.threshold)
			n1 := &nodes[i1]
			i1 = n1.right + isLeft(x[n1.slot], n1.threshold)
			n2 := &nodes[i2]
			i2 = n2.right + isLeft(x[n2.slot], n2.threshold)
			n3 := &nodes[i3]
			i3 = n3.right + isLeft(x[n3.slot], n3.threshold)
			if n0.slot|n1.slot|n2.slot|n3.slot == 0 {
				break
			}
		}
		sum += nodes[i0].threshold
		sum += nodes[i1].threshold
		sum += nodes[i2].threshold
		sum += nodes[i3].threshold
	}
	for _, t := range trees {
		i := t.root
		for range t.depth {
			n := &nodes[i]
			i = n.right + isLeft(x[n.slot], n.threshold)
		}
		sum += nodes[i].threshold
	}
	return sum
}
