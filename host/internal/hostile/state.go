package hostile

import (
	"math"
	"strings"

	"edgesignal/host/release"
)

// stateCases keep something for their next call, and let the weights tell
// whether it was there: each of n weights is half a n-th of the number of the
// call. Every call is to answer as the first one.
func stateCases() []Case {
	// tells makes the weights from a number of type i32.
	tells := func(number string) string {
		return `(call $fill (local.get $n) (local.get $out) (f64.mul (f64.const 0.5) (f64.convert_i32_s ` + number + `))) (i32.const 0)`
	}
	keeps := func(name string, g guest) Case { return passing("state in "+name, 0.5, g) }
	const (
		counter = `(global $count (mut i32) (i32.const 0))`
		count   = `(global.set $count (i32.add (global.get $count) (i32.const 1)))`
		store   = `(i32.store (i32.const 16) (i32.add (i32.load (i32.const 16)) (i32.const 1)))`
	)
	stored := tells(`(i32.load (i32.const 16))`)
	var globals, counts strings.Builder
	sum := `(i32.const 1)`
	for i := range 255 {
		name := "$g" + strings.Repeat("x", i)
		globals.WriteString(`(global ` + name + ` (mut i32) (i32.const 0)) `)
		counts.WriteString(`(global.set ` + name + ` (i32.add (global.get ` + name + `) (i32.const 1))) `)
		sum = `(i32.mul ` + sum + ` (global.get ` + name + `))`
	}
	import2 := func(name, params string) string {
		return `(import "` + wasi + `" "` + name + `" (func $f (param ` + params + `) (result i32)))`
	}
	return []Case{
		keeps("a global", guest{fields: counter, construct: count + tells(`(global.get $count)`)}),
		keeps("an exported global", guest{fields: counter, exports: plainExports + `(export "count" (global $count))`, construct: count + tells(`(global.get $count)`)}),
		keeps("globals of every type", guest{
			fields: `(global $a (mut i64) (i64.const 0)) (global $b (mut f32) (f32.const 0)) (global $c (mut f64) (f64.const 0))`,
			construct: `(global.set $a (i64.add (global.get $a) (i64.const 1))) (global.set $b (f32.add (global.get $b) (f32.const 1)))
			  (global.set $c (f64.add (global.get $c) (f64.const 1)))
			  (call $fill (local.get $n) (local.get $out) (f64.mul (f64.const 0.5) (f64.mul (global.get $c)
			    (f64.mul (f64.promote_f32 (global.get $b)) (f64.convert_i64_s (global.get $a)))))) (i32.const 0)`,
		}),
		keeps("255 globals", guest{fields: globals.String(), construct: counts.String() + tells(sum)}),
		keeps("a global that is a NaN", guest{
			fields: `(global $mark (mut f64) (f64.const 0))`,
			construct: `(local $seen i32)
			  (local.set $seen (i32.wrap_i64 (i64.and (i64.reinterpret_f64 (global.get $mark)) (i64.const 255))))
			  (global.set $mark (f64.reinterpret_i64 (i64.const 0x7ff8000000000007)))` + tells(`(i32.add (local.get $seen) (i32.const 1))`),
		}),
		keeps("memory", guest{construct: store + stored}),
		keeps("memory that it was born with", guest{fields: `(data (i32.const 16) "\29\00\00\00")`, construct: store + tells(`(i32.sub (i32.load (i32.const 16)) (i32.const 41))`)}),
		keeps("the last bytes of the memory", guest{construct: `(i32.store (i32.const 524284) (i32.add (i32.load (i32.const 524284)) (i32.const 1)))` + tells(`(i32.load (i32.const 524284))`)}),
		keeps("the memory's size", guest{construct: `(drop (memory.grow (i32.const 1)))` + tells(`(i32.sub (memory.size) (i32.const 8))`)}),
		keeps("memory that it grew", guest{construct: `(if (i32.eq (memory.size) (i32.const 8)) (then (drop (memory.grow (i32.const 1)))))
		  (i32.store (i32.const 524304) (i32.add (i32.load (i32.const 524304)) (i32.const 1)))` + tells(`(i32.load (i32.const 524304))`)}),
		keeps("memory above its buffers", guest{construct: `(local $at i32) (local $sum i64)
		  (local.set $at (global.get $top))
		  (loop $l
		    (local.set $sum (i64.or (local.get $sum) (i64.load (local.get $at))))
		    (br_if $l (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 8))) (i32.const 524288))))
		  (i64.store (i32.const 524280) (i64.const 1))` + tells(`(i32.add (i32.const 1) (i64.ne (local.get $sum) (i64.const 0)))`)}),
		keeps("the weights' buffer", guest{construct: `(local $old f64) (local.set $old (f64.load (local.get $out)))` +
			tells(`(i32.add (i32.const 1) (f64.eq (local.get $old) (local.get $old)))`)}),
		keeps("globals and memory since _initialize", guest{
			fields:     counter,
			initialize: `(global.set $count (i32.const 41)) (drop (memory.grow (i32.const 1))) (i32.store (i32.const 524304) (i32.const 17))`,
			construct: count + `(i32.store (i32.const 524304) (i32.add (i32.load (i32.const 524304)) (i32.const 1)))` +
				tells(`(i32.mul (i32.sub (global.get $count) (i32.const 41)) (i32.sub (i32.load (i32.const 524304)) (i32.const 17)))`),
		}),
		keeps("_initialize, which runs once", guest{fields: counter, initialize: count, construct: tells(`(global.get $count)`)}),
		keeps("a global of rule_configure", guest{fields: counter, configure: count + `(i32.const 0)`, construct: tells(`(global.get $count)`)}),
		keeps("memory of rule_configure", guest{configure: store + `(i32.const 0)`, construct: stored}),
		passing("state in a global of rule_alloc", 1.5, guest{fields: counter, alloc: count + `(call $bump (local.get $size))`, construct: tells(`(global.get $count)`)}),
		keeps("memory that it uses up", guest{memory: "16", alloc: `(global.set $top (i32.add (global.get $top) (i32.const 150000))) (call $bump (local.get $size))`}),
		keeps("a stack that it leaks", guest{
			fields:    `(global $sp (mut i32) (i32.const 4096))`,
			construct: `(global.set $sp (i32.sub (global.get $sp) (i32.const 2048))) (i32.store (global.get $sp) (i32.const 1))` + done,
		}),
		keeps("a segment that it reads again", guest{
			fields:    `(data $once "\01\00\00\00")`,
			construct: `(memory.init $once (i32.const 16) (i32.const 0) (i32.const 4))` + stored,
		}),
		keeps("the host's clock", guest{imports: import2("clock_time_get", "i32 i64 i32"), construct: `
		  (drop (call $f (i32.const 0) (i64.const 1) (i32.const 16))) (drop (call $f (i32.const 1) (i64.const 1) (i32.const 24)))` +
			tells(`(i32.add (i32.const 1) (i64.ne (i64.load (i32.const 16)) (i64.load (i32.const 24))))`)}),
		passing("state in the host's random numbers", math.NaN(), guest{imports: import2("random_get", "i32 i32"), construct: `
		  (drop (call $f (i32.const 16) (i32.const 4)))
		  (call $fill (local.get $n) (local.get $out) (f64.div (f64.convert_i32_u (i32.load (i32.const 16))) (f64.const 4294967296))) (i32.const 0)`}),
		refused("state in a segment that it drops", Metering, release.RuleForbidden, "data.drop", guest{
			fields:    `(data $once "\01\00\00\00")`,
			construct: `(memory.init $once (i32.const 16) (i32.const 0) (i32.const 4)) (data.drop $once)` + stored,
		}),
	}
}
