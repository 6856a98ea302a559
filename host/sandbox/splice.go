package sandbox

import "encoding/binary"

// kind says what an insertion is: a charge, or a call of one of the functions that
// metering adds. Those follow the guest's functions in the order of the kinds.
type kind byte

const (
	chargesBulk kind = iota // the length of memory.fill, memory.copy, memory.init
	chargesGrow             // the pages of memory.grow
	helpers
	charge = helpers
)

// snippets are the pieces of code that go into bodies.
type snippets struct {
	get  []byte // the fuel, and the opcode of the constant that follows
	take []byte // subtracts it and sets the fuel
	test []byte // take, and traps when the fuel is below 0
}

func newSnippets(fuel int) (s snippets) {
	index := binary.AppendUvarint(nil, uint64(fuel))
	get := append([]byte{opGlobalGet}, index...)
	s.get = append(get[:len(get):len(get)], opI64Const)
	s.take = append([]byte{opI64Sub, opGlobalSet}, index...)
	s.test = append(s.take[:len(s.take):len(s.take)], get...)
	s.test = append(s.test, opI64Const, 0, opI64LtS, opIf, 0x40, opUnreachable, opEnd)
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

// body writes a body with its insertions, which are in the order of their places.
func (r *rewriter) body(contents Reader, insertions []insertion) {
	start := r.open()
	out := r.out
	at := contents.at
	for i := range insertions {
		in := &insertions[i]
		if in.kind == charge && in.cost == 0 {
			continue
		}
		out = append(out, contents.module[at:in.at]...)
		at = in.at
		switch {
		case in.kind != charge:
			out = append(out, opCall)
			out = binary.AppendUvarint(out, uint64(len(r.of.functions)+int(in.kind)))
		case in.test:
			out = append(out, r.code.get...)
			out = appendPositive(out, in.cost)
			out = append(out, r.code.test...)
		default:
			out = append(out, r.code.get...)
			out = appendPositive(out, in.cost)
			out = append(out, r.code.take...)
		}
	}
	r.out = append(out, contents.module[at:contents.end]...)
	r.close(start)
}

// closeCode adds the helper functions, of type (i32) -> (i32). Each takes the
// length that an operation is about to work on, charges for it, tests the fuel
// and returns the length.
func (r *rewriter) closeCode() {
	r.sections++
	for helper := range helpers {
		start := r.open()
		out := append(r.out, 0, opGlobalGet) // no groups of locals
		out = binary.AppendUvarint(out, uint64(r.of.globals))
		out = append(out, opLocalGet, 0)
		switch helper {
		case chargesBulk:
			out = append(out, opI64ExtendU, opI64Const, bulkShift, opI64ShrU)
		case chargesGrow:
			// More than the limit cannot succeed, and costs no more.
			limit := int64(min(max(r.of.limits.MemoryPages, 0), maxPages))
			out = appendPositive(append(out, opI32Const), limit)
			out = append(out, opLocalGet, 0)
			out = appendPositive(append(out, opI32Const), limit)
			out = append(out, opI32LtU, opSelect, opI64ExtendU)
			out = appendPositive(append(out, opI64Const), weightPage)
			out = append(out, opI64Mul)
		}
		out = append(out, r.code.test...)
		r.out = append(out, opLocalGet, 0, opEnd)
		r.close(start)
	}
	r.close(r.section)
}

// appendPositive appends v, which is not negative, as signed LEB128.
func appendPositive(out []byte, v int64) []byte {
	for ; v >= 0x40; v >>= 7 { // one bit less for the sign
		out = append(out, byte(v)|0x80)
	}
	return append(out, byte(v))
}
