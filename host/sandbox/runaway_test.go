package sandbox_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/tetratelabs/wazero"
)

// A runaway exports run, which never ends or not soon, and sometimes setup,
// which comes first.
type runaway struct{ name, text string }

// budget is the fuel of a call over 500 symbols.
const budget = 60_000_000

// again returns the text of a loop over n copies of a line.
func again(n int, line string) string { return "(loop " + strings.Repeat(line+" ", n) + "br 0)" }

// each returns the text that line gives for 0 to n-1.
func each(n int, line func(i int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(line(i) + " ")
	}
	return b.String()
}

// runs returns a module of 16 MiB of memory whose run has a local of each type.
func runs(body string, rest ...string) string {
	return `(module (memory (export "memory") 256) ` + strings.Join(rest, " ") +
		` (func (export "run") (local $i i32) (local $l i64) (local $f f32) (local $d f64) ` + body + "))"
}

// chain returns a loop in which each round of operations waits for the one before.
func chain(local, start, operations string) string {
	return runs(fmt.Sprintf("%s local.set $%s (loop local.get $%s %s local.set $%s br 0)", start, local, local, strings.Repeat(operations+" ", 500), local))
}

const (
	scramble = "(local.tee $i (i32.add (i32.mul (local.get $i) (i32.const 1664525)) (i32.const 1013904223)))"
	store    = "(i64.store (i32.const 4) (i64.const 0x1234567812345678))"
)

