package sandbox_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tetratelabs/wazero"
)

// What small functions cost, added up by hand from the weights: entry 8,
// load 32, store 4, call 36, call_indirect 40, if and br_if 4, br 2,
// br_table 8, each round of a loop 1, most others 1.
func TestFuelUsed(t *testing.T) {
	tests := []struct {
		name, text string
		used       int64
	}{
		{"nothing", `(func (export "run"))`, 8},
		{"a straight line", `(func (export "run") i32.const 1 i32.const 2 i32.add drop)`, 8 + 4},
		{"blocks are free", `(func (export "run") (block (block nop)) nop)`, 8 + 2},
		{"weights", `(memory 1) (func (export "run")
			(f64.store (i32.const 0) (f64.sqrt (f64.div (f64.mul (f64.load (i32.const 0)) (f64.const 2)) (f64.const 3)))))`,
			8 + 1 + (1 + 32 + 1 + 24 + 1 + 28 + 28) + 4},
		{"if taken", `(func (export "run") (if (i32.const 1) (then nop nop)))`, 8 + 1 + 4 + 2},
		{"if not taken", `(func (export "run") (if (i32.const 0) (then nop nop)))`, 8 + 1 + 4},
		{"first arm", `(func (export "run") (if (i32.const 1) (then nop) (else nop nop)) nop)`, 8 + 1 + 4 + 1 + 1},
		{"second arm", `(func (export "run") (if (i32.const 0) (then nop) (else nop nop)) nop)`, 8 + 1 + 4 + 2 + 1},
		{"if that leaves", `(func (export "run") (block (if (i32.const 1) (then br 1)) nop nop) nop)`, 8 + 1 + 4 + 2 + 1},
		{"if that could leave", `(func (export "run") (block (if (i32.const 0) (then br 1)) nop nop) nop)`, 8 + 1 + 4 + 2 + 1},
		{"br_if taken", `(func (export "run") (block (br_if 0 (i32.const 1)) nop nop) nop)`, 8 + 1 + 4 + 1},
		{"br_if not taken", `(func (export "run") (block (br_if 0 (i32.const 0)) nop nop) nop)`, 8 + 1 + 4 + 2 + 1},
		{"a loop of ten rounds", `(func (export "run") (local i32)
			(loop (br_if 0 (i32.ne (i32.const 10) (local.tee 0 (i32.add (i32.const 1) (local.get 0)))))) nop)`,
			8 + 10*(1+6+4) + 1},
		{"what follows the way back is paid once", `(func (export "run") (local i32)
			(loop (br_if 0 (i32.ne (i32.const 10) (local.tee 0 (i32.add (i32.const 1) (local.get 0))))) nop nop) nop)`,
			8 + 10*(1+6+4) + 2 + 1},
		{"a loop of one round", `(func (export "run") (loop nop) nop)`, 8 + 1 + 1 + 1},
		{"br_table to the first", `(func (export "run") (block (block (br_table 0 1 (i32.const 0))) nop nop) nop)`, 8 + 1 + 8 + 2 + 1},
		{"br_table past the first", `(func (export "run") (block (block (br_table 0 1 (i32.const 7))) nop nop) nop)`, 8 + 1 + 8 + 1},
		{"unreachable code", `(func (export "run") (block br 0 nop nop (loop nop) (if (i32.const 1) (then nop))) nop)`, 8 + 2 + 1},
		{"return", `(func (export "run") (if (i32.const 1) (then return)) nop nop)`, 8 + 1 + 4 + 1},
		{"call", `(func $f nop) (func (export "run") (call $f) (call $f) nop)`, 8 + 36 + 36 + 1 + 2*(8+1)},
		{"call_indirect", `(table 1 funcref) (elem (i32.const 0) $f) (func $f nop) (func (export "run") (call_indirect (i32.const 0)))`, 8 + 1 + 40 + 8 + 1},
		{"fill of 160 bytes", `(memory 1) (func (export "run") (memory.fill (i32.const 0) (i32.const 0) (i32.const 160)))`, 8 + 3 + 12 + 10},
		{"fill of 15 bytes", `(memory 1) (func (export "run") (memory.fill (i32.const 0) (i32.const 0) (i32.const 15)))`, 8 + 3 + 12},
		{"copy of 32 bytes", `(memory 1) (func (export "run") (memory.copy (i32.const 0) (i32.const 0) (i32.const 32)))`, 8 + 3 + 8 + 2},
		{"init of 16 bytes", `(memory 1) (data $d "0123456789abcdef") (func (export "run") (memory.init $d (i32.const 0) (i32.const 0) (i32.const 16)))`, 8 + 3 + 8 + 1},
		{"grow by 2 pages", `(memory 1) (func (export "run") (drop (memory.grow (i32.const 2))))`, 8 + 1 + 12 + 2*4096 + 1},
		{"grow by nothing", `(memory 1) (func (export "run") (drop (memory.grow (i32.const 0))))`, 8 + 1 + 12 + 1},
		{"grow by too much", `(memory 1) (func (export "run") (drop (memory.grow (i32.const -1))))`, 8 + 1 + 12 + 256*4096 + 1},
		{"nine locals that meet", `(func (export "run") (local i32 i32 i32 i32 i32 i32 i32 i32 i32) (if (i32.const 0) (then ` +
			each(9, func(i int) string { return fmt.Sprintf("(local.set %d (i32.const 1))", i) }) + `)))`, 8 + 1 + 4 + 9/4},
		{"nine locals that go on", `(func (export "run") (local i32 i32 i32 i32 i32 i32 i32 i32 i32) (block ` +
			each(9, func(i int) string { return fmt.Sprintf("(local.set %d (i32.const 1))", i) }) + `))`, 8 + 18},
		{"eight values at a label", `(func (export "run") (block (result i32 i32 i32 i32 i32 i32 i32 i32) ` + strings.Repeat("i32.const 1 ", 8) +
			`(br_if 0 (i32.const 0))) ` + strings.Repeat("drop ", 8) + ")", 8 + 8 + 1 + 4 + 8/4 + 8},
		{"globals that a call can change", `(global (mut i32) (i32.const 0)) (global (mut i32) (i32.const 0)) (global i32 (i32.const 0)) (global (mut i32) (i32.const 0)) (global (mut i32) (i32.const 0))
			(func $f) (func (export "run") (if (i32.const 0) (then (call $f))))`, 8 + 1 + 4 + 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			metered := meter(t, assemble(t, "(module "+tt.text+")"))
			for _, config := range []wazero.RuntimeConfig{wazero.NewRuntimeConfigCompiler(), wazero.NewRuntimeConfigInterpreter()} {
				i := start(t, config, metered.Module)
				for range 2 {
					i.fuel.Set(plenty)
					i.call("run")
					require.Equal(t, tt.used, plenty-int64(i.fuel.Get()))
				}
				// As much suffices, and one less is seen.
				i.fuel.Set(uint64(tt.used))
				i.call("run")
				require.Zero(t, i.fuel.Get())
				i.fuel.Set(uint64(tt.used - 1))
				i.try("run")
				require.Equal(t, int64(-1), int64(i.fuel.Get()))
			}
		})
	}
}

