package hostile

import "edgesignal/host/release"

// initializeCases misbehave before the first call: in _initialize, or in what
// happens before it.
func initializeCases() []Case {
	faulty := func(name, fault, detail string, g guest) Case {
		c := refused(name, Start, release.RuleABI, detail, g)
		c.Call.Fault, c.Call.Detail = fault, detail
		c.Beyond = c.Call
		return c
	}
	return []Case{
		faulty("_initialize that never ends", "fuel", "fuel", guest{initialize: `(loop $l (br $l))`}),
		faulty("_initialize with 2^60 calls", "fuel", "fuel", guest{initialize: `(call $e60)`, fields: exponential(60)}),
		faulty("_initialize that fills for ever", "fuel", "fuel", guest{memory: "256", initialize: `(loop $l ` + fillAll + ` (br $l))`}),
		faulty("_initialize that logs for ever", "fuel", "fuel", guest{imports: importLog("$log"), initialize: `(loop $l (call $log (i32.const 1) (i32.const 0) (i32.const 4096)) (br $l))`}),
		faulty("_initialize that draws for ever", "fuel", "fuel", guest{
			imports:    `(import "` + wasi + `" "random_get" (func $random (param i32 i32) (result i32)))`,
			memory:     "256",
			initialize: `(loop $l (drop (call $random (i32.const 0) (i32.const 16777216))) (br $l))`,
		}),
		faulty("_initialize that recurses for ever", "fuel", "fuel", guest{initialize: `(call $deep)`, fields: `(func $deep (call $deep))`}),
		faulty("_initialize that traps", "trap", "_initialize: wasm error: unreachable", guest{initialize: `(unreachable)`}),
		faulty("_initialize that stores outside", "trap", "out of bounds memory access", guest{initialize: `(i32.store (i32.const -4) (i32.const 1))`}),
		faulty("_initialize that exits", "exit", "proc_exit(0)", guest{
			imports:    `(import "` + wasi + `" "proc_exit" (func $exit (param i32)))`,
			initialize: `(call $exit (i32.const 0))`,
		}),
		faulty("data outside the memory", "trap", "", guest{fields: `(data (i32.const 524287) "xy")`}),
		refused("elements outside the table", Admission, release.RuleMalformed, "exceeds min table size", guest{fields: `(table 1 funcref) (elem (i32.const 1) $marker)`}),

		passing("_initialize that fills 16 MiB", plain, guest{memory: "256", initialize: fillAll}),
		passing("_initialize that takes 16 MiB", plain, guest{initialize: `(loop $more (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))`}),
		passing("_initialize that floods the log", plain, guest{
			imports: importLog("$log"),
			initialize: `(local $i i32) (loop $again (call $log (i32.const 1) (i32.const 0) (i32.const 100))
			  (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 10000))))`,
		}),
	}
}