// runaways returns what was found to cost most for its kind: most time for a unit
// of fuel, as BenchmarkRunaways measures it.
func runaways() []runaway {
	all := []runaway{
		{"loop", runs("(loop br 0)")},
		{"loop of additions", runs(again(1000, "(local.set $i (i32.add (local.get $i) (i32.const 7)))"))},
		{"pointer chase", runs("(loop local.get $i "+strings.Repeat("i32.load ", 1000)+"local.set $i br 0)",
			`(func (export "setup") (local $x i32) (local $y i32) (loop
			(local.set $y (i32.and (i32.add (i32.mul (local.get $x) (i32.const 1664525)) (i32.const 1013904223)) (i32.const 262143)))
			(i32.store (i32.shl (local.get $x) (i32.const 6)) (i32.shl (local.get $y) (i32.const 6)))
			(br_if 0 (local.tee $x (local.get $y)))))`)},
		{"scattered stores", runs(again(200, scramble+"(i32.store (i32.and (i32.const 0xffffff)) (i32.const 1))"))},
		{"stores across pages", runs(again(1000, "(i64.store (i32.const 4092) (i64.const 1))"))},
		{"i32.div_u", chain("i", "i32.const 7", "i32.const 3 i32.div_u i32.const 0x7fffffff i32.xor")},
		{"i64.rem_s", chain("l", "i64.const 7", "i64.const 3 i64.rem_s i64.const 0x7fffffffffffffff i64.xor")},
		{"f64.div to the least number", chain("d", "f64.const 1.3", "f64.const 1.7 f64.div")},
		{"f64.mul of a small number", chain("d", "f64.const 0x1p-1030", "f64.const 1.0000001 f64.mul")},
		{"f64.sqrt of a small number", chain("d", "f64.const 0x1p-1030", "f64.sqrt f64.const 0x1p-530 f64.mul")},
		{"f32.sqrt", chain("f", "f32.const 1.3", "f32.sqrt")},
		{"f64.nearest", chain("d", "f64.const 1.3", "f64.nearest")},
		{"f32.demote_f64", chain("d", "f64.const 1.3", "f32.demote_f64 f64.promote_f32")},
		{"i64.trunc_f64_s", chain("l", "i64.const 5", "f64.convert_i64_s i64.trunc_f64_s")},
		{"i64.trunc_sat_f64_u", chain("l", "i64.const -4096", "f64.convert_i64_u i64.trunc_sat_f64_u")},
		{"i64.popcnt", chain("l", "i64.const 5", "i64.popcnt")},
		{"branches at random", runs("(loop $l " + strings.Repeat("(block (br_if 0 (i32.lt_s "+scramble+" (i32.const 0))) (local.set $l (i64.const 7)))", 100) + "br $l)")},
		{"br_table at random", runs("(loop $l " + strings.Repeat("(block ", 256) + "(br_table " + each(256, func(i int) string { return fmt.Sprint(i) }) +
			"(i32.shr_u " + scramble + " (i32.const 24)))" + strings.Repeat(") (i32.store (i32.const 0) (i32.const 9)) (br $l)", 256) + ")")},
		{"calls", runs(again(1000, "call $f"), "(func $f)")},
		{"calls, twice each, 60 deep", "(module (func $f0) " + each(59, func(i int) string {
			return fmt.Sprintf("(func $f%d call $f%d call $f%d)", i+1, i, i)
		}) + `(export "run" (func $f59)))`},
		{"calls of 64 parameters", runs(again(100, strings.Repeat("local.get $l ", 64)+"call $f"), "(func $f (param "+strings.Repeat("i64 ", 64)+"))")},
		{"calls of 16 results", runs(again(100, "call $f "+strings.Repeat("drop ", 16)), "(func $f (result "+strings.Repeat("i64 ", 16)+")"+strings.Repeat("i64.const 1 ", 16)+")")},
		{"call_indirect", runs(again(1000, "(call_indirect (i32.const 0))"), "(table 1 funcref) (elem (i32.const 0) $f) (func $f)")},
		{"recursion", `(module (func $f (export "run") call $f))`},
		{"recursion in two", `(module (func $f (export "run") call $g) (func $g call $f))`},
		{"recursion of 64 parameters", "(module (func $f (param " + strings.Repeat("i64 ", 64) + ")" + each(64, func(i int) string {
			return fmt.Sprintf("local.get %d", (i+7)%64)
		}) + `call $f) (func (export "run") ` + strings.Repeat("i64.const 3 ", 64) + "call $f))"},
		{"locals of a call", runs(again(1000, "call $f"), "(func $f (local "+strings.Repeat("i64 ", 900)+"))")},
		{"256 fills in a line", runs("(loop " + strings.Repeat("(memory.fill (i32.const 0) (i32.const 1) (i32.const 0x1000000)) ", 256) + "br 0)")},
		{"fill", runs(again(1, "(memory.fill (i32.const 0) (i32.const 1) (i32.const 0x1000000))"))},
		{"fills of 100 bytes", runs(again(100, "(memory.fill (i32.const 0) (i32.const 1) (i32.const 100))"))},
		{"fills of nothing", runs(again(100, "(memory.fill (i32.const 0) (i32.const 1) (i32.const 0))"))},
		{"copy", runs(again(1, "(memory.copy (i32.const 1) (i32.const 0) (i32.const 0xffffff))"))},
		{"copies of 1 byte", runs(again(100, "(memory.copy (i32.const 1) (i32.const 0) (i32.const 1))"))},
		{"init", runs(again(100, "(memory.init $d (i32.const 0) (i32.const 0) (i32.const 1))"), `(data $d "x")`)},
		{"grow at the limit", runs(again(1, "(drop (memory.grow (i32.const 1)))"))},
		{"grow below the limit", `(module (memory 1) (func (export "run") (loop (drop (memory.grow (i32.const 1))) br 0)))`},
		{"grow by nothing", runs(again(100, "(drop (memory.grow (i32.const 0)))"))},
		{"grow by all", runs(again(1, "(drop (memory.grow (i32.const -1)))"))},
	}
	return append(all, coldRunaways()...)
}

