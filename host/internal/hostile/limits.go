package hostile

import "bytes"

// limitCases hold what they claim, and it is too much: for the compiler, whose
// time is not linear in these numbers, or for the memory. The comments say what
// wazero 1.12.0 takes to compile them without a check.
func limitCases() []Case {
	zero := []byte{opConst, 0}
	drop := []byte{opDrop}
	add := []byte{opConst, 1, opAdd}
	load := []byte{opLoad, 2, 0}
	loop := []byte{opLoop, void, opEnd}
	ifElse := []byte{opGet, 0, opIf, void, opElse, opEnd}
	fill := join(zero, zero, zero, []byte{0xfc, 0x0b, 0})
	call := []byte{opConst, 0, 0x10, 0}
	truncate := []byte{opGet, 0, 0xb2, 0xa8, opDrop}
	times := bytes.Repeat

	branchTable := func(n int) []byte {
		return join([]byte{opGet, 0, opBrTable}, uint32s(uint32(n)), repeat(n+1, 0))
	}
	// nested is n times open, each with a value for if, and their ends.
	nested := func(n int, open ...byte) []byte { return join(times(open, n), repeat(n, opEnd)) }
	// cycles are n loops inside of each other over n locals, each of which a
	// loop sets from another: the compiler's work grows with the third power.
	cycles := func(n int) []byte {
		var b []byte
		for i := range n {
			b = join(b, []byte{opLoop, void, opGet}, uint32s(uint32(i)), []byte{0x21}, uint32s(uint32((i+1)%n)))
		}
		for i := range n {
			b = join(b, []byte{opGet}, uint32s(uint32(i)), []byte{opBrIf, 0, opEnd})
		}
		return bodyWith(join([]byte{1}, uint32s(uint32(n-1)), []byte{0x7f}), b)
	}
	types := func(n int) []byte {
		return module(section(idType, []byte{1, 0x60}, uint32s(uint32(n)), repeat(n, 0x7f), []byte{0}))
	}
	// calls are n calls of 64 parameters without a value: what they lack is for
	// a validator to find, not for a walk of the structure.
	calls := func(n int) []byte {
		return module(section(idType, []byte{1, 0x60, 64}, repeat(64, 0x7f), []byte{0}), oneFunction,
			section(idCode, []byte{1}, sized([]byte{0}, repeat(n, 0x10, 0), []byte{opEnd})))
	}
	// locals are n functions of 1000 locals each.
	locals := func(n int) []byte {
		one := sized([]byte{1, 0xe7, 0x07, 0x7f, opEnd})
		return module(oneType, section(idFunction, uint32s(uint32(n)), repeat(n, 0)), section(idCode, uint32s(uint32(n)), times(one, n)))
	}
	ordinary := functions(2000, zero, times(join(add, add, load), 500), drop) // 4.5 KB each

	return []Case{
		// Over a minute each.
		malformed("100,000 loops in a row", "at most 131072 (BodyBytes)", body(times(loop, 100_000))),
		malformed("100,000 ifs", "at most 131072 (BodyBytes)", body(times(ifElse, 100_000))),
		malformed("100,000 nested ifs", "at most 131072 (BodyBytes)", body(nested(100_000, opGet, 0, opIf, void))),
		malformed("br_table of a million labels", "at most 131072 (BodyBytes)", body(branchTable(1_000_000))),
		malformed("2000 br_tables of 500 labels", "at most 131072 (BodyBytes)", body(times(branchTable(500), 2000))),
		malformed("500 nested loops over 500 locals", "at most 32 (LoopDepth)", cycles(500)),
		malformed("type with a million parameters", "parameters: 1000000, at most 64 (Params)", types(1_000_000)),

		// 2 to 40 s, or from 0.7 to 1.4 GiB.
		malformed("100,000 nested blocks", "at most 131072 (BodyBytes)", body(nested(100_000, opBlock, void))),
		malformed("300 nested loops over 300 locals", "at most 32 (LoopDepth)", cycles(300)), // in 6 KB
		malformed("13,000 memory.fill", "at most 256 (BulkOps)", body(times(fill, 13_000))),
		malformed("over 8 MiB of ordinary code", "at most 8388608 (FileBytes)", ordinary),
		malformed("a million functions", "1000000, at most 20000 (Functions)", functions(1_000_000)),
		malformed("4 MB of additions", "at most 131072 (BodyBytes)", body(zero, times(add, 1_333_333), drop)),
		malformed("1 MB of loads", "at most 131072 (BodyBytes)", body(zero, times(load, 333_333), drop)),
		malformed("table of 2^27 entries", "134217728, at most 20000 (TableEntries)", module(section(idTable, []byte{1, 0x70, 0}, uint32s(1<<27)))),

		// 0.1 to 1.5 s.
		malformed("10,000 nested ifs", "at most 4096", body(nested(10_000, opGet, 0, opIf, void))),
		malformed("10,000 loops in a row", "at most 512 (Loops)", body(times(loop, 10_000))),
		malformed("6000 ifs", "at most 4096 (Branches)", body(times(ifElse, 6000))),
		malformed("10,000 nested blocks", "at most 4096", body(nested(10_000, opBlock, void))),
		malformed("a million globals", "1000000, at most 256 (Globals)", module(section(idGlobal, million, repeat(1_000_000, 0x7f, 1, opConst, 0, opEnd)))),
		malformed("2000 memory.fill", "at most 256 (BulkOps)", body(times(fill, 2000))),
		malformed("1 MB of additions", "at most 131072 (BodyBytes)", body(zero, times(add, 333_333), drop)),
		malformed("100,000 functions", "100000, at most 20000 (Functions)", functions(100_000)),
		malformed("100 nested loops over 100 locals", "at most 32 (LoopDepth)", cycles(100)),
		malformed("type with 10,000 parameters", "parameters: 10000, at most 64 (Params)", types(10_000)),

		// Over one of the other limits.
		malformed("br_table of 100,000 labels", "at most 4096 (BranchTable)", body(branchTable(100_000))),
		malformed("200 br_tables of 500 labels", "at most 8192 (BranchTargets)", body(times(branchTable(500), 200))),
		malformed("400 loops over 1000 locals", "at most 60000 (LoopsTimesLocals)", bodyWith([]byte{1, 0xe7, 0x07, 0x7f}, times(loop, 400))),
		malformed("300 ifs over 1000 locals", "at most 250000 (BranchesTimesLocals)", bodyWith([]byte{1, 0xe7, 0x07, 0x7f}, times(ifElse, 300))),
		malformed("recursion over 1001 locals", "at most 1000 (Locals)", bodyWith([]byte{1, 0xe8, 0x07, 0x7f}, call)),
		malformed("1100 functions of 1000 locals", "at most 1000000 (TotalLocals)", locals(1100)),
		malformed("16,000 trapping conversions", "at most 8192 (Truncations)", body(times(truncate, 16_000))),
		malformed("30,000 calls of 64 parameters", "at most 200000 (CallValues)", calls(30_000)),
		malformed("1001 element segments", "1001, at most 1000 (ElementSegments)",
			module(oneTable, section(idElement, uint32s(1001), repeat(1001, 0, opConst, 0, opEnd, 0)))),
		malformed("2 MiB of custom sections", "at most 2097152 (CustomBytes)", module(custom("x", repeat(2<<20, 'x')))),
		malformed("1 MiB of names", "at most 1048576 (NameBytes)", module(custom("name", section(0, sized(repeat(1<<20, 'x')))))),
	}
}
