package sandbox_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"edgesignal/host/sandbox"
)

func assemble(t testing.TB, text string) []byte {
	dir := t.TempDir()
	in, out := filepath.Join(dir, "m.wat"), filepath.Join(dir, "m.wasm")
	require.NoError(t, os.WriteFile(in, []byte(text), 0o600))
	b, err := exec.CommandContext(t.Context(), "wat2wasm", in, "-o", out).CombinedOutput()
	require.NoError(t, err, "%s", b)
	return readFile(t, out)
}

func loopOf(n int, line string) string {
	return "(loop " + strings.Repeat(line+" ", n) + " br 0)"
}

// fn is a module with a function run whose locals are $i $j i32, $l $m i64, $f $g f32, $d $e f64
func fn(body string) string { return with("", body) }
func with(rest, body string) string {
	return fmt.Sprintf(`(module (memory (export "memory") 256) %s
(func (export "run") (local $i i32) (local $j i32) (local $l i64) (local $m i64) (local $f f32) (local $g f32) (local $d f64) (local $e f64)
%s))`, rest, body)
}

func many(n int, f func(i int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(f(i))
	}
	return b.String()
}

const chaseSetup = `(func (export "setup") (local $x i32) (local $y i32)
 (loop
  (local.set $y (i32.and (i32.add (i32.mul (local.get $x) (i32.const 1664525)) (i32.const 1013904223)) (i32.const 262143)))
  (i32.store (i32.shl (local.get $x) (i32.const 6)) (i32.shl (local.get $y) (i32.const 6)))
  (local.set $x (local.get $y))
  (br_if 0 (local.get $x))))`

