package hostile

import (
	"bytes"
	"fmt"
	"strings"

	"edgesignal/host/release"
)

// withinCases stand at a limit or a little below. Refusing one of them would
// refuse an honest rule some day.
func withinCases() []Case {
	fields := func(n int, field string) guest { return guest{fields: strings.Repeat(field+"\n", n)} }
	worker := func(instructions string) guest {
		return guest{
			fields:    `(table 1 funcref) (func $work (param $x i32) ` + instructions + `)`,
			construct: `(call $work (i32.const 0)) ` + done,
		}
	}
	var exports strings.Builder
	for i := range 59 { // with the ABI's five
		fmt.Fprintf(&exports, `(export "e%d" (func $marker))`, i)
	}
	nested := func(n int, open string) string { return strings.Repeat(open, n) + strings.Repeat(")", n) }
	cases := []Case{
		passing("10,000 functions that nobody calls", plain, fields(10_000, "(func)")),
		passing("256 globals", plain, fields(255, "(global (mut i64) (i64.const -1))")), // and $top
		passing("64 exports", plain, guest{exports: plainExports + exports.String()}),
		passing("table of 20,000 entries", plain, guest{fields: `(table 20000 funcref) (elem (i32.const 19999) $marker)`}),
		passing("1000 data segments", plain, fields(1000, `(data (i32.const 8) "x")`)),
		passing("512 loops in a row", plain, worker(strings.Repeat(`(loop)`, 512))),
		passing("32 nested loops", plain, worker(nested(32, `(loop `))),
		passing("2000 nested blocks", plain, worker(nested(2000, `(block `))),
		passing("1000 nested ifs", plain, worker(nested(1000, `(if (local.get $x) (then `)+strings.Repeat(")", 1000))),
		passing("br_table of 4000 labels", plain, worker(`(br_table `+strings.Repeat("0 ", 4000)+`(local.get $x))`)),
		passing("256 memory.fill in a row", plain, worker(strings.Repeat(`(memory.fill (i32.const 0) (i32.const 1) (i32.const 4096))`, 256))),
		passing("1000 locals", plain, worker(`(local `+strings.Repeat("f64 ", 999)+`)`)),
	}
	branches := bytes.Repeat([]byte{opGet, 0, opBrIf, 0}, 4095)
	cases = append(cases, Case{
		Name: "400 functions of 4095 branches", Wasm: functions(400, branches),
		Stage: Structure, Reason: release.RuleMalformed, Detail: "(BranchSquares)",
	})
	// Within every limit, and seconds of work for the compiler: only a limit on
	// processor time refuses it.
	return append(cases, Case{
		Name: "20 chains of 40,000 loads", Wasm: functions(20, []byte{opGet, 0}, bytes.Repeat([]byte{opLoad, 2, 0}, 40_000), []byte{opDrop}),
		Stage: Compiling, Reason: release.RuleMalformed,
	})
}
