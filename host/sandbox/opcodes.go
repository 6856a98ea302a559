package sandbox

// The operations that the walk treats by name.
const (
	opUnreachable = 0x00
	opBlock       = 0x02
	opLoop        = 0x03
	opIf          = 0x04
	opElse        = 0x05
	opEnd         = 0x0b
	opBrIf        = 0x0d
	opReturn      = 0x0f
	opCall        = 0x10
	opSelect      = 0x1b
	opLocalGet    = 0x20
	opGlobalGet   = 0x23
	opGlobalSet   = 0x24
	opMemoryGrow  = 0x40
	opI32Const    = 0x41
	opI64Const    = 0x42
	opF32Const    = 0x43
	opF64Const    = 0x44
	opI32LtU      = 0x49
	opI64LtS      = 0x53
	opI64Sub      = 0x7d
	opI64Mul      = 0x7e
	opI64ShrU     = 0x88
	opI64ExtendU  = 0xad
)

// immediate is what follows an opcode.
type immediate byte

const (
	undefined   immediate = iota // no such operation
	refused                      // an operation of a feature that is not admitted
	plain                        // nothing follows
	opens                        // a block type, and a block begins
	middle                       // else
	closes                       // end
	leaves                       // nothing follows; unreachable, return
	branch                       // a label
	branchTable                  // labels
	function                     // a function
	indirect                     // a type and the table
	local                        // a local
	global                       // a global
	access                       // alignment and offset, of at most 1<<align bytes
	memoryByte                   // the memory, one byte 0
	constI32                     // a signed number
	constI64                     // a signed number
	truncates                    // nothing follows; a conversion of a float that can trap
	const4                       // 4 bytes
	const8                       // 8 bytes
	prefixed                     // another opcode
	memoryInit                   // a data segment and the memory
	twoMemories                  // the memory, twice one byte 0
)

// operation is one row of the opcode tables.
type operation struct {
	kind    immediate
	align   byte   // of access: the logarithm of the natural alignment
	feature string // of refused
}

// operations is the core specification, 5.4, by first byte.
var operations = table(map[[2]int]operation{
	{0x00, 0x00}: {kind: leaves}, // unreachable
	{0x01, 0x01}: {kind: plain},  // nop
	{0x02, 0x04}: {kind: opens},
	{0x05, 0x05}: {kind: middle},
	{0x06, 0x0a}: {kind: refused, feature: "exceptions"},
	{0x0b, 0x0b}: {kind: closes},
	{0x0c, 0x0d}: {kind: branch},
	{0x0e, 0x0e}: {kind: branchTable},
	{0x0f, 0x0f}: {kind: leaves}, // return
	{0x10, 0x10}: {kind: function},
	{0x11, 0x11}: {kind: indirect},
	{0x12, 0x13}: {kind: refused, feature: "tail calls"},
	{0x14, 0x15}: {kind: refused, feature: "typed function references"},
	{0x18, 0x19}: {kind: refused, feature: "exceptions"},
	{0x1a, 0x1b}: {kind: plain}, // drop, select
	{0x1c, 0x1c}: {kind: refused, feature: "reference types (select with a type)"},
	{0x1f, 0x1f}: {kind: refused, feature: "exceptions"},
	{0x20, 0x22}: {kind: local},
	{0x23, 0x24}: {kind: global},
	{0x25, 0x26}: {kind: refused, feature: "reference types (table.get, table.set)"},

	{0x28, 0x28}: {kind: access, align: 2}, // i32.load
	{0x29, 0x29}: {kind: access, align: 3}, // i64.load
	{0x2a, 0x2a}: {kind: access, align: 2}, // f32.load
	{0x2b, 0x2b}: {kind: access, align: 3}, // f64.load
	{0x2c, 0x2d}: {kind: access, align: 0}, // i32.load8
	{0x2e, 0x2f}: {kind: access, align: 1}, // i32.load16
	{0x30, 0x31}: {kind: access, align: 0}, // i64.load8
	{0x32, 0x33}: {kind: access, align: 1}, // i64.load16
	{0x34, 0x36}: {kind: access, align: 2}, // i64.load32, i32.store
	{0x37, 0x37}: {kind: access, align: 3}, // i64.store
	{0x38, 0x38}: {kind: access, align: 2}, // f32.store
	{0x39, 0x39}: {kind: access, align: 3}, // f64.store
	{0x3a, 0x3a}: {kind: access, align: 0}, // i32.store8
	{0x3b, 0x3b}: {kind: access, align: 1}, // i32.store16
	{0x3c, 0x3c}: {kind: access, align: 0}, // i64.store8
	{0x3d, 0x3d}: {kind: access, align: 1}, // i64.store16
	{0x3e, 0x3e}: {kind: access, align: 2}, // i64.store32

	{0x3f, 0x40}: {kind: memoryByte}, // memory.size, memory.grow
	{0x41, 0x41}: {kind: constI32},
	{0x42, 0x42}: {kind: constI64},
	{0x43, 0x43}: {kind: const4},
	{0x44, 0x44}: {kind: const8},
	{0x45, 0xa7}: {kind: plain}, // comparisons, arithmetic, i32.wrap_i64
	{0xa8, 0xab}: {kind: truncates},
	{0xac, 0xad}: {kind: plain}, // i64.extend_i32
	{0xae, 0xb1}: {kind: truncates},
	{0xb2, 0xbf}: {kind: plain}, // conversions
	{0xc0, 0xc4}: {kind: plain}, // sign extension
	{0xd0, 0xd2}: {kind: refused, feature: "reference types"},
	{0xd3, 0xd6}: {kind: refused, feature: "typed function references"},
	{0xfb, 0xfb}: {kind: refused, feature: "garbage-collected types"},
	{0xfc, 0xfc}: {kind: prefixed},
	{0xfd, 0xfd}: {kind: refused, feature: "SIMD operations"},
	{0xfe, 0xfe}: {kind: refused, feature: "threads"},
})

// extended is what follows 0xfc. No guest toolchain in use (Go, C, Rust,
// AssemblyScript) emits the operations on tables and data.drop. Without them a
// table keeps the size and the contents that it was born with, and a data
// segment its bytes: a guest's state is its memory and its globals.
var extended = table(map[[2]int]operation{
	{0x00, 0x07}: {kind: plain}, // saturating conversions
	{0x08, 0x08}: {kind: memoryInit},
	{0x09, 0x09}: {kind: refused, feature: "operations that change a data segment (data.drop)"},
	{0x0a, 0x0a}: {kind: twoMemories},
	{0x0b, 0x0b}: {kind: memoryByte},
	{0x0c, 0x0e}: {kind: refused, feature: "bulk operations on tables (table.init, elem.drop, table.copy)"},
	{0x0f, 0x11}: {kind: refused, feature: "reference types (table.grow, table.size, table.fill)"},
	{0x13, 0x16}: {kind: refused, feature: "wide arithmetic operations"},
})

// table spreads rows, each for the opcodes from its first to its last.
func table(rows map[[2]int]operation) (t [256]operation) {
	for span, row := range rows {
		for op := span[0]; op <= span[1]; op++ {
			t[op] = row
		}
	}
	return t
}
