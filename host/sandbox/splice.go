package sandbox

import "encoding/binary"

// kind is what an insertion is: a call of one of the functions that metering
// adds, which stand behind the guest's in this order, or a charge.
type kind byte

const (
	chargesBulk kind = iota // the length of memory.fill, memory.copy, memory.init
	chargesGrow             // the pages of memory.grow
	helpers
	charge = helpers
)

// snippets are the pieces of code that go into bodies.
type snippets struct {
	get  []byte // the fuel
	take []byte // subtracts what is on the stack and sets the fuel
	test []byte // traps when the fuel is below 0
}

func newSnippets(fuel int) (s snippets) {
	index := binary.AppendUvarint(nil, uint64(fuel))
	s.get = append([]byte{opGlobalGet}, index...)
	s.take = append([]byte{opI64Sub, opGlobalSet}, index...)
	s.test = append(append(s.test, s.get...), opI64Const, 0, opI64LtS, opIf, 0x40, opUnreachable, opEnd)
	return s
}

// openCode begins the code section, in which the bodies follow.
func (r *rewriter) openCode() {
	c := r.of
	r.code = newSnippets(c.globals)
	r.out = append(r.out, sectionCode)
	r.section = r.open()
	r.number(len(c.functions) - c.imported + int(helpers))
}

// closeCode adds the helpers, which are of type (i32) -> (i32): they take the
// length that the operation takes, charge it, test the fuel and give it back.
func (r *rewriter) closeCode() {
	r.sections++
	for helper := range helpers {
		start := r.open()
		r.out = append(r.out, 0) // groups of locals
		r.out = append(r.out, r.code.get...)
		r.out = append(r.out, opLocalGet, 0)
		switch helper {
		case chargesBulk:
			r.out = append(r.out, opI64ExtendU, opI64Const, bulkShift, opI64ShrU)
		case chargesGrow:
			// More than the limit cannot succeed and costs no more.
			limit := int64(r.of.limits.MemoryPages)
			r.constant(opI32Const, limit)
			r.out = append(r.out, opLocalGet, 0)
			r.constant(opI32Const, limit)
			r.out = append(r.out, opI32LtU, opSelect, opI64ExtendU)
			r.constant(opI64Const, weightPage)
			r.out = append(r.out, opI64Mul)
		}
		r.out = append(r.out, r.code.take...)
		r.out = append(r.out, r.code.test...)
		r.out = append(r.out, opLocalGet, 0, opEnd)
		r.close(start)
	}
	r.close(r.section)
}

// body writes a body with its insertions, which are in the order of their places.
func (r *rewriter) body(contents Reader, insertions []insertion) {
	start := r.open()
	at := contents.at
	for i := range insertions {
		in := &insertions[i]
		if in.kind == charge && in.cost == 0 {
			continue
		}
		r.out = append(r.out, contents.module[at:in.at]...)
		at = in.at
		if in.kind != charge {
			r.out = append(r.out, opCall)
			r.number(len(r.of.functions) + int(in.kind))
			continue
		}
		r.out = append(r.out, r.code.get...)
		r.constant(opI64Const, in.cost)
		r.out = append(r.out, r.code.take...)
		if in.test {
			r.out = append(r.out, r.code.test...)
		}
	}
	r.out = append(r.out, contents.module[at:contents.end]...)
	r.close(start)
}

// constant writes an operation that gives v, which is not negative.
func (r *rewriter) constant(op byte, v int64) {
	r.out = append(r.out, op)
	for ; v >= 0x40; v >>= 7 { // one bit less for the sign
		r.out = append(r.out, byte(v)|0x80)
	}
	r.out = append(r.out, byte(v))
}
