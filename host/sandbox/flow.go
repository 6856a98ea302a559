package sandbox

// insertion is code that metering puts into a body.
type insertion struct {
	at   int // the byte of the module that it comes before
	kind kind
	cost int64 // of a charge; one that costs nothing is left out
	test bool  // of a charge: trap when the fuel is below 0
}

// frame is an open block, loop or if of a body, or the body itself.
type frame struct {
	op   byte
	dead bool // it was opened in unreachable code

	arrivals int  // ways to its end: branches, and the arm of an if that has ended
	called   bool // flow.called of any of them

	before       int  // the charge in force when it was opened
	calledBefore bool // flow.called then
	header       int  // of a loop: the charge at its head
	outermost    int  // the outermost frame that a branch within it goes to

	params, results          int // of its type
	sets, globalSets, callsN int // the counts of flow when it was opened
}

// flow places the charges of one body.
//
// A charge is taken for all the code that runs exactly when the place runs
// where it stands (traps and endless loops apart, which nothing outlives):
// what follows it in a straight line, through calls, and what follows the end
// of a block, loop or if that no branch leaves for a place further out. Such
// code has been paid for before it runs.
//
// A charge tests the fuel at the body's entry, at the head of each loop, and
// where a call can have come before it on the way from the last test. So once
// the fuel is below 0, every call, every further round of a loop and, in each
// function that is returned to, the next charge trap: what still runs has been
// paid for, but for charges on one path through one body without its loops
// and calls.
type flow struct {
	pending int64 // cost of the code since the last place of interest
	charge  int   // the index of the charge in force
	fresh   bool  // nothing has been added to it
	dead    bool  // this code cannot be reached
	called  bool  // there may have been a call since the last test

	sets, globalSets, callsN int // instructions so far: of locals, of globals, calls
}

// enter begins the function's body, at its first instruction.
func (w *body) enter(results int) {
	w.insertions = w.insertions[:0]
	w.frames = append(w.frames[:0], frame{op: opBlock, results: results})
	w.newCharge(true)
	w.pending = weightEntry
}

// newCharge puts a charge here in force.
func (w *body) newCharge(test bool) {
	w.charge = len(w.insertions)
	w.fresh = true
	w.insertions = append(w.insertions, insertion{at: w.at, kind: charge, test: test || w.called})
}

// settle adds what is pending to the charge in force.
func (w *body) settle() {
	if !w.dead && w.pending > 0 {
		w.insertions[w.charge].cost += w.pending
		if w.fresh && w.insertions[w.charge].test {
			w.called = false
		}
		w.fresh = false
	}
	w.pending = 0
}

// begin opens a block, loop or if whose type has been read.
func (w *body) begin(op byte, s signature) {
	w.settle()
	f := frame{
		op: op, dead: w.dead, before: w.charge, calledBefore: w.called, outermost: len(w.frames),
		params: s.params, results: s.results, sets: w.sets, globalSets: w.globalSets, callsN: w.callsN,
	}
	if !w.dead {
		switch op {
		case opLoop:
			w.newCharge(true)
			f.header = w.charge
			w.pending = weightLoop
		case opIf:
			w.newCharge(false)
		}
	}
	w.frames = append(w.frames, f)
}

// otherwise ends the first arm of an if and begins the second.
func (w *body) otherwise() {
	w.settle()
	f := &w.frames[len(w.frames)-1]
	w.arrive(f)
	if w.dead = f.dead; !w.dead {
		w.called = f.calledBefore
		w.newCharge(false)
	}
	f.op = opElse
}

// arrive notes that f's end is reached from here.
func (w *body) arrive(f *frame) {
	if !w.dead {
		f.arrivals++
		f.called = f.called || w.called
	}
}

// end closes the innermost frame.
func (w *body) end() {
	w.settle()
	top := len(w.frames) - 1
	f := w.frames[top]
	w.frames = w.frames[:top]
	if top == 0 {
		return
	}
	if outer := &w.frames[top-1]; f.outermost < outer.outermost {
		outer.outermost = f.outermost
	}
	if f.dead {
		return
	}
	switch f.op {
	case opLoop:
		w.insertions[f.header].cost += w.merge(&f, f.params)
	case opIf: // the arm that is not there
		f.arrivals++
		f.called = f.called || f.calledBefore
	}
	if w.dead && f.arrivals == 0 {
		return
	}
	if w.dead {
		w.called = f.called
	} else if f.arrivals > 0 {
		w.called = w.called || f.called
	}
	merges := f.arrivals > 1 || f.arrivals == 1 && !w.dead
	w.dead = false
	switch {
	case f.outermost >= top:
		w.charge, w.fresh = f.before, false
	case f.arrivals > 0:
		w.newCharge(false)
	}
	if merges {
		w.pending = w.merge(&f, f.results)
	}
}

// jump notes a branch to the label of this depth.
func (w *body) jump(depth int) {
	if w.dead {
		return
	}
	top := len(w.frames) - 1
	target := &w.frames[top-depth]
	if target.op != opLoop {
		w.arrive(target)
	}
	w.frames[top].outermost = min(w.frames[top].outermost, top-depth)
}

// unless continues with the code that runs when a conditional branch is not taken.
func (w *body) unless() {
	if !w.dead {
		w.newCharge(false)
	}
}

// calls notes a call.
func (w *body) calls() {
	w.settle()
	w.called = true
	w.callsN++
}

// measure inserts a charge before the operation at byte start, by the length that
// it works on, which is the operand on top of the stack.
func (w *body) measure(start int, by kind) {
	if !w.dead {
		w.insertions = append(w.insertions, insertion{at: start, kind: by})
	}
}

// stop makes the code up to the next end or else unreachable.
func (w *body) stop() {
	w.settle()
	w.dead = true
}

// merge returns the cost of passing the label of f, which takes that many values.
// At a label the compiled code moves the label's values, and every local and
// global that code within f may have changed.
func (w *body) merge(f *frame, values int) int64 {
	moved := values + min(w.sets-f.sets, w.locals)
	if w.callsN > f.callsN {
		moved += len(w.mutable)
	} else {
		moved += min(w.globalSets-f.globalSets, len(w.mutable))
	}
	return int64(moved / movesPerUnit)
}