func zoo() map[string]string {
	z := map[string]string{
		"loop empty":     fn(`(loop br 0)`),
		"loop br_if":     fn(`(loop (br_if 0 (i32.eqz (local.get $i))))`),
		"add":            fn(loopOf(1000, "(local.set $i (i32.add (local.get $i) (i32.const 7)))")),
		"mul64":          fn(loopOf(1000, "(local.set $l (i64.mul (local.get $l) (i64.const 77777)))")),
		"mul64 tight":    fn("local.get $l local.set $m (loop local.get $l " + strings.Repeat("local.get $l i64.mul ", 1000) + " local.set $l br 0)"),
		"chase":          with(chaseSetup, "(loop local.get $i "+strings.Repeat("i32.load ", 1000)+" local.set $i br 0)"),
		"store random":   fn(loopOf(200, "(local.set $i (i32.add (i32.mul (local.get $i) (i32.const 1664525)) (i32.const 1013904223))) (i32.store (i32.and (local.get $i) (i32.const 0xfffff0)) (local.get $i))")),
		"store stride":   fn(loopOf(1000, "(i64.store (local.get $i) (i64.const 1)) (local.set $i (i32.and (i32.add (local.get $i) (i32.const 4160)) (i32.const 0xfffff0)))")),
		"store split":    fn(loopOf(1000, "(i64.store (i32.const 4092) (i64.const 1))")),
		"store split2":   fn(loopOf(1000, "(i64.store (local.get $i) (i64.const 1)) (local.set $i (i32.and (i32.add (local.get $i) (i32.const 4096)) (i32.const 0xffffff)))")),
		"load split":     fn(loopOf(1000, "(local.set $l (i64.add (local.get $l) (i64.load (i32.const 4092))))")),
		"forward fail":   fn(loopOf(1000, "(i32.store offset=2 (local.get $i) (local.get $j)) (local.set $j (i32.load offset=0 (local.get $i)))")),
		"forward":        fn(loopOf(1000, "(i32.store (i32.const 0) (local.get $j)) (local.set $j (i32.load (i32.const 0)))")),
		"fill 0":         fn(loopOf(100, "(memory.fill (i32.const 0) (i32.const 0) (i32.const 0))")),
		"fill 1":         fn(loopOf(100, "(memory.fill (i32.const 0) (i32.const 0) (i32.const 1))")),
		"fill 3":         fn(loopOf(100, "(memory.fill (i32.const 0) (i32.const 0) (i32.const 3))")),
		"fill 100":       fn(loopOf(100, "(memory.fill (i32.const 0) (i32.const 0) (i32.const 100))")),
		"fill 1000":      fn(loopOf(100, "(memory.fill (i32.const 0) (i32.const 0) (i32.const 1000))")),
		"fill 5000":      fn(loopOf(100, "(memory.fill (i32.const 0) (i32.const 0) (i32.const 5000))")),
		"fill 16M":       fn(loopOf(100, "(memory.fill (i32.const 0) (i32.const 0) (i32.const 0x1000000))")),
		"fill odd":       fn(loopOf(100, "(memory.fill (i32.const 1) (i32.const 0) (i32.const 0xffffff))")),
		"copy 0":         fn(loopOf(100, "(memory.copy (i32.const 0) (i32.const 8) (i32.const 0))")),
		"copy 1":         fn(loopOf(100, "(memory.copy (i32.const 0) (i32.const 8) (i32.const 1))")),
		"copy 100":       fn(loopOf(100, "(memory.copy (i32.const 0) (i32.const 800) (i32.const 100))")),
		"copy 200 back":  fn(loopOf(100, "(memory.copy (i32.const 8) (i32.const 0) (i32.const 250))")),
		"copy 3000 back": fn(loopOf(100, "(memory.copy (i32.const 9) (i32.const 0) (i32.const 3000))")),
		"copy 8M":        fn(loopOf(100, "(memory.copy (i32.const 0) (i32.const 0x800000) (i32.const 0x800000))")),
		"copy 16M over":  fn(loopOf(100, "(memory.copy (i32.const 1) (i32.const 0) (i32.const 0xffffff))")),
		"copy 16M over2": fn(loopOf(100, "(memory.copy (i32.const 0) (i32.const 3) (i32.const 0xfffff0))")),
		"init 0":         with(`(data $d "abc")`, loopOf(100, "(memory.init $d (i32.const 0) (i32.const 0) (i32.const 0))")),
		"init 3":         with(`(data $d "abc")`, loopOf(100, "(memory.init $d (i32.const 0) (i32.const 0) (i32.const 3))")),
		"grow 0":         fn(loopOf(100, "(drop (memory.grow (i32.const 0)))")),
		"grow 1":         fn(loopOf(100, "(drop (memory.grow (i32.const 1)))")),
		"grow all":       `(module (memory (export "memory") 1) (func (export "run") ` + loopOf(1, "(drop (memory.grow (i32.const 1)))") + `))`,
		"size":           fn(loopOf(1000, "(drop (memory.size))")),
		"call empty":     with("(func $f)", loopOf(1000, "(call $f)")),
		"call add":       with("(func $f (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))", "(loop local.get $i "+strings.Repeat("call $f ", 1000)+" local.set $i br 0)"),
		"call rotating":  with(many(20000, func(i int) string { return fmt.Sprintf("(func $f%d)", i) })[:0], "nop"),
		"random br_if":   fn("(loop $l " + strings.Repeat("(block (local.set $i (i32.add (i32.mul (local.get $i) (i32.const 1664525)) (i32.const 1013904223))) (br_if 0 (i32.lt_s (local.get $i) (i32.const 0))) (local.set $j (i32.const 7)))", 100) + " br $l)"),
		"random loaded br_if": with(`(func (export "setup") (local $i i32) (local $r i32) (loop (local.set $r (i32.add (i32.mul (local.get $r) (i32.const 1664525)) (i32.const 1013904223))) (i32.store (local.get $i) (local.get $r)) (local.set $i (i32.add (local.get $i) (i32.const 4))) (br_if 0 (i32.lt_u (local.get $i) (i32.const 0x100000)))))`,
			"(loop $l "+strings.Repeat("(block (br_if 0 (i32.lt_s (i32.load (local.tee $i (i32.and (i32.add (local.get $i) (i32.const 4)) (i32.const 0xffffc)))) (i32.const 0))) (i32.store (i32.const 0x100000) (i32.const 7)))", 100)+" br $l)"),
		"random select":   fn(loopOf(200, "(local.set $i (i32.add (i32.mul (local.get $i) (i32.const 1664525)) (i32.const 1013904223))) (local.set $j (select (i32.const 7) (local.get $j) (i32.lt_s (local.get $i) (i32.const 0))))")),
		"global":          with("(global $g (mut i32) (i32.const 0))", loopOf(1000, "(global.set $g (i32.add (global.get $g) (i32.const 7)))")),
		"global set":      with("(global $g (mut i32) (i32.const 0))", loopOf(1000, "(global.set $g (i32.const 7))")),
		"recursion":       `(module (func $f (export "run") call $f))`,
		"recursion spill": `(module (func $f (export "run") (result i32) (i32.add (call $f) (i32.const 1))))`,
	}
	delete(z, "call rotating")
	chain := func(name, ty, init, ops string) {
		z["chain "+name] = fn(fmt.Sprintf("(local.set $%s (%s)) (loop local.get $%s %s local.set $%s br 0)", ty, init, ty, strings.Repeat(ops+" ", 500), ty))
	}
	chain("i32.div_u", "i", "i32.const 1234567", "i32.const 3 i32.div_u i32.const 0x7fffffff i32.xor")
	chain("i32.div_s", "i", "i32.const 1234567", "i32.const 3 i32.div_s i32.const 0x7fffffff i32.xor")
	chain("i32.rem_s", "i", "i32.const 1234567", "i32.const 3 i32.rem_s i32.const 0x7fffffff i32.xor")
	chain("i64.div_u", "l", "i64.const 1234567", "i64.const 3 i64.div_u i64.const 0x7fffffffffffffff i64.xor")
	chain("i64.div_s", "l", "i64.const 1234567", "i64.const 3 i64.div_s i64.const 0x7fffffffffffffff i64.xor")
	chain("i64.rem_s", "l", "i64.const 1234567", "i64.const 3 i64.rem_s i64.const 0x7fffffffffffffff i64.xor")
	chain("i64.rem_u", "l", "i64.const 1234567", "i64.const 0x7fffffff i64.rem_u i64.const 0x7fffffffffffffff i64.xor")
	chain("f64.div", "d", "f64.const 1.3", "f64.const 1.7 f64.div")
	chain("f32.div", "f", "f32.const 1.3", "f32.const 0.7 f32.div")
	chain("f64.div denormal", "d", "f64.const 0x1.123p-1030", "f64.const 1.0000001 f64.div")
	chain("f64.mul denormal", "d", "f64.const 0x1.123p-1030", "f64.const 1.0000001 f64.mul")
	chain("f32.mul denormal", "f", "f32.const 0x1.123p-130", "f32.const 1.00001 f32.mul")
	chain("f64.add denormal", "d", "f64.const 0x1.123p-1030", "f64.const 0x1.123p-1040 f64.add")
	chain("f64.mul flip", "d", "f64.const 1", "f64.const 0x1.123p-1030 f64.mul f64.const 0x1p1020 f64.mul")
	chain("f64.mul", "d", "f64.const 1.3", "f64.const 1.0000001 f64.mul")
	chain("f64.add", "d", "f64.const 1.3", "f64.const 1.0000001 f64.add")
	chain("f64.sqrt", "d", "f64.const 1.3", "f64.sqrt")
	chain("f64.sqrt denormal", "d", "f64.const 0x1.123p-1030", "f64.sqrt f64.const 0x1p-530 f64.mul")
	chain("f32.sqrt", "f", "f32.const 1.3", "f32.sqrt")
	for _, op := range []string{"f64.ceil", "f64.floor", "f64.trunc", "f64.nearest", "f64.abs", "f64.neg"} {
		chain(op, "d", "f64.const 1.3", op)
	}
	chain("f64.min", "d", "f64.const 1.3", "f64.const 1.7 f64.min")
	chain("f64.max", "d", "f64.const 1.3", "f64.const 1.7 f64.max")
	chain("f64.min nan", "d", "f64.const nan", "f64.const 1.7 f64.min")
	chain("f64.copysign", "d", "f64.const 1.3", "f64.const 1.7 f64.copysign")
	chain("f64.lt", "d", "f64.const 1.3", "f64.const 1.7 f64.lt f64.convert_i32_s")
	chain("f64.eq", "d", "f64.const 1.3", "f64.const 1.7 f64.eq f64.convert_i32_s")
	chain("f64.lt denormal", "d", "f64.const 0x1p-1040", "f64.const 0x1p-1030 f64.lt f64.convert_i32_s f64.const 0x1p-1040 f64.max")
	chain("f64.max denormal", "d", "f64.const 0x1p-1040", "f64.const 0x1p-1030 f64.max")
	chain("f64.nearest denormal", "d", "f64.const 0x1p-1040", "f64.nearest f64.const 0x1p-1040 f64.max")
	chain("trunc denormal", "d", "f64.const 0x1p-1040", "i32.trunc_f64_s f64.convert_i32_s f64.const 0x1p-1040 f64.max")
	chain("f64 demote denormal", "d", "f64.const 0x1p-140", "f32.demote_f64 f64.promote_f32 f64.const 0x1.111111p-140 f64.max")
	chain("promote demote", "d", "f64.const 1.3", "f32.demote_f64 f64.promote_f32")
	chain("promote demote denormal", "d", "f64.const 0x1.1p-140", "f32.demote_f64 f64.promote_f32")
	for _, k := range []string{"trunc", "trunc_sat"} {
		for _, s := range []string{"s", "u"} {
			chain("i32."+k+"_f64_"+s, "i", "i32.const 5", "f64.convert_i32_"+s+" i32."+k+"_f64_"+s)
			chain("i64."+k+"_f64_"+s, "l", "i64.const 5", "f64.convert_i64_"+s+" i64."+k+"_f64_"+s)
			chain("i64."+k+"_f32_"+s, "l", "i64.const 5", "f32.convert_i64_"+s+" i64."+k+"_f32_"+s)
			chain("i32."+k+"_f32_"+s, "i", "i32.const 5", "f32.convert_i32_"+s+" i32."+k+"_f32_"+s)
		}
	}
	chain("i64.trunc_sat_f64_u large", "l", "i64.const 0xfffffffffffff000", "f64.convert_i64_u i64.trunc_sat_f64_u")
	chain("i64.trunc_sat_f64_u nan", "d", "f64.const nan", "i64.trunc_sat_f64_u f64.reinterpret_i64 f64.const nan f64.add")
	chain("i32.trunc_sat_f32_u over", "f", "f32.const 1e30", "i32.trunc_sat_f32_u f32.convert_i32_u f32.const 1e30 f32.mul")
	chain("reinterpret", "d", "f64.const 1", "i64.reinterpret_f64 f64.reinterpret_i64")
	for _, op := range []string{"popcnt", "clz", "ctz", "extend8_s", "eqz"} {
		chain("i32."+op, "i", "i32.const 5", "i32."+op)
	}
	chain("i64.popcnt", "l", "i64.const 5", "i64.popcnt")
	chain("i64.ctz", "l", "i64.const 5", "i64.ctz")
	chain("i64.rotl", "l", "i64.const 5", "local.get $l i64.rotl")
	chain("i32.shl", "i", "i32.const 5", "local.get $i i32.shl")
	chain("i64.lt", "l", "i64.const 5", "i64.const 7 i64.lt_s i64.extend_i32_u")
	z["chain i64.eqz"] = z["chain i32.eqz"]

	// calls
	exp := "(func $f0)"
	for i := 1; i < 60; i++ {
		exp += fmt.Sprintf("(func $f%d call $f%d call $f%d)", i, i-1, i-1)
	}
	z["exp60"] = "(module " + exp + `(func (export "run") call $f59))`
	p64 := "(param" + strings.Repeat(" i64", 64) + ")"
	z["call 64 params"] = with("(func $f "+p64+")", loopOf(100, strings.Repeat("local.get $l ", 64)+"call $f"))
	z["call 64 params forward"] = "(module (func $f " + p64 + many(64, func(i int) string { return fmt.Sprintf(" local.get %d", (i+7)%64) }) + " call $f) (func (export \"run\") " + strings.Repeat("i64.const 3 ", 64) + "call $f))"
	z["call 64 fparams"] = with("(func $f "+strings.ReplaceAll(p64, "i64", "f64")+")", loopOf(100, strings.Repeat("local.get $d ", 64)+"call $f"))
	z["call 16 results"] = with("(func $f (result"+strings.Repeat(" i64", 16)+")"+strings.Repeat("i64.const 1 ", 16)+")", loopOf(100, "call $f "+strings.Repeat("drop ", 16)))
	z["call 64 in 16 out"] = with("(func $f "+p64+"(result"+strings.Repeat(" i64", 16)+")"+many(16, func(i int) string { return fmt.Sprintf("local.get %d ", i*3) })+")", loopOf(100, strings.Repeat("local.get $l ", 64)+"call $f "+strings.Repeat("drop ", 16)))
	z["call 16 pass"] = with("(func $f (param"+strings.Repeat(" i64", 16)+") (result"+strings.Repeat(" i64", 16)+")"+many(16, func(i int) string { return fmt.Sprintf("local.get %d ", 15-i) })+")", loopOf(1, strings.Repeat("local.get $l ", 16)+strings.Repeat("call $f ", 500)+strings.Repeat("drop ", 16)))
	z["call_indirect"] = with("(table 1 funcref) (elem (i32.const 0) $f) (func $f)", loopOf(1000, "(call_indirect (i32.const 0))"))
	z["call_indirect loaded"] = with("(table 1 funcref) (elem (i32.const 0) $f) (func $f (param i32) (result i32) local.get 0)", "(loop local.get $i "+strings.Repeat("local.get $i (call_indirect (param i32) (result i32)) ", 0)+strings.Repeat("i32.const 0 (call_indirect (param i32) (result i32)) ", 500)+" local.set $i br 0)")
	names := many(16384, func(i int) string { return fmt.Sprintf(" $f%d", i) })
	tiny := many(16384, func(i int) string { return fmt.Sprintf("(func $f%d)", i) })
	z["call_indirect random"] = with("(table 16384 funcref) (elem (i32.const 0) "+names+")"+tiny, loopOf(100, "(call_indirect (i32.shr_u (local.tee $i (i32.add (i32.mul (local.get $i) (i32.const 1664525)) (i32.const 1013904223))) (i32.const 18)))"))
	z["call many"] = with(many(16384, func(i int) string { return fmt.Sprintf("(func $f%d)", i) }), "(loop "+many(16384, func(i int) string { return fmt.Sprintf("call $f%d ", i) })+" br 0)")
	fat := many(16384, func(i int) string {
		return fmt.Sprintf("(func $f%d (if (i32.load8_u (i32.const %d)) (then %s)))", i, i, strings.Repeat("(i64.store (i32.const 4) (i64.const 0x1234567812345678))", 20))
	})
	z["call many fat"] = with(fat, "(loop "+many(16384, func(i int) string { return fmt.Sprintf("call $f%d ", i*4097%16384) })+" br 0)")
	// cold code
	big := func(n int, op string, k int) string {
		return many(n, func(i int) string {
			return fmt.Sprintf("(func $f%d (param $i i32) (param $l i64) (param $d f64) %s (i32.store (i32.const 0) (local.get $i)) (i64.store (i32.const 0) (local.get $l)))", i, strings.Repeat(op, k))
		})
	}
	z["cold adds"] = with(big(40, "(local.set $i (i32.add (i32.mul (local.get $i) (i32.const 166452500)) (i32.const 1013904223)))", 6000), "(loop "+many(40, func(i int) string { return fmt.Sprintf("(call $f%d (i32.const 1) (i64.const 1) (f64.const 1))", i) })+" br 0)")
	z["cold sat"] = with(big(20, "(local.set $l (i64.trunc_sat_f64_u (f64.convert_i64_u (local.get $l))))", 8000), "(loop "+many(20, func(i int) string { return fmt.Sprintf("(call $f%d (i32.const 1) (i64.const 1) (f64.const 1))", i) })+" br 0)")
	z["cold stores"] = with(big(30, "(i64.store (i32.const 4) (i64.const 0x1234567812345678))", 6000), "(loop "+many(30, func(i int) string { return fmt.Sprintf("(call $f%d (i32.const 1) (i64.const 1) (f64.const 1))", i) })+" br 0)")
	z["cold loads"] = with(big(30, "(local.set $i (i32.load offset=70000 (local.get $i)))", 12000), "(loop "+many(30, func(i int) string { return fmt.Sprintf("(call $f%d (i32.const 1) (i64.const 1) (f64.const 1))", i) })+" br 0)")
	z["cold br_if"] = with(big(30, "(if (i32.eqz (local.get $i)) (then (i32.store (i32.const 4) (i32.const 7))))", 4000), "(loop "+many(30, func(i int) string { return fmt.Sprintf("(call $f%d (i32.const 1) (i64.const 1) (f64.const 1))", i) })+" br 0)")
	skip := func(n, k, m int, what string) string {
		return many(n, func(i int) string {
			return fmt.Sprintf("(func $f%d (param $i i32) %s)", i, strings.Repeat("(if (local.get $i) (then "+strings.Repeat(what, m)+"))", k))
		})
	}
	callAll := func(n int) string {
		return "(loop " + many(n, func(i int) string { return fmt.Sprintf("(call $f%d (i32.const 0))", i) }) + " br 0)"
	}
	st := "(i64.store (i32.const 4) (i64.const 0x1234567812345678))"
	z["coldskip 2"] = with(skip(100, 1000, 2, st), callAll(100))
	z["coldskip 6"] = with(skip(100, 1000, 6, st), callAll(100))
	z["coldskip 1op"] = with(skip(400, 1000, 1, "(local.set 0 (i32.trunc_sat_f64_u (f64.convert_i32_u (local.get 0))))"), callAll(400))
	perm := func(n int) string {
		return "(loop " + many(16384, func(i int) string { return fmt.Sprintf("call $f%d ", i*n%16384) }) + " br 0)"
	}
	z["call many fat noload"] = with(many(16384, func(i int) string {
		return fmt.Sprintf("(func $f%d (if (global.get $g) (then %s)))", i, strings.Repeat(st, 20))
	})+"(global $g (mut i32) (i32.const 0))", perm(4097))
	z["call many fat noload seq"] = with(many(16384, func(i int) string {
		return fmt.Sprintf("(func $f%d (if (global.get $g) (then %s)))", i, strings.Repeat(st, 20))
	})+"(global $g (mut i32) (i32.const 0))", perm(1))
	z["call many fat2"] = with(many(16384, func(i int) string {
		return fmt.Sprintf("(func $f%d (if (global.get $g) (then %s)))", i, strings.Repeat(st, 5))
	})+"(global $g (mut i32) (i32.const 0))", perm(1001))
	z["call many perm"] = with(tiny, perm(4097))
	z["call_indirect random fat"] = with("(table 16384 funcref) (elem (i32.const 0) "+names+")"+many(16384, func(i int) string {
		return fmt.Sprintf("(func $f%d (if (global.get $g) (then %s)))", i, strings.Repeat(st, 10))
	})+"(global $g (mut i32) (i32.const 0))", loopOf(100, "(call_indirect (i32.shr_u (local.tee $i (i32.add (i32.mul (local.get $i) (i32.const 1664525)) (i32.const 1013904223))) (i32.const 18)))"))
	// locals
	thousand := "(local" + strings.Repeat(" i64", 900) + ")"
	z["call 900 locals unused"] = with("(func $f "+thousand+")", loopOf(1000, "(call $f)"))
	sum := many(900, func(i int) string { return fmt.Sprintf("(local.set 1 (i64.add (local.get 1) (local.get %d)))", i+2) })
	z["call 1000 locals unlikely use"] = with("(func $f (param i32) (local"+strings.Repeat(" i64", 901)+") (if (local.get 0) (then "+sum+" (i64.store (i32.const 0) (local.get 1)))))", loopOf(1000, "(call $f (i32.const 0))"))
	for _, n := range []int{8, 16, 30, 100, 900} {
		locals := "(local $c i32) (local" + strings.Repeat(" i64", n) + ")"
		set := many(n, func(i int) string { return fmt.Sprintf("(local.set %d (i64.load (i32.const %d)))", i+1, 8*i) })
		store := many(n, func(i int) string { return fmt.Sprintf("(i64.store (i32.const %d) (local.get %d))", 8*i, i+1) })
		z[fmt.Sprintf("merge %d", n)] = fmt.Sprintf(`(module (memory (export "memory") 1) (func (export "run") %s (loop (if (local.get $c) (then %s)) (br_if 0 (i32.eqz (local.get $c)))) %s))`, locals, set, store)
		z[fmt.Sprintf("merges %d", n)] = fmt.Sprintf(`(module (memory (export "memory") 1) (func (export "run") %s (loop %s (br_if 0 (i32.eqz (local.get $c)))) %s))`, locals,
			strings.Repeat("(if (local.get $c) (then "+set+"))", min(100, 4000/n)), store)
		rot := many(n, func(i int) string { return fmt.Sprintf("local.get %d ", i+1) }) + many(n, func(i int) string { return fmt.Sprintf("local.set %d ", (i+1)%n+1) })
		z[fmt.Sprintf("rotate %d", n)] = fmt.Sprintf(`(module (memory (export "memory") 1) (func (export "run") %s %s (loop %s (br_if 0 (i32.eqz (local.get $c)))) %s))`, locals, set, rot, store)
		z[fmt.Sprintf("spill %d", n)] = fmt.Sprintf(`(module (memory (export "memory") 1) (func $f) (func (export "run") %s %s (loop (call $f) (br_if 0 (i32.eqz (local.get $c)))) %s))`, locals, set, store)
		z[fmt.Sprintf("spill3 %d", n)] = fmt.Sprintf(`(module (memory (export "memory") 1) (func $f) (func (export "run") %s %s (loop (if (local.get $c) (then (call $f))) (br_if 0 (i32.eqz (local.get $c)))) %s))`, locals, set, store)
		z[fmt.Sprintf("spill use %d", n)] = fmt.Sprintf(`(module (memory (export "memory") 1) (func $f) (func (export "run") %s %s (loop (if (local.get $c) (then (call $f) %s)) (br_if 0 (i32.eqz (local.get $c)))) %s))`, locals, set, store, store)
		z[fmt.Sprintf("calls live %d", n)] = fmt.Sprintf(`(module (memory (export "memory") 1) (func $f) (func (export "run") %s (loop %s %s %s br 0)))`, locals, set, strings.Repeat("call $f ", 500), store)
		g := min(n, 255)
		globals := many(g, func(i int) string { return fmt.Sprintf("(global $g%d (mut i64) (i64.const 1))", i) })
		use := many(g, func(i int) string { return fmt.Sprintf("(i64.store (i32.const %d) (global.get $g%d))", 8*i, i) })
		z[fmt.Sprintf("globals call %d", g)] = fmt.Sprintf(`(module (memory (export "memory") 1) %s (func $f) (func (export "run") (local $c i32) (loop (if (local.get $c) (then (call $f))) (br_if 0 (i32.eqz (local.get $c)))) %s))`, globals, use)
		z[fmt.Sprintf("globals calls %d", g)] = fmt.Sprintf(`(module (memory (export "memory") 1) %s (func $f) (func (export "run") (local $c i32) (loop %s (br_if 0 (i32.eqz (local.get $c)))) %s))`, globals, strings.Repeat("(if (local.get $c) (then (call $f)))", 100), use)
		z[fmt.Sprintf("br_table %d", n)] = fmt.Sprintf(`(module (memory (export "memory") 1) (func (export "run") (local $i i32) (loop $l %s (br_table %s (i32.and (local.tee $i (i32.add (i32.mul (local.get $i) (i32.const 1664525)) (i32.const 1013904223))) (i32.const %d))) %s )))`,
			strings.Repeat("(block ", n), many(n, func(i int) string { return fmt.Sprintf("%d ", i) }), n*2, strings.Repeat(") (i32.store (i32.const 0) (i32.const 9)) (br $l) ", n))
		z[fmt.Sprintf("br_table shr %d", n)] = strings.Replace(strings.Replace(z[fmt.Sprintf("br_table %d", n)], "i32.and (local.tee", "i32.shr_u (local.tee", 1), fmt.Sprintf("(i32.const %d))) ", n*2), map[int]string{8: "(i32.const 29)))", 16: "(i32.const 28)))", 30: "(i32.const 27)))", 100: "(i32.const 25)))", 900: "(i32.const 22)))"}[n], 1)
	}
	z["loop 64 params"] = "(module (type $t (func " + p64 + ")) (func (export \"run\") " + strings.Repeat("i64.const 3 ", 64) + " (loop (type $t) br 0) unreachable))"
	{
		b := strings.Repeat("drop ", 1)
		_ = b
		z["loop 16 params live"] = "(module (memory 1) (type $t (func (param" + strings.Repeat(" i64", 16) + "))) (func (export \"run\") (local i32) (local" + strings.Repeat(" i64", 16) + ")" + strings.Repeat("i64.const 3 ", 16) + " (loop (type $t) " + many(16, func(i int) string { return fmt.Sprintf("local.set %d ", i+1) }) + many(16, func(i int) string { return fmt.Sprintf("local.get %d ", i+1) }) + " br 0) unreachable))"
	}
	return z
}

