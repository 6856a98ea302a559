package model

const (
	// lanes is how many rows are walked together: one walk mostly waits for
	// memory and for its last compare, of so many one is ready.
	lanes = 8
	// fewRows is how many rows are better walked one by one, several trees
	// together, than in a block that they do not fill.
	fewRows = 5
)

// sumFlat writes the sum of the trees for each row of rows to dst.
func sumFlat[V value](b *flat, dst []float64, rows []V) {
	s := b.pool.Get().(*flatScratch)
	defer b.pool.Put(s)
	for len(dst) >= lanes {
		fillBlock(b, s.block, rows, lanes)
		b.walkBlock((*[lanes]float64)(dst), s.block)
		dst, rows = dst[lanes:], rows[lanes*b.width:]
	}
	if len(dst) > fewRows {
		var last [lanes]float64
		fillBlock(b, s.block, rows, len(dst))
		b.walkBlock(&last, s.block)
		copy(dst, last[:])
		return
	}
	for i := range dst {
		fillRow(b, s.row, rows[i*b.width:(i+1)*b.width])
		dst[i] = b.walkRow(s.row)
	}
}

// fillBlock reads n rows into the slots of a block; lanes beyond n get the
// last row once more.
func fillBlock[V value](b *flat, x [][lanes]float64, rows []V, n int) {
	row := func(lane int) []V {
		start := min(lane, n-1) * b.width
		return rows[start : start+b.width]
	}
	r0, r1, r2, r3, r4, r5, r6, r7 := row(0), row(1), row(2), row(3), row(4), row(5), row(6), row(7)
	slot := uint32(1)
	for _, c := range b.columns {
		i := c.column
		v0, v1, v2, v3 := float64(r0[i]), float64(r1[i]), float64(r2[i]), float64(r3[i])
		v4, v5, v6, v7 := float64(r4[i]), float64(r5[i]), float64(r6[i]), float64(r7[i])
		p := &x[slot]
		p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7] = v0, v1, v2, v3, v4, v5, v6, v7
		if plain(v0) && plain(v1) && plain(v2) && plain(v3) && plain(v4) && plain(v5) && plain(v6) && plain(v7) {
			for slot++; slot < c.end; slot++ {
				x[slot] = *p
			}
			continue
		}
		values := *p
		for ; slot < c.end; slot++ {
			p, k := &x[slot], &b.kinds[slot]
			for r := range p {
				p[r] = k.read(values[r])
			}
		}
	}
}

// walkBlock writes the sum of the trees for each row of a block to sums.
func (b *flat) walkBlock(sums *[lanes]float64, x [][lanes]float64) {
	*sums = [lanes]float64{}
	nodes := b.nodes
	for _, t := range b.trees {
		i0, i1, i2, i3, i4, i5, i6, i7 := t.root, t.root, t.root, t.root, t.root, t.root, t.root, t.root
		for range t.depth {
			n0 := &nodes[i0]
			live := n0.slot
			i0 = n0.right + isLeft(x[n0.slot][0], n0.threshold)
			n1 := &nodes[i1]
			live |= n1.slot
			i1 = n1.right + isLeft(x[n1.slot][1], n1.threshold)
			n2 := &nodes[i2]
			live |= n2.slot
			i2 = n2.right + isLeft(x[n2.slot][2], n2.threshold)
			n3 := &nodes[i3]
			live |= n3.slot
			i3 = n3.right + isLeft(x[n3.slot][3], n3.threshold)
			n4 := &nodes[i4]
			live |= n4.slot
			i4 = n4.right + isLeft(x[n4.slot][4], n4.threshold)
			n5 := &nodes[i5]
			live |= n5.slot
			i5 = n5.right + isLeft(x[n5.slot][5], n5.threshold)
			n6 := &nodes[i6]
			live |= n6.slot
			i6 = n6.right + isLeft(x[n6.slot][6], n6.threshold)
			n7 := &nodes[i7]
			live |= n7.slot
			i7 = n7.right + isLeft(x[n7.slot][7], n7.threshold)
			if live == 0 {
				break // all are at a leaf
			}
		}
		sums[0] += nodes[i0].threshold
		sums[1] += nodes[i1].threshold
		sums[2] += nodes[i2].threshold
		sums[3] += nodes[i3].threshold
		sums[4] += nodes[i4].threshold
		sums[5] += nodes[i5].threshold
		sums[6] += nodes[i6].threshold
		sums[7] += nodes[i7].threshold
	}
}

// isLeft returns 1 where x <= threshold, else 0.
func isLeft(x, threshold float64) uint32 {
	if x <= threshold {
		return 1
	}
	return 0
}
