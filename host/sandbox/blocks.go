package sandbox

// open reads a block type and begins a block, a loop or an if.
func (w *body) open(start int, op byte) error {
	if err := w.blockType(); err != nil {
		return err
	}
	if n := len(w.blocks); n > w.limits.BlockDepth {
		return over(start, "nested blocks", n, w.limits.BlockDepth, "BlockDepth")
	}
	w.blocks = append(w.blocks, op)
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
func (w *body) blockType() error {
	start := w.at
	b, err := w.Byte()
	switch {
	case err != nil:
		return err
	case b == 0x40:
		return nil
	case b&0xc0 == 0x40: // one byte and negative
		return checkValueType(start, b)
	}
	w.at = start
	i, err := w.Signed(33)
	switch {
	case err != nil:
		return err
	case i < 0:
		return malformed(start, "%d is not a block type", i)
	case i >= int64(len(w.types)):
		return malformed(start, "type %d: there are %d", i, len(w.types))
	}
	return nil
}

// branch counts one more place where control can part or meet, and the
// targets that it has as a br_table.
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
	for range n + 1 { // the last is the default
		if _, err := w.index("label", len(w.blocks)); err != nil {
			return err
		}
	}
	return w.branch(start, n)
}
