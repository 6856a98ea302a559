package sandbox

// open reads a block type and begins a block, a loop or an if.
func (w *body) open(start int, op byte) error {
	s, err := w.blockType()
	if err != nil {
		return err
	}
	if n := len(w.frames); n > w.limits.BlockDepth {
		return over(start, "nested blocks", n, w.limits.BlockDepth, "BlockDepth")
	}
	w.begin(op, s)
	if op == opLoop {
		w.loops++
		w.loopDepth++
		switch {
		case w.loops > w.limits.Loops:
			return over(start, "loops in one function", w.loops, w.limits.Loops, "Loops")
		case w.loopDepth > w.limits.LoopDepth:
			return over(start, "nested loops", w.loopDepth, w.limits.LoopDepth, "LoopDepth")
		case w.loops*w.locals > w.limits.LoopsTimesLocals:
			return over(start, "loops times locals", w.loops*w.locals, w.limits.LoopsTimesLocals, "LoopsTimesLocals")
		}
	}
	return w.branch(start, 0)
}

// blockType reads what a block takes and gives: nothing, one value or a
// function type.
func (w *body) blockType() (signature, error) {
	start := w.at
	b, err := w.Byte()
	switch {
	case err != nil:
		return signature{}, err
	case b == 0x40:
		return signature{}, nil
	case b&0xc0 == 0x40: // one byte and negative
		return signature{results: 1}, checkValueType(start, b)
	}
	w.at = start
	i, err := w.Signed(33)
	switch {
	case err != nil:
		return signature{}, err
	case i < 0:
		return signature{}, malformed(start, "%d is not a block type", i)
	case i >= int64(len(w.types)):
		return signature{}, malformed(start, "type %d: there are %d", i, len(w.types))
	}
	return w.types[i], nil
}

// branch counts a place where control can part or meet, and the targets of a
// br_table.
func (w *body) branch(start, targets int) error {
	w.branches++
	w.targets += targets
	product := (w.branches + w.targets) * w.locals
	switch {
	case w.branches > w.limits.Branches:
		return over(start, "branches in one function", w.branches, w.limits.Branches, "Branches")
	case w.targets > w.limits.BranchTargets:
		return over(start, "targets of br_tables in one function", w.targets, w.limits.BranchTargets, "BranchTargets")
	case product > w.limits.BranchesTimesLocals:
		return over(start, "branches and targets times locals", product, w.limits.BranchesTimesLocals, "BranchesTimesLocals")
	}
	return nil
}

// branchTable reads the labels of a br_table.
func (w *body) branchTable(start int) error {
	n, err := w.Count()
	if err != nil {
		return err
	}
	if n > w.limits.BranchTable {
		return over(start, "labels of a br_table", n, w.limits.BranchTable, "BranchTable")
	}
	w.settle()
	for range n + 1 { // the last is the default
		depth, err := w.index("label", len(w.frames))
		if err != nil {
			return err
		}
		w.jump(int(depth))
	}
	w.stop()
	return w.branch(start, n)
}
