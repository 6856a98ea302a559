package sandbox_test

import (
	"strings"
	"testing"

	"edgesignal/host/release"
	"edgesignal/host/sandbox"
)

func TestCheckForbids(t *testing.T) {
	constant := []byte{0x41, 0, 0x0b}
	imported := func(kind byte, what ...byte) []byte {
		return module(typesPart, section(2, []byte{1, 1, 'm', 1, 'n', kind}, what))
	}
	tests := []struct {
		name, detail string
		module       []byte
	}{
		{"start function", "start section: byte 27: a start function is not admitted; export _initialize instead", module(typesPart, functionPart, section(8, []byte{0}))},
		{"imported table", `import section, import 0: byte 28: import "m.n" is not a function but a table`, imported(1, 0x70, 0, 1)},
		{"imported memory", `import "m.n" is not a function but a memory`, imported(2, 0, 1)},
		{"imported global", `import "m.n" is not a function but a global`, imported(3, 0x7f, 0)},
		{"imported tag", `import "m.n" is not a function but a tag`, imported(4, 0, 0)},
		{"exported tag", `export "t" is a tag`, module(section(7, []byte{1, 1, 't', 4, 0}))},
		{"exported fuel", `export section, export 0: byte 24: export "edgesignal.fuel": names that begin with "edgesignal." are the host's own`, module(memoryPart, globalPart, section(7, []byte{1}, sized([]byte("edgesignal.fuel")), []byte{3, 0}))},
		{"exported name of the host's", `export "edgesignal.": names that begin with`, module(memoryPart, section(7, []byte{1}, sized([]byte("edgesignal.")), []byte{2, 0}))},
		{"tag section", "tag section: byte 23: exceptions are not admitted", module(typesPart, section(13, []byte{1, 0, 0}))},
		{"second table", "table section: byte 10: 2 of them, at most one table is admitted", module(section(4, []byte{2, 0x70, 0, 1, 0x70, 0, 1}))},
		{"table of external references", "table section, table 0: byte 11: a table of 0x6f", module(section(4, []byte{1, 0x6f, 0, 1}))},
		{"table with an initial value", "reference types", module(section(4, []byte{1, 0x40, 0, 0x70, 0, 1, 0xd0, 0x70, 0x0b}))},
		{"shared table", "shared memory", module(section(4, []byte{1, 0x70, 3, 1, 1}))},
		{"second memory", "memory section: byte 10: 2 of them, at most one memory is admitted", module(section(5, []byte{2, 0, 1, 0, 1}))},
		{"shared memory", "shared memory is not admitted", module(section(5, []byte{1, 3, 1, 1}))},
		{"64-bit memory", "64-bit addresses are not admitted", module(section(5, []byte{1, 4, 1}))},
		{"memory of small pages", "pages of another size", module(section(5, []byte{1, 8, 1, 0}))},
		{"memory over the limit", "memory section, memory 0: byte 11: the memory begins with 257 pages of 64 KiB, at most 256 (MemoryPages)", module(section(5, []byte{1, 0, 0x81, 2}))},
		{"memory of 4 GiB", "begins with 65536 pages", module(section(5, []byte{1, 0}, uint32s(65536)))},
		{"vector parameter", "type v128: SIMD is not admitted", module(section(1, []byte{1, 0x60, 1, 0x7b, 0}))},
		{"reference parameter", "reference types are not admitted", module(section(1, []byte{1, 0x60, 1, 0x70, 0}))},
		{"recursive types", "type section, type 0: byte 11: type form 0x4e: garbage-collected types", module(section(1, []byte{1, 0x4e, 1, 0x60, 0, 0}))},
		{"reference global", "reference types", module(section(6, []byte{1, 0x70, 0, 0xd0, 0x70, 0x0b}))},
		{"vector local", "SIMD", bodyWith([]byte{1, 1, 0x7b}, nil)},
		{"extended constant", "extended constant expressions", module(section(6, []byte{1, 0x7f, 0, 0x41, 1, 0x41, 1, 0x6a, 0x0b}))},
		{"reference constant", "reference types", module(section(6, []byte{1, 0x7f, 0, 0xd0, 0x70, 0x0b}))},
		{"passive elements", "element section, segment 0: byte 17: an element segment of form 1", module(tablePart, section(9, []byte{1, 1, 0, 0}))},
		{"declared elements", "form 3", module(tablePart, section(9, []byte{1, 3, 0, 0}))},
		{"elements by expression", "form 4", module(tablePart, section(9, []byte{1, 4}, constant, []byte{0}))},
		{"try", "operation 0x06: exceptions", body(0x06, 0x40)},
		{"throw", "exceptions", body(0x08, 0)},
		{"try_table", "exceptions", body(0x1f, 0x40, 0)},
		{"tail call", "code section, function 0: byte 49: operation 0x12: tail calls are not admitted", body(0x12, 0)},
		{"indirect tail call", "tail calls", body(0x13, 0, 0)},
		{"call by reference", "typed function references", body(0x14, 0)},
		{"select with a type", "select with a type", body(0x1c, 1, 0x7f)},
		{"table.get", "table.get", body(0x25, 0)},
		{"table.set", "table.set", body(0x26, 0)},
		{"ref.null", "reference types", body(0xd0, 0x70)},
		{"ref.func", "reference types", body(0xd2, 0)},
		{"garbage collection", "garbage-collected types", body(0xfb, 0)},
		{"table.init", "operation 0xfc 0x0c: bulk operations on tables", body(0xfc, 12, 0, 0)},
		{"elem.drop", "bulk operations on tables", body(0xfc, 13, 0)},
		{"table.copy", "bulk operations on tables", body(0xfc, 14, 0, 0)},
		{"table.grow", "table.grow", body(0xfc, 15, 0)},
		{"table.size", "table.size", body(0xfc, 16, 0)},
		{"table.fill", "table.fill", body(0xfc, 17, 0)},
		{"data.drop", "operation 0xfc 0x09: operations that change a data segment (data.drop) are not admitted", body(0xfc, 9, 0)},
		{"wide arithmetic", "wide arithmetic", body(0xfc, 0x13)},
		{"vector operation", "operation 0xfd: SIMD operations are not admitted", body(0xfd, 12)},
		{"atomic operation", "operation 0xfe: threads are not admitted", body(0xfe, 0)},
		{"block of a vector", "SIMD", body(0x02, 0x7b, 0x0b)},
		{"block of a reference", "reference types", body(0x02, 0x70, 0x0b)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			requireRejection(t, sandbox.Check(tt.module, sandbox.Limits{}), release.RuleForbidden, tt.detail)
		})
	}
}

