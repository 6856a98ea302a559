package hostile

import "fmt"

// featureCases are well-formed and use what is not admitted.
func featureCases() []Case {
	imported := func(kind byte, what ...byte) []byte {
		return module(section(idImport, []byte{1}, sized([]byte("host")), sized([]byte("log")), []byte{kind}, what))
	}
	memory := func(limits ...byte) []byte { return module(section(idMemory, []byte{1}, limits)) }
	text := func(fields string) []byte { return assemble(fields, "(module "+fields+")") }
	code := func(instructions string) []byte {
		return text(`(memory 1) (table $t 1 funcref) (func $f (param i32) ` + instructions + `)`)
	}
	calls := func(instructions string) []byte {
		return text(`(table $t 1 funcref) (type $v (func)) (func $f (type $v) ` + instructions + `)`)
	}
	// The operands lack: a walk of the structure does not look at them.
	tableOperation := func(instruction ...byte) []byte { return body(instruction) }
	tables := []byte{40}
	for range 40 {
		tables = join(tables, []byte{0x70, 0}, uint32s(1<<27))
	}
	const detailTable = "reference types (table.grow, table.size, table.fill) are not admitted"
	cases := []Case{
		forbidden("start section that loops", "a start function is not admitted", text(`(func $s (loop $l (br $l))) (start $s)`)),
		forbidden("start section that does nothing", "a start function is not admitted", text(`(func $s) (start $s)`)),
		forbidden("memory of 4 GiB", "begins with 65536 pages of 64 KiB, at most 256 (MemoryPages)", memory(join([]byte{0}, uint32s(65536))...)),
		forbidden("memory of 257 pages", "begins with 257 pages", memory(join([]byte{0}, uint32s(257))...)),
		forbidden("64-bit memory", "64-bit addresses are not admitted", memory(4, 1)),
		forbidden("shared memory", "shared memory is not admitted", memory(3, 1, 2)),
		forbidden("two memories", "2 of them, at most one memory is admitted", text(`(memory 1) (memory 1)`)),
		forbidden("40 tables of 2^27 entries", "40 of them, at most one table is admitted", module(section(idTable, tables))),
		forbidden("two tables", "2 of them, at most one table is admitted", text(`(table 1 funcref) (table 1 funcref)`)),
		forbidden("table of references from outside", "reference types are not admitted", text(`(table 1 externref)`)),
		forbidden("table.grow by 200 million", detailTable, tableOperation(0xfc, 0x0f, 0)),
		forbidden("table.fill", detailTable, tableOperation(0xfc, 0x11, 0)),
		forbidden("table.set as a memory of its own", "table.get, table.set", tableOperation(0x26, 0)),
		forbidden("table.copy", "bulk operations on tables", code(`(table.copy (local.get 0) (local.get 0) (local.get 0))`)),
		forbidden("elements that wait", "an element segment of form 1", text(`(table 1 funcref) (func $f) (elem func $f)`)),
		forbidden("imported memory of 4 GiB", `import "host.log" is not a function but a memory`, imported(2, 0, 1)),
		forbidden("imported table", `import "host.log" is not a function but a table`, imported(1, 0x70, 0, 1)),
		forbidden("imported global", `import "host.log" is not a function but a global`, imported(3, 0x7f, 1)),
		forbidden("imported counter of fuel", `is not a function but a global`, text(`(import "edgesignal" "fuel" (global (mut i64)))`)),
		forbidden("tail call that never ends", "tail calls are not admitted", calls(`return_call $f`)),
		forbidden("indirect tail call", "tail calls are not admitted", calls(`(return_call_indirect (type $v) (i32.const 0))`)),
		forbidden("exceptions", "exceptions are not admitted", text(`(tag $e) (func (throw $e))`)),
		forbidden("vectors", "SIMD operations are not admitted", code(`(drop (i8x16.splat (local.get 0)))`)),
		forbidden("vectors as parameters", "SIMD is not admitted", text(`(func (param v128))`)),
		forbidden("atomic wait for ever", "threads are not admitted",
			body([]byte{0xfe, 0x01, 2, 0})),
		forbidden("computed constants", "extended constant expressions", text(`(global i32 (i32.add (i32.const 1) (i32.const 2)))`)),
		forbidden("garbage-collected types", "garbage-collected types are not admitted", module(section(idType, []byte{1, 0x5f, 0}))),
	}
	for i, long := range []int{64, 1 << 20} {
		name := repeat(long, 'n')
		cases = append(cases, forbidden(fmt.Sprintf("imported memory with names of %d bytes", long), "is not a function but a memory",
			module(section(idImport, []byte{1}, sized(name), sized(name), []byte{2, 0, byte(i)}))))
	}
	return cases
}
