package hostile

import (
	"fmt"
	"strings"
)

// fillAll writes each of 16 MiB.
const fillAll = `(memory.fill (i32.const 0) (i32.const 1) (i32.const 16777216))`

// exponential returns $e0 to $eN without a loop: $eN makes 2^N calls.
func exponential(n int) string {
	b := []byte(`(func $e0)`)
	for i := 1; i <= n; i++ {
		b = fmt.Appendf(b, ` (func $e%d (call $e%d) (call $e%d))`, i, i-1, i-1)
	}
	return string(b)
}

// runtimeCases do not end, in every way that there is. Their loops hold what is
// dear for its count: calls into the host, divisions, cache misses.
func runtimeCases() []Case {
	endless := func(name string, g guest) Case { return faulty(name, "fuel", "fuel", g) }
	recurses := func(name string, g guest) Case { return faulty(name, "fuel", "fuel", g) }
	forever := func(instructions string) string { return `(loop $l ` + instructions + ` (br $l)) (unreachable)` }
	big := func(instructions string) guest { return guest{memory: "256", construct: forever(instructions)} }
	// chain applies one operation a thousand times, and this for ever, to a
	// local of the type that begins as start.
	chain := func(kind, start, before, after string) guest {
		const times = 1000
		x := `(local.set $x ` + strings.Repeat(before, times) + `(local.get $x)` + strings.Repeat(after, times) + `)`
		return guest{construct: `(local $x ` + kind + `) (local.set $x ` + start + `) ` + forever(x)}
	}
	const spin = `(loop $l (br $l)) (unreachable)`
	return []Case{
		endless("loop in rule_alloc", guest{alloc: spin}),
		endless("loop in rule_configure", guest{configure: spin}),
		endless("loop in rule_construct", guest{construct: spin}),
		endless("loop that looks as if it ended", guest{construct: `(loop $l (br_if $l (i32.ge_u (local.get $n) (i32.const 0)))) ` + done}),
		endless("loop round a br_table", guest{construct: `(loop $l (br_table $l $l $l (local.get $n))) (unreachable)`}),
		endless("loop with a value", guest{construct: `(loop $l (result i32) (br $l))`}),
		endless("32 nested loops that never end", guest{construct: strings.Repeat(`(loop `, 31) + `(loop $l (br $l))` + strings.Repeat(")", 31) + ` (unreachable)`}),
		endless("loop between two functions", guest{fields: `(func $work)`, construct: forever(`(call $work)`)}),
		endless("loop through the table", guest{
			fields:    `(table 1 funcref) (elem (i32.const 0) $marker) (type $none (func))`,
			construct: forever(`(call_indirect (type $none) (i32.const 0))`),
		}),
		endless("2^32 calls without a loop", guest{fields: exponential(32), construct: `(call $e32) ` + done}),
		endless("2^60 calls without a loop", guest{fields: exponential(60), construct: `(call $e60) ` + done}),
		endless("2^32 calls in rule_alloc", guest{fields: exponential(32), alloc: `(call $e32) (call $bump (local.get $size))`}),

		endless("256 memory.fill of 16 MiB without a loop", guest{memory: "256", construct: strings.Repeat(fillAll, 256) + done}),
		endless("loop of memory.fill of 16 MiB", big(fillAll)),
		endless("loop of memory.copy of 16 MiB", big(`(memory.copy (i32.const 0) (i32.const 8) (i32.const 16777208))`)),
		endless("loop of memory.init of 64 KiB", guest{
			fields:    `(data $big "` + strings.Repeat("0123456789abcdef", 4096) + `")`,
			construct: forever(`(memory.init $big (i32.const 0) (i32.const 0) (i32.const 65536))`),
		}),
		endless("loop of memory.fill of nothing", big(`(memory.fill (i32.const 0) (i32.const 1) (i32.const 0))`)),
		endless("loop of memory.grow by nothing", big(`(drop (memory.grow (i32.const 0)))`)),
		endless("loop of memory.grow in vain", big(`(drop (memory.grow (i32.const 1)))`)),
		endless("loop of memory.grow by 65535 pages", big(`(drop (memory.grow (i32.const 65535)))`)),

		endless("loop of divisions", chain("i64", `(i64.const -1)`, `(i64.div_s `, ` (i64.const 1))`)),
		endless("loop of square roots", chain("f64", `(f64.const 2)`, `(f64.sqrt `, `)`)),
		// On Intel's processors a product with a subnormal number takes 60 to 90 ns,
		// a hundred times as long as any other.
		endless("loop of products of subnormal numbers", chain("f64", `(f64.const 1e-310)`, `(f64.mul `, ` (f64.const 1))`)),
		endless("loop of quotients of subnormal numbers", chain("f64", `(f64.const 1e-310)`, `(f64.div `, ` (f64.const 1))`)),
		endless("loop of products of 32 bits that are subnormal", chain("f32", `(f32.const 1e-40)`, `(f32.mul `, ` (f32.const 1))`)),
		endless("loop of conversions", chain("f64", `(f64.const 2.5)`, `(f64.convert_i64_u (i64.trunc_sat_f64_u `, `))`)),
		endless("loop of cache misses", guest{memory: "256", construct: `(local $x i32)
		  (loop $l
		    (local.set $x (i32.and (i32.add (i32.mul (local.get $x) (i32.const 1664525)) (i32.const 1013904223)) (i32.const 16777208)))
		    (local.set $x (i32.add (local.get $x) (i32.load (local.get $x))))
		    (i32.store (i32.and (local.get $x) (i32.const 16777208)) (local.get $x))
		    (br $l))
		  (unreachable)`}),

		recurses("recursion", guest{fields: `(func $deep (call $deep))`, construct: `(call $deep) ` + done}),
		recurses("recursion with a value", guest{
			fields:    `(func $deep (param $x i32) (result i32) (i32.add (call $deep (i32.add (local.get $x) (i32.const 1))) (local.get $x)))`,
			construct: `(call $deep (i32.const 0))`,
		}),
		recurses("recursion of two", guest{fields: `(func $a (call $b)) (func $b (call $a))`, construct: `(call $a) ` + done}),
		recurses("recursion through the table", guest{
			fields:    `(type $none (func)) (table 1 funcref) (elem (i32.const 0) $deep) (func $deep (call_indirect (type $none) (i32.const 0)))`,
			construct: `(call $deep) ` + done,
		}),
		faulty("recursion of 64 arguments", "trap", "stack overflow", guest{
			fields:    `(func $deep (param ` + strings.Repeat("f64 ", 64) + `) (call $deep ` + strings.Repeat(`(f64.const 1) `, 64) + `))`,
			construct: `(call $deep ` + strings.Repeat(`(f64.const 1) `, 64) + `) ` + done,
		}),
		recurses("recursion into itself", guest{construct: `(call $construct (local.get $n) (local.get $ncols) (local.get $in) (local.get $out))`}),
		recurses("recursion in rule_alloc", guest{alloc: `(call $alloc (local.get $size))`}),
		recurses("recursion in rule_configure", guest{configure: `(call $configure (local.get $ptr) (local.get $len))`}),

		passing("65,536 calls without a loop", plain, guest{fields: exponential(16), construct: `(call $e16) ` + done}),
		passing("recursion 20,000 deep that returns", plain, guest{
			fields:    `(func $deep (param $x i32) (if (local.get $x) (then (call $deep (i32.sub (local.get $x) (i32.const 1))))))`,
			construct: `(call $deep (i32.const 20000)) ` + done,
		}),
	}
}