func TestCheckFindsMalformed(t *testing.T) {
	names := func(contents ...[]byte) []byte { return section(0, sized([]byte("name")), join(contents...)) }
	tests := []struct {
		name, detail string
		module       []byte
	}{
		{"empty", "header: byte 0: not a core wasm module", nil},
		{"text", "not a core wasm module", []byte("(module)")},
		{"component", "not a core wasm module", []byte("\x00asm\x0d\x00\x01\x00")},
		{"unknown section", "unknown section: byte 8: there is no section of id 14", module(section(14))},
		{"section out of order", "type section: byte 14: the type section comes too late", module(section(2, []byte{0}), section(5, []byte{0}), section(1, []byte{0}))},
		{"section twice", "a second memory section", module(section(5, []byte{0}), section(5, []byte{0}))},
		{"data count after code", "the data count section comes too late", module(section(10, []byte{0}), section(12, []byte{0}))},
		{"bytes after a section's entries", "memory section: byte 13: 1 bytes after the last entry", module(section(5, []byte{1, 0, 1, 0}))},
		{"section ends in an entry", "memory section, memory 0: byte 12: the bytes end too early", module(section(5, []byte{1, 0}))},
		{"length of 40 bits", "a number of more than 32 bits", module([]byte{1, 0xff, 0xff, 0xff, 0xff, 0xff, 1})},
		{"length of 33 bits", "a number of more than 32 bits", module([]byte{1, 0xff, 0xff, 0xff, 0xff, 0x1f})},
		{"not a function type", "0x61 does not begin a function type", module(section(1, []byte{1, 0x61, 0, 0}))},
		{"not a value type", "type section, type 0: byte 13: 0x40 is not a value type", module(section(1, []byte{1, 0x60, 1, 0x40, 0}))},
		{"import of no kind", "import m.n is of unknown kind 9", module(section(2, []byte{1, 1, 'm', 1, 'n', 9}))},
		{"import of no type", "type 2: there are 2", module(typesPart, section(2, []byte{1, 1, 'm', 1, 'n', 0, 2}))},
		{"import name not UTF-8", "a name is not UTF-8", module(section(2, []byte{1, 1, 0xff, 1, 'n', 0, 0}))},
		{"custom name not UTF-8", "custom section: byte 11: a name is not UTF-8", module(section(0, []byte{1, 0xff}))},
		{"function of no type", "function section, function 0: byte 24: type 2: there are 2", module(typesPart, section(3, []byte{1, 2}))},
		{"functions without bodies", "code section: byte 25: 1 functions have no body", module(typesPart, functionPart)},
		{"more bodies than functions", "a body without a function", module(typesPart, functionPart, section(10, []byte{2, 2, 0, 0x0b, 2, 0, 0x0b}))},
		{"fewer bodies than functions", "1 bodies for 2 functions", module(typesPart, section(3, []byte{2, 0, 0}), section(10, []byte{1, 2, 0, 0x0b}))},
		{"table of numbers", "a table of 0x7f", module(section(4, []byte{1, 0x7f, 0, 1}))},
		{"limits of no kind", "limits begin with 0x10", module(section(5, []byte{1, 0x10, 1}))},
		{"maximum below the minimum", "the maximum 1 is below the minimum 2", module(section(5, []byte{1, 1, 2, 1}))},
		{"table maximum below the minimum", "the maximum 1 is below the minimum 2", module(section(4, []byte{1, 0x70, 1, 2, 1}))},
		{"memory over 4 GiB", "more than 65536 pages of 64 KiB", module(section(5, []byte{1, 0}, uint32s(65537)))},
		{"memory maximum over 4 GiB", "more than 65536 pages of 64 KiB", module(section(5, []byte{1, 1, 1}, uint32s(65537)))},
		{"mutability", "global section, global 0: byte 12: mutability 0x02", module(section(6, []byte{1, 0x7f, 2, 0x41, 0, 0x0b}))},
		{"constant of another type", "a constant of type 0x7e, want 0x7f", module(section(6, []byte{1, 0x7f, 0, 0x42, 0, 0x0b}))},
		{"constant without an end", "goes on with 0x01, want its end", module(section(6, []byte{1, 0x7f, 0, 0x41, 0, 0x01}))},
		{"constant of an imported global", "refers to an imported global", module(section(6, []byte{1, 0x7f, 0, 0x23, 0, 0x0b}))},
		{"constant that computes", "operation 0x45 in a constant expression", module(section(6, []byte{1, 0x7f, 0, 0x45, 0x0b}))},
		{"constant of 33 bits", "a signed number of more than 32 bits", module(section(6, []byte{1, 0x7f, 0, 0x41, 0x80, 0x80, 0x80, 0x80, 0x10, 0x0b}))},
		{"export of nothing", `function 1: there are 1`, module(typesPart, functionPart, section(7, []byte{1, 1, 'f', 0, 1}))},
		{"export of no table", `table 0: there are 0`, module(section(7, []byte{1, 1, 'f', 1, 0}))},
		{"export of no memory", `memory 0: there are 0`, module(section(7, []byte{1, 1, 'f', 2, 0}))},
		{"export of no global", `global 0: there are 0`, module(section(7, []byte{1, 1, 'f', 3, 0}))},
		{"export of no kind", `there is no export of kind 5`, module(section(7, []byte{1, 1, 'f', 5, 0}))},
		{"export twice", `export section, export 1: byte 20: a second export of the name "m"`, module(memoryPart, section(7, []byte{2, 1, 'm', 2, 0, 1, 'm', 2, 0}))},
		{"elements of no form", "there is no element segment of form 8", module(section(9, []byte{1, 8}))},
		{"elements without a table", "table 0: there are 0", module(section(9, []byte{1, 0, 0x41, 0, 0x0b, 0}))},
		{"elements of another kind", "elements of kind 0x01", module(tablePart, section(9, []byte{1, 2, 0, 0x41, 0, 0x0b, 1, 0}))},
		{"element of no function", "function 0: there are 0", module(tablePart, section(9, []byte{1, 0, 0x41, 0, 0x0b, 1, 0}))},
		{"data of no form", "there is no data segment of form 3", module(memoryPart, section(11, []byte{1, 3}))},
		{"data without a memory", "memory 0: there are 0", module(section(11, []byte{1, 0, 0x41, 0, 0x0b, 0}))},
		{"data of another memory", "memory 1: there are 1", module(memoryPart, section(11, []byte{1, 2, 1, 0x41, 0, 0x0b, 0}))},
		{"fewer data than announced", "data count section: byte 16: it announces 2 data segments, there are 1", module(section(12, []byte{2}), section(11, []byte{1, 1, 0}))},
		{"data announced and missing", "it announces 1 data segments, there are 0", module(section(12, []byte{1}))},
		{"names twice", `a second custom section "name"`, module(names(), names())},
		{"subsection of names twice", `a second subsection 1 of "name"`, module(names(section(1, []byte{0}), section(1, []byte{0})))},
		{"body without an end", "the bytes end too early", module(typesPart, functionPart, section(10, []byte{1, 2, 0, 0x01}))},
		{"block without an end", "the bytes end too early", body(0x02, 0x40)},
		{"bytes after the end", "1 bytes after the end of the function", body(0x0b)},
		{"else without if", "else without if", body(0x05)},
		{"second else", "else without if", body(0x20, 0, 0x04, 0x40, 0x05, 0x05, 0x0b)},
		{"else in a block", "else without if", body(0x20, 0, 0x04, 0x40, 0x02, 0x40, 0x05, 0x0b, 0x0b)},
		{"block of no type", "0x41 is not a value type", body(0x02, 0x41, 0x0b)},
		{"block of a type that is not there", "type 2: there are 2", body(0x02, 2, 0x0b)},
		{"block of a long negative type", "-64 is not a block type", body(0x02, 0xc0, 0x7f, 0x0b)},
		{"label too far out", "code section, function 0: byte 50: label 1: there are 1", body(0x0c, 1)},
		{"label of br_if", "label 2: there are 2", body(0x02, 0x40, 0x20, 0, 0x0d, 2, 0x0b)},
		{"label of br_table", "label 3: there are 1", body(0x20, 0, 0x0e, 1, 3, 0)},
		{"default label of br_table", "label 3: there are 1", body(0x20, 0, 0x0e, 1, 0, 3)},
		{"call of no function", "function 1: there are 1", body(0x10, 1)},
		{"call of no type", "type 2: there are 2", body(0x11, 2, 0)},
		{"call of no table", "table 1: there are 1", body(0x11, 0, 1)},
		{"local", "local 1: there are 1", body(0x20, 1, 0x1a)},
		{"global", "global 1: there are 1", body(0x23, 1, 0x1a)},
		{"alignment", "alignment 2^3, at most 2^2", body(0x20, 0, 0x28, 3, 0, 0x1a)},
		{"alignment of 2^32", "alignment 2^32", body(0x20, 0, 0x28, 32, 0, 0x1a)},
		{"offset of 33 bits", "a number of more than 32 bits", body(0x20, 0, 0x28, 2, 0x80, 0x80, 0x80, 0x80, 0x10)},
		{"load without a memory", "memory 0: there are 0", module(typesPart, functionPart, section(10, []byte{1}, sized([]byte{0, 0x20, 0, 0x28, 2, 0, 0x1a, 0x0b})))},
		{"memory.size of another memory", "memory 0x01, want 0", body(0x3f, 1, 0x1a)},
		{"memory.grow of a long 0", "memory 0x80, want 0", body(0x20, 0, 0x40, 0x80, 0, 0x1a)},
		{"memory.copy between memories", "memory 0x01, want 0", body(0xfc, 10, 0, 1)},
		{"memory.init without a data count", "without a data count section", body(0xfc, 8, 0, 0)},
		{"memory.init of no segment", "data segment 0: there are 0", module(typesPart, functionPart, memoryPart, section(12, []byte{0}), section(10, []byte{1}, sized([]byte{0, 0xfc, 8, 0, 0, 0x0b})))},
		{"no operation", "there is no operation 0x27", body(0x27)},
		{"no operation after 0xfc", "there is no operation 0xfc 0x12", body(0xfc, 0x12)},
		{"a far operation after 0xfc", "there is no operation 0xfc 0x10a", body(0xfc, 0x8a, 2)},
		{"constant that ends early", "wants 8 bytes, 3 are left", body(0x44, 1, 2)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			requireRejection(t, sandbox.Check(tt.module, sandbox.Limits{}), release.RuleMalformed, tt.detail)
		})
	}
}

// What a rule's author chose goes into an error shortened and quoted.
func TestLongNamesAreCut(t *testing.T) {
	long := strings.Repeat("n", 1<<20)
	err := sandbox.Check(module(section(2, []byte{1}, sized([]byte(long)), sized([]byte(long)), []byte{2, 0, 1})), sandbox.Limits{})
	requireRejection(t, err, release.RuleForbidden, `is not a function but a memory`)
	if n := len(err.Error()); n > 400 {
		t.Fatalf("the error has %d bytes", n)
	}
}