func measure(t testing.TB, wat string, fuel int64) (time.Duration, int64, string) {
	module := assemble(t, wat)
	ctx := context.Background()
	m, err := sandbox.Meter(module, sandbox.Limits{})
	require.NoError(t, err)
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithMemoryLimitPages(256))
	defer rt.Close(ctx)
	inst, err := rt.Instantiate(ctx, m.Module)
	require.NoError(t, err)
	g := inst.ExportedGlobal(m.Fuel).(api.MutableGlobal)
	if f := inst.ExportedFunction("setup"); f != nil {
		g.Set(1 << 60)
		_, err := f.Call(ctx)
		require.NoError(t, err)
	}
	f := inst.ExportedFunction("run")
	g.Set(uint64(fuel))
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cpu := func() time.Duration {
		var r syscall.Rusage
		_ = syscall.Getrusage(1, &r)
		return time.Duration(r.Utime.Nano() + r.Stime.Nano())
	}
	start := cpu()
	_, err = f.Call(ctx)
	took := cpu() - start
	left := int64(g.Get())
	msg := "ok"
	if err != nil {
		msg = strings.SplitN(err.Error(), "\n", 2)[0]
	}
	return took, left, msg
}

func TestZoo(t *testing.T) {
	re := regexp.MustCompile(os.Getenv("ZOO"))
	for name, wat := range zoo() {
		if !re.MatchString(name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			const fuel = 60e6
			took, left, msg := measure(t, wat, fuel)
			used := fuel - left
			fmt.Printf("ZOO %8.2f ns/unit %8.1f ms  left %d %s  %s\n", float64(took.Nanoseconds())/float64(used), took.Seconds()*1000, left, name, msg)
		})
	}
}