// A module that its host gave no fuel runs nothing.
func TestNoFuelAtFirst(t *testing.T) {
	i := load(t, wazero.NewRuntimeConfig(), meter(t, assemble(t, `(module (func (export "run") nop))`)).Module)
	require.Contains(t, i.try("run").Trap, "unreachable")
	require.Equal(t, int64(-9), int64(i.fuel.Get()))
}

// When the fuel ends deep in a recursion, the functions on the way back do
// not run branches that have not been paid for.
func TestFuelEndsOnTheWayBack(t *testing.T) {
	const depth = 10_000
	line := strings.Repeat("(i32.store (i32.const 0) (i32.const 1))", 1000) // costs 6000
	text := fmt.Sprintf(`(module (memory 1) (func $f (export "run") (param i32)
		(if (local.get 0) (then (call $f (i32.sub (local.get 0) (i32.const 1)))))
		(if (i32.eqz (i32.and (local.get 0) (i32.const 0))) (then %s))))`, line)
	i := start(t, wazero.NewRuntimeConfig(), meter(t, assemble(t, text)).Module)
	const down = 8 + 1 + 4 + 1 + 1 + 1 + 36 // down to the branch, less than which ends at the entry
	i.fuel.Set(depth * (down + 10))
	require.Contains(t, i.try("run", depth).Trap, "unreachable")
	left := int64(i.fuel.Get())
	require.Negative(t, left)
	require.Greater(t, left, int64(-2*6000), "what ran unpaid for")
}
