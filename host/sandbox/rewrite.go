package sandbox

import "encoding/binary"

// rewriter writes the metered module while a checker walks the plain one.
type rewriter struct {
	out []byte
	of  *checker

	sections int // how many of amended have been written
	section  int // where the contents of the code section begin
	code     snippets
}

// amended are the sections that metering adds entries to, in their order.
var amended = [...]byte{sectionType, sectionFunction, sectionGlobal, sectionExport, sectionCode}

// newRewriter makes room for a module that grows by a third, as most do.
func newRewriter(of *checker) *rewriter {
	r := &rewriter{of: of, out: make([]byte, 0, min(of.Left(), of.limits.FileBytes)/3*4+1024)}
	r.out = append(r.out, Header...)
	return r
}

// begin is called before a section is read. It writes the sections that metering
// needs before this one and that the module lacks. Custom sections have rank 0
// and may stand anywhere.
func (r *rewriter) begin(id byte, rank int) {
	r.complete(rank)
	if id == sectionCode {
		r.openCode()
	}
}

// end is called after a section has been read. The section is the bytes from start
// to the end of contents.
func (r *rewriter) end(id byte, start int, contents Reader) {
	switch {
	case r.sections == len(amended) || id != amended[r.sections]:
		r.out = append(r.out, contents.module[start:contents.end]...)
	case id == sectionCode:
		r.closeCode()
	default:
		n, _ := contents.Uint32() // it has been read before
		r.amend(id, int(n), contents.Bytes())
	}
}

// complete writes the sections below rank that the module lacks.
func (r *rewriter) complete(rank int) {
	for r.sections < len(amended) {
		id := amended[r.sections]
		switch s, _ := sectionOf(id); {
		case s.rank >= rank:
			return
		case id == sectionCode:
			r.openCode()
			r.closeCode()
		default:
			r.amend(id, 0, nil)
		}
	}
}

// amend writes a section of n entries and those that metering adds.
func (r *rewriter) amend(id byte, n int, entries []byte) {
	r.sections++
	c := r.of
	r.out = append(r.out, id)
	start := r.open()
	switch id {
	case sectionType:
		r.number(n + 1)
		r.out = append(r.out, entries...)
		r.out = append(r.out, 0x60, 1, typeI32, 1, typeI32) // of the helpers
	case sectionFunction:
		r.number(n + int(helpers))
		r.out = append(r.out, entries...)
		for range helpers {
			r.number(len(c.types))
		}
	case sectionGlobal:
		r.number(n + 1)
		r.out = append(r.out, entries...)
		r.out = append(r.out, typeI64, 1, opI64Const, 0, opEnd)
	case sectionExport:
		r.number(n + 1 + len(c.mutable))
		r.out = append(r.out, entries...)
		r.export(fuelName, c.globals)
		for _, i := range c.mutable {
			r.export(globalName(i), i)
		}
	}
	r.close(start)
}

func (r *rewriter) export(name string, global int) {
	r.number(len(name))
	r.out = append(r.out, name...)
	r.out = append(r.out, kindGlobal)
	r.number(global)
}

// number writes an index or a count.
func (r *rewriter) number(n int) { r.out = binary.AppendUvarint(r.out, uint64(n)) }

// open begins something that its length precedes, and close ends it.
func (r *rewriter) open() (start int) {
	r.out = append(r.out, make([]byte, binary.MaxVarintLen32)...)
	return len(r.out)
}

func (r *rewriter) close(start int) {
	gap := start - binary.MaxVarintLen32
	length := binary.AppendUvarint(r.out[:gap:start], uint64(len(r.out)-start))
	n := copy(r.out[len(length):], r.out[start:])
	r.out = r.out[:len(length)+n]
}