// coldRunaways run more code than the caches hold, and move more values than
// there are registers.
func coldRunaways() []runaway {
	const functions = 16384
	fat := each(functions, func(i int) string {
		return fmt.Sprintf("(func $f%d (if (global.get $g) (then %s)))", i, strings.Repeat(store, 20))
	}) + "(global $g (mut i32) (i32.const 0))"
	tiny := each(functions, func(i int) string { return fmt.Sprintf("(func $f%d)", i) })
	table := fmt.Sprintf("(table %d funcref) (elem (i32.const 0) %s)", functions, each(functions, func(i int) string { return fmt.Sprintf("$f%d", i) }))
	scattered := "(loop " + each(functions, func(i int) string { return fmt.Sprintf("call $f%d", i*4097%functions) }) + "br 0)"
	indirect := again(100, "(call_indirect (i32.shr_u "+scramble+" (i32.const 18)))")
	skipped := each(60, func(i int) string {
		return fmt.Sprintf("(func $f%d (param i32) %s)", i, strings.Repeat("(if (local.get 0) (then "+store+store+"))", 1000))
	})
	line := each(20, func(i int) string {
		return fmt.Sprintf("(func $f%d (param i32) (local i64) %s (i64.store (i32.const 0) (local.get 1)))", i,
			strings.Repeat("(local.set 1 (i64.trunc_sat_f64_u (f64.convert_i64_u (local.get 1))))", 8000))
	})
	calls := func(n int) string {
		return "(loop " + each(n, func(i int) string { return fmt.Sprintf("(call $f%d (i32.const 0))", i) }) + "br 0)"
	}
	const locals = 900
	load := each(locals, func(i int) string { return fmt.Sprintf("(local.set %d (i64.load (i32.const %d)))", i+1, 8*i) })
	save := each(locals, func(i int) string { return fmt.Sprintf("(i64.store (i32.const %d) (local.get %d))", 8*i, i+1) })
	return []runaway{
		{"calls of 16384 functions", runs(scattered, tiny)},
		{"calls of 16384 large functions", runs(scattered, fat)},
		{"call_indirect at random", runs(indirect, table, tiny)},
		{"call_indirect of large functions at random", runs(indirect, table, fat)},
		{"branches over cold code", runs(calls(60), skipped)},
		{"cold code", runs(calls(20), line)},
		{"900 locals that meet", fmt.Sprintf(`(module (memory 1) (func (export "run") (local $c i32) (local %s) (loop %s (br_if 0 (i32.eqz (local.get $c)))) %s))`,
			strings.Repeat("i64 ", locals), strings.Repeat("(if (local.get $c) (then "+load+"))", 4), save)},
		{"255 globals that meet", fmt.Sprintf(`(module (memory 1) %s (func $f) (func (export "run") (local $c i32) (loop (if (local.get $c) (then (call $f))) (br_if 0 (i32.eqz (local.get $c)))) %s))`,
			each(255, func(i int) string { return fmt.Sprintf("(global $g%d (mut i64) (i64.const 1))", i) }),
			each(255, func(i int) string { return fmt.Sprintf("(i64.store (i32.const %d) (global.get $g%d))", 8*i, i) }))},
	}
}

// exhaust runs a runaway with the budget and gives what is left and the error.
func (i *instance) exhaust() (left int64, err error) {
	i.fuel.Set(budget)
	_, err = i.ExportedFunction("run").Call(context.Background())
	return int64(i.fuel.Get()), err
}

func (r runaway) start(t testing.TB) *instance {
	i := start(t, wazero.NewRuntimeConfig(), meter(t, assemble(t, r.text)).Module)
	if i.ExportedFunction("setup") != nil {
		i.call("setup")
	}
	return i
}

// Every runaway ends because its fuel does, but for recursion of large frames,
// which wazero's limit of the stack can end before.
func TestRunawaysEnd(t *testing.T) {
	for _, r := range runaways() {
		t.Run(r.name, func(t *testing.T) {
			left, err := r.start(t).exhaust()
			if r.name == "recursion of 64 parameters" {
				require.ErrorContains(t, err, "stack overflow")
				return
			}
			require.ErrorContains(t, err, "unreachable")
			require.Negative(t, left)
			require.Greater(t, left, int64(-5_000_000), "what ran past the end is one body or one bulk operation")
		})
	}
}

// BenchmarkRunaways takes the time in which a runaway uses up the fuel of a
// call over 500 symbols.
func BenchmarkRunaways(b *testing.B) {
	for _, r := range runaways() {
		b.Run(r.name, func(b *testing.B) {
			i := r.start(b)
			var used int64
			var took time.Duration
			for b.Loop() {
				begin := time.Now()
				left, err := i.exhaust()
				took += time.Since(begin)
				used += budget - left
				require.Error(b, err)
			}
			b.ReportMetric(float64(took.Milliseconds())/float64(b.N), "ms")
			b.ReportMetric(float64(took.Nanoseconds())/float64(used), "ns/unit")
			b.ReportMetric(0, "ns/op")
		})
	}
}
