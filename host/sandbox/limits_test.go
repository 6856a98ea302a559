package sandbox_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/release"
	"edgesignal/host/sandbox"
)

// Each limit lets its value pass and refuses one more, as given and as default.
func TestLimits(t *testing.T) {
	var (
		block   = []byte{0x02, 0x40, 0x0b}
		loop    = []byte{0x03, 0x40, 0x0b}
		call0   = []byte{0x20, 0, 0x10, 0}
		name    = func(n int) []byte { return section(0, sized([]byte("name")), section(9, repeat(n-2, 'x'))) }
		names   = func(n int) []byte { return module(name(n)) }
		content = func(n int) []byte { return module(section(0, sized([]byte("x")), repeat(n-2, 'x'))) }
		types   = func(n int) []byte { return module(section(1, uint32s(uint32(n)), repeat(n, 0x60, 0, 0))) }
		imports = func(n int) []byte {
			return module(typesPart, section(2, uint32s(uint32(n)), repeat(n, 1, 'm', 1, 'n', 0, 0)))
		}
		functions = func(n int) []byte {
			return module(typesPart, section(3, uint32s(uint32(n)), repeat(n, 0)), section(10, uint32s(uint32(n)), repeat(n, 2, 0, 0x0b)))
		}
		bodies = func(n int, instructions []byte) []byte {
			one := sized([]byte{0}, instructions, []byte{0x0b})
			var all []byte
			for range n {
				all = join(all, one)
			}
			return module(typesPart, section(3, uint32s(uint32(n)), repeat(n, 0)), section(10, uint32s(uint32(n)), all))
		}
		exports = func(n int) []byte {
			contents := uint32s(uint32(n))
			for i := range n {
				contents = join(contents, sized([]byte(fmt.Sprint(i))), []byte{2, 0})
			}
			return module(memoryPart, section(7, contents))
		}
		params = func(n int) []byte {
			return module(section(1, []byte{1, 0x60}, uint32s(uint32(n)), repeat(n, 0x7c), []byte{0}))
		}
		results  = func(n int) []byte { return module(section(1, []byte{1, 0x60, 0}, uint32s(uint32(n)), repeat(n, 0x7c))) }
		table    = func(n int) []byte { return module(section(4, []byte{1, 0x70, 0}, uint32s(uint32(n)))) }
		globals  = func(n int) []byte { return module(section(6, uint32s(uint32(n)), repeat(n, 0x7f, 0, 0x41, 0, 0x0b))) }
		segments = func(n int) []byte {
			return module(tablePart, section(9, uint32s(uint32(n)), repeat(n, 0, 0x41, 0, 0x0b, 0)))
		}
		elements = func(n int) []byte {
			half := join([]byte{0, 0x41, 0, 0x0b}, uint32s(uint32(n/2)), repeat(n/2, 0))
			rest := join([]byte{0, 0x41, 0, 0x0b}, uint32s(uint32(n-n/2)), repeat(n-n/2, 0))
			return module(typesPart, functionPart, tablePart, section(9, []byte{2}, half, rest), section(10, []byte{1, 2, 0, 0x0b}))
		}
		data   = func(n int) []byte { return module(section(11, uint32s(uint32(n)), repeat(n, 1, 0))) }
		locals = func(n int) []byte { return bodyWith(join([]byte{1}, uint32s(uint32(n-1)), []byte{0x7e}), nil) }
		nested = func(n int) []byte { return body(join(repeat(n, 0x02, 0x40), repeat(n, 0x0b))...) }
		loops  = func(n int) []byte { return body(repeat(n, loop...)...) }
		deep   = func(n int) []byte { return body(join(repeat(n, 0x03, 0x40), repeat(n, 0x0b))...) }
		tables = func(counts ...int) []byte {
			var b []byte
			for _, n := range counts {
				b = join(b, []byte{0x20, 0, 0x0e}, uint32s(uint32(n)), repeat(n+1, 0))
			}
			return body(b...)
		}
		product = func(locals int, instructions ...byte) []byte {
			return bodyWith(join([]byte{1}, uint32s(uint32(locals-1)), []byte{0x7f}), instructions)
		}
		fills  = func(n int) []byte { return body(repeat(n, 0x20, 0, 0x20, 0, 0x20, 0, 0xfc, 11, 0)...) }
		truncs = func(n int) []byte { return body(repeat(n, 0x20, 0, 0xb2, 0xa8, 0x1a)...) }
		size   = func(n int) []byte { return body(repeat(n-2, 0x01)...) }
	)
	malformed := release.RuleMalformed
	for _, tt := range []struct {
		name     string
		limits   sandbox.Limits // the limit alone
		at, over []byte
		reason   release.Reason
	}{
		{"FileBytes", sandbox.Limits{FileBytes: 100}, content(90), content(91), malformed},
		{"Types", sandbox.Limits{Types: 3}, types(3), types(4), malformed},
		{"Types", sandbox.Limits{}, types(2000), types(2001), malformed},
		{"Params", sandbox.Limits{Params: 3}, params(3), params(4), malformed},
		{"Params", sandbox.Limits{}, params(64), params(65), malformed},
		{"Results", sandbox.Limits{Results: 3}, results(3), results(4), malformed},
		{"Results", sandbox.Limits{}, results(16), results(17), malformed},
		{"Imports", sandbox.Limits{Imports: 3}, imports(3), imports(4), malformed},
		{"Imports", sandbox.Limits{}, imports(64), imports(65), malformed},
		{"Functions", sandbox.Limits{Functions: 3}, functions(3), functions(4), malformed},
		{"Functions", sandbox.Limits{}, functions(20_000), functions(20_001), malformed},
		{"TableEntries", sandbox.Limits{TableEntries: 3}, table(3), table(4), malformed},
		{"TableEntries", sandbox.Limits{}, table(20_000), table(20_001), malformed},
		{"MemoryPages", sandbox.Limits{MemoryPages: 3}, module(section(5, []byte{1, 0, 3})), module(section(5, []byte{1, 0, 4})), release.RuleForbidden},
		{"Globals", sandbox.Limits{Globals: 3}, globals(3), globals(4), malformed},
		{"Globals", sandbox.Limits{}, globals(256), globals(257), malformed},
		{"Exports", sandbox.Limits{Exports: 3}, exports(3), exports(4), malformed},
		{"Exports", sandbox.Limits{}, exports(64), exports(65), malformed},
		{"ElementSegments", sandbox.Limits{ElementSegments: 3}, segments(3), segments(4), malformed},
		{"ElementSegments", sandbox.Limits{}, segments(1000), segments(1001), malformed},
		{"Elements", sandbox.Limits{Elements: 3}, elements(3), elements(4), malformed},
		{"Elements", sandbox.Limits{}, elements(20_000), elements(20_001), malformed},
		{"DataSegments", sandbox.Limits{DataSegments: 3}, data(3), data(4), malformed},
		{"DataSegments", sandbox.Limits{}, data(100_000), data(100_001), malformed},
		{"CustomBytes", sandbox.Limits{CustomBytes: 30}, join(content(20), section(0, repeat(10, 0))), join(content(20), section(0, repeat(11, 0))), malformed},
		{"CustomBytes", sandbox.Limits{}, content(2 << 20), content(2<<20 + 1), malformed},
		{"NameBytes", sandbox.Limits{NameBytes: 30}, names(30), names(31), malformed},
		{"BodyBytes", sandbox.Limits{BodyBytes: 30}, size(30), size(31), malformed},
		{"BodyBytes", sandbox.Limits{}, size(128 << 10), size(128<<10 + 1), malformed},
		{"Locals", sandbox.Limits{Locals: 3}, locals(3), locals(4), malformed},
		{"Locals", sandbox.Limits{}, locals(1000), locals(1001), malformed},
		{"Locals", sandbox.Limits{Locals: 1}, body(), module(typesPart, section(3, []byte{1, 1}), section(10, []byte{1, 2, 0, 0x0b})), malformed},
		{"TotalLocals", sandbox.Limits{TotalLocals: 3}, functions(3), functions(4), malformed},
		{"BlockDepth", sandbox.Limits{BlockDepth: 3}, nested(3), nested(4), malformed},
		{"BlockDepth", sandbox.Limits{Branches: 10_000}, nested(4096), nested(4097), malformed},
		{"Branches", sandbox.Limits{Branches: 3}, body(repeat(3, block...)...), body(repeat(4, block...)...), malformed},
		{"Branches", sandbox.Limits{Branches: 3}, body(0x20, 0, 0x04, 0x40, 0x05, 0x0c, 0, 0x0b), body(0x20, 0, 0x04, 0x40, 0x05, 0x20, 0, 0x0d, 0, 0x0c, 0, 0x0b), malformed},
		{"Branches", sandbox.Limits{}, body(repeat(4096, block...)...), body(repeat(4097, block...)...), malformed},
		{"BranchTable", sandbox.Limits{BranchTable: 3}, tables(3, 3), tables(3, 4), malformed},
		{"BranchTable", sandbox.Limits{}, tables(4096), tables(4097), malformed},
		{"BranchTargets", sandbox.Limits{BranchTargets: 6}, tables(3, 3), tables(3, 4), malformed},
		{"BranchTargets", sandbox.Limits{}, tables(4096, 4096), tables(4096, 4096, 1), malformed},
		{"BranchSquares", sandbox.Limits{BranchSquares: 9}, body(repeat(3, block...)...), body(repeat(4, block...)...), malformed},
		{"BranchSquares", sandbox.Limits{}, bodies(4, repeat(4096, block...)), bodies(5, repeat(4096, block...)), malformed},
		{"BranchesTimesLocals", sandbox.Limits{BranchesTimesLocals: 30}, product(10, repeat(3, block...)...), product(10, repeat(4, block...)...), malformed},
		{"BranchesTimesLocals", sandbox.Limits{BranchesTimesLocals: 40}, product(10, 0x20, 0, 0x0e, 3, 0, 0, 0, 0), product(10, 0x20, 0, 0x0e, 4, 0, 0, 0, 0, 0), malformed},
		{"BranchesTimesLocals", sandbox.Limits{}, product(1000, repeat(250, block...)...), product(1000, repeat(251, block...)...), malformed},
		{"Loops", sandbox.Limits{Loops: 3}, loops(3), loops(4), malformed},
		{"Loops", sandbox.Limits{}, loops(512), loops(513), malformed},
		{"LoopDepth", sandbox.Limits{LoopDepth: 3}, deep(3), deep(4), malformed},
		{"LoopDepth", sandbox.Limits{}, deep(32), deep(33), malformed},
		{"LoopsTimesLocals", sandbox.Limits{LoopsTimesLocals: 30}, product(10, repeat(3, loop...)...), product(10, repeat(4, loop...)...), malformed},
		{"LoopsTimesLocals", sandbox.Limits{}, product(1000, repeat(60, loop...)...), product(1000, repeat(61, loop...)...), malformed},
		{"BulkOps", sandbox.Limits{BulkOps: 3}, fills(3), fills(4), malformed},
		{"BulkOps", sandbox.Limits{}, fills(256), fills(257), malformed},
		{"CallValues", sandbox.Limits{CallValues: 3}, body(repeat(3, call0...)...), body(repeat(4, call0...)...), malformed},
		{"CallValues", sandbox.Limits{CallValues: 3}, body(0x20, 0, 0x20, 0, 0x20, 0, 0x11, 1, 0), body(0x20, 0, 0x20, 0, 0x20, 0, 0x11, 1, 0, 0x10, 0), malformed},
		{"Truncations", sandbox.Limits{Truncations: 3}, truncs(3), truncs(4), malformed},
		{"Truncations", sandbox.Limits{}, truncs(8192), truncs(8193), malformed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.NoError(t, sandbox.Check(tt.at, tt.limits))
			requireRejection(t, sandbox.Check(tt.over, tt.limits), tt.reason, "("+tt.name+")")
		})
	}
}
