package model

// readSets reads the n sets of categories of a tree. Each holds at least one
// category, as LightGBM never splits off none.
func (t *tree) readSets(s *section, n int) error {
	if n == 0 {
		return s.optional(0, "cat_boundaries", "cat_threshold")
	}
	if err := s.counts(n+1, "cat_boundaries"); err != nil {
		return err
	}
	t.setBounds = make([]uint32, n+1)
	if err := s.each("cat_boundaries", "more than the one before it, from 0 on", func(i int, tok []byte) (ok bool) {
		t.setBounds[i], ok = parseUint32(tok)
		if i == 0 {
			return ok && t.setBounds[0] == 0
		}
		return ok && t.setBounds[i] > t.setBounds[i-1]
	}); err != nil {
		return err
	}
	words := int(t.setBounds[n])
	if err := s.counts(words, "cat_threshold"); err != nil {
		return err
	}
	t.setWords = make([]uint32, words)
	if err := s.each("cat_threshold", "32 bits", func(i int, tok []byte) (ok bool) {
		t.setWords[i], ok = parseUint32(tok)
		return ok
	}); err != nil {
		return err
	}
	for i := range n {
		any := uint32(0)
		for _, w := range t.setWords[t.setBounds[i]:t.setBounds[i+1]] {
			any |= w
		}
		if any == 0 {
			return malformed("%s: the set of categories %d is empty", s.name(), i)
		}
	}
	return nil
}

// checkSplits checks each split's column and set. A set belongs to one split,
// so that what is built from a tree is never larger than the tree. A column
// split both ways would need two readings of one value, since a category that
// cannot be one is replaced before leaves sees it.
func (p *treeParser) checkSplits(t *tree) error {
	number := p.section.tree
	sets := max(len(t.setBounds)-1, 0)
	used := make([]bool, sets)
	for i := range t.nodes {
		n := &t.nodes[i]
		if int64(n.feature) >= int64(len(p.splits)) {
			return malformed("tree %d: split_feature[%d] is %d, max_feature_idx is %d", number, i, n.feature, len(p.splits)-1)
		}
		kind := byNumber
		if n.categorical() {
			kind = byCategory
			// Compared as numbers: a NaN or infinite one must not reach the conversion.
			if !(n.threshold >= 0 && n.threshold < float64(sets)) || n.threshold != float64(int(n.threshold)) {
				return malformed("tree %d: threshold[%d] is %v, want one of the %d sets of categories", number, i, n.threshold, sets)
			}
			set := int(n.threshold)
			if used[set] {
				return malformed("tree %d: threshold[%d]: the set of categories %d belongs to another split", number, i, set)
			}
			used[set] = true
		}
		p.splits[n.feature] |= kind
		if p.splits[n.feature] == byNumber|byCategory {
			return unsupported("tree %d: split_feature[%d]: column %d is split both by number and by category", number, i, n.feature)
		}
	}
	for set, is := range used {
		if !is {
			return malformed("tree %d: no split uses the set of categories %d", number, set)
		}
	}
	return nil
}
