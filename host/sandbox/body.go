package sandbox

// body walks over the instructions of one function and counts what Limits bounds.
type body struct {
	*checker
	flow
	locals int // with the parameters

	// The rest is counted; see the fields of Limits of these names.
	branches, targets int
	loops, loopDepth  int // loopDepth: those open
	bulk              int
	callValues        int
	truncations       int
}

// walk reads instructions up to the end that closes the function, which is the
// last byte of the body.
func (w *body) walk() error {
	for len(w.frames) > 0 {
		start := w.at
		op, err := w.Byte()
		if err != nil {
			return err
		}
		w.pending += int64(weights[op])
		o := &operations[op]
		if o.kind == plain {
			continue
		}
		if err := w.immediates(start, op, o); err != nil {
			return err
		}
	}
	if w.Left() > 0 {
		return malformed(w.at, "%d bytes after the end of the function", w.Left())
	}
	return nil
}

// immediates reads what follows the opcode that stands at byte start.
func (w *body) immediates(start int, op byte, o *operation) (err error) {
	switch o.kind {
	case opens:
		return w.open(start, op)
	case middle:
		if w.frames[len(w.frames)-1].op != opIf {
			return malformed(start, "else without if")
		}
		w.otherwise()
		err = w.branch(start, 0)
	case closes:
		if w.frames[len(w.frames)-1].op == opLoop {
			w.loopDepth--
		}
		w.end()
	case leaves:
		if op == opReturn {
			w.settle()
			w.jump(len(w.frames) - 1)
		}
		w.stop()
	case branch:
		var depth uint32
		if depth, err = w.index("label", len(w.frames)); err != nil {
			return err
		}
		w.settle()
		w.jump(int(depth))
		if op == opBrIf {
			w.unless()
		} else {
			w.stop()
		}
		err = w.branch(start, 0)
	case branchTable:
		err = w.branchTable(start)
	case function:
		var f uint32
		if f, err = w.index("function", len(w.functions)); err == nil {
			err = w.call(start, w.functions[f])
		}
	case indirect:
		var t uint32
		if t, err = w.typeIndex(); err != nil {
			return err
		}
		if _, err = w.index("table", w.tables); err == nil {
			err = w.call(start, t)
		}
	case truncates:
		if w.truncations++; w.truncations > w.limits.Truncations {
			err = over(start, "trapping conversions in one function", w.truncations, w.limits.Truncations, "Truncations")
		}
	case local:
		if op != opLocalGet {
			w.sets++
		}
		_, err = w.index("local", w.locals)
	case global:
		if op == opGlobalSet {
			w.globalSets++
		}
		_, err = w.index("global", w.globals)
	case access:
		err = w.access(start, o.align)
	case memoryByte:
		if op == opMemoryGrow {
			w.measure(start, chargesGrow)
		}
		err = w.memory()
	case constI32:
		_, err = w.Signed(32)
	case constI64:
		_, err = w.Signed(64)
	case const4:
		err = w.Skip(4)
	case const8:
		err = w.Skip(8)
	case prefixed:
		err = w.extended(start)
	case refused:
		err = forbidden(start, "operation 0x%02x: %s are not admitted", op, o.feature)
	default:
		err = malformed(start, "there is no operation 0x%02x", op)
	}
	return err
}

// extended reads an operation that begins with 0xfc.
func (w *body) extended(start int) error {
	op, err := w.Uint32()
	if err != nil {
		return err
	}
	var o operation
	if op < uint32(len(extended)) {
		o = extended[op]
	}
	switch o.kind {
	case plain:
		w.pending += int64(extendedWeights[op])
		return nil
	case refused:
		return forbidden(start, "operation 0xfc 0x%02x: %s are not admitted", op, o.feature)
	case undefined:
		return malformed(start, "there is no operation 0xfc 0x%02x", op)
	}
	if w.bulk++; w.bulk > w.limits.BulkOps {
		return over(start, "bulk operations in one function", w.bulk, w.limits.BulkOps, "BulkOps")
	}
	w.pending += int64(extendedWeights[op])
	w.measure(start, chargesBulk)
	if o.kind == memoryInit {
		if w.dataCount < 0 {
			return malformed(start, "memory.init without a data count section")
		}
		if _, err = w.index("data segment", w.dataCount); err != nil {
			return err
		}
	}
	switch o.kind {
	case memoryInit, memoryByte:
		err = w.memory()
	case twoMemories:
		if err = w.memory(); err == nil {
			err = w.memory()
		}
	}
	return err
}

// call counts and charges a call of type t.
func (w *body) call(start int, t uint32) error {
	w.calls()
	w.callValues += w.types[t].params + w.types[t].results
	if w.callValues > w.limits.CallValues {
		return over(start, "parameters and results of the calls in one function", w.callValues, w.limits.CallValues, "CallValues")
	}
	return nil
}

// memory reads the index of the memory, which must be 0: a module has one.
func (w *body) memory() error {
	start := w.at
	b, err := w.Byte()
	switch {
	case err != nil:
		return err
	case b != 0:
		return malformed(start, "memory 0x%02x, want 0", b)
	case w.memories == 0:
		return malformed(start, "memory 0: there are 0")
	}
	return nil
}

// access reads the alignment and the offset of a load or store.
func (w *body) access(start int, natural byte) error {
	align, err := w.Uint32()
	switch {
	case err != nil:
		return err
	case align > uint32(natural):
		return malformed(start, "alignment 2^%d, at most 2^%d", align, natural)
	case w.memories == 0:
		return malformed(start, "memory 0: there are 0")
	}
	_, err = w.Uint32()
	return err
}
