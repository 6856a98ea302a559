package hostile

import (
	"bytes"
	"encoding/binary"
)

// What a text format does not let one write is built byte by byte, in the
// terms of the core specification, section 5.

const header = "\x00asm\x01\x00\x00\x00"

// Section ids.
const (
	idCustom = iota
	idType
	idImport
	idFunction
	idTable
	idMemory
	idGlobal
	idExport
	idStart
	idElement
	idCode
	idData
	idDataCount
)

// uint32s are unsigned LEB128 numbers.
func uint32s(values ...uint32) (out []byte) {
	for _, v := range values {
		out = binary.AppendUvarint(out, uint64(v))
	}
	return out
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func repeat(n int, b ...byte) []byte { return bytes.Repeat(b, n) }

// sized returns contents after their length.
func sized(contents ...[]byte) []byte {
	all := join(contents...)
	return join(uint32s(uint32(len(all))), all)
}

func section(id byte, contents ...[]byte) []byte { return join([]byte{id}, sized(contents...)) }

// claiming returns a section that claims all of 4 GiB and has nothing.
func claiming(id byte) []byte { return join([]byte{id}, most) }

func custom(name string, contents ...[]byte) []byte {
	return section(idCustom, sized([]byte(name)), join(contents...))
}

func module(sections ...[]byte) []byte { return join([]byte(header), join(sections...)) }

var (
	most    = uint32s(1<<32 - 1)
	million = uint32s(1_000_000)
	fifty   = uint32s(50_000_000)

	// Type 0 is (i32) -> (); one function of it, and what its body may use.
	oneType     = section(idType, []byte{1, 0x60, 1, 0x7f, 0})
	oneFunction = section(idFunction, []byte{1, 0})
	oneTable    = section(idTable, []byte{1, 0x70, 0, 1})
	onePage     = section(idMemory, []byte{1, 0, 1})
)

// body returns a module of one function with these instructions before its end.
func body(instructions ...[]byte) []byte { return bodyWith([]byte{0}, instructions...) }

// bodyWith has locals, as the format has them: a count of groups, then each.
func bodyWith(locals []byte, instructions ...[]byte) []byte {
	return module(oneType, oneFunction, oneTable, onePage,
		section(idCode, []byte{1}, sized(locals, join(instructions...), []byte{opEnd})))
}

// functions returns n functions with the same body.
func functions(n int, instructions ...[]byte) []byte {
	one := sized([]byte{0}, join(instructions...), []byte{opEnd})
	return module(oneType, section(idFunction, uint32s(uint32(n)), repeat(n, 0)), oneTable, onePage,
		section(idCode, uint32s(uint32(n)), bytes.Repeat(one, n)))
}

const (
	opBlock   = 0x02
	opLoop    = 0x03
	opIf      = 0x04
	opElse    = 0x05
	opEnd     = 0x0b
	opBrIf    = 0x0d
	opBrTable = 0x0e
	opDrop    = 0x1a
	opGet     = 0x20 // local.get
	opLoad    = 0x28 // i32.load
	opConst   = 0x41 // i32.const
	opAdd     = 0x6a // i32.add
	void      = 0x40 // the block type of a block without a result
)
