package hostile

import "fmt"

// sleeperCases behave over as few symbols as the gate tries, and misbehave in
// service: the gate cannot know, so each call must hold by itself.
func sleeperCases() []Case {
	wakes := func(name string, beyond Outcome, g guest, then string) Case {
		g.construct = fmt.Sprintf(`(if (i32.gt_u (local.get $n) (i32.const %d)) (then %s)) `, ProbeSymbols, then) + done
		c := passing("sleeper: "+name, plain, g)
		c.Beyond = beyond
		return c
	}
	const fill = `(call $fill (local.get $n) (local.get $out) `
	exit := guest{imports: `(import "` + wasi + `" "proc_exit" (func $exit (param i32)))`}
	// One whose allocations fail once it has trapped, would the mark stay.
	marked := guest{
		fields: `(global $mark (mut i32) (i32.const 0))`,
		alloc:  `(if (i32.or (global.get $mark) (i32.load (i32.const 16))) (then (return (i32.const 0)))) (call $bump (local.get $size))`,
	}
	return []Case{
		wakes("leaves a mark and traps", Outcome{Fault: "trap", Detail: "unreachable"}, marked,
			`(global.set $mark (i32.const 1)) (i32.store (i32.const 16) (i32.const 1)) (unreachable)`),
		wakes("never ends", Outcome{Fault: "fuel"}, guest{}, `(loop $l (br $l))`),
		wakes("2^60 calls", Outcome{Fault: "fuel"}, guest{fields: exponential(60)}, `(call $e60)`),
		wakes("recursion", Outcome{Fault: "fuel", Detail: "fuel"}, guest{fields: `(func $deep (call $deep))`}, `(call $deep)`),
		wakes("trap", Outcome{Fault: "trap", Detail: "unreachable"}, guest{}, `(unreachable)`),
		wakes("exit", Outcome{Fault: "exit", Detail: "proc_exit(0)"}, exit, `(call $exit (i32.const 0))`),
		wakes("own status", Outcome{Fault: "status", Status: 7}, guest{}, `(return (i32.const 7))`),
		wakes("status -1", Outcome{Fault: "status", Status: -1}, guest{}, `(return (i32.const -1))`),
		wakes("NaN", Outcome{Fault: "weights", Detail: "is NaN"}, guest{}, fill+`(f64.const nan)) (return (i32.const 0))`),
		wakes("weights not written", Outcome{Fault: "weights", Detail: "is NaN"}, guest{}, `(return (i32.const 0))`),
		wakes("weights of 1e9", Outcome{Breaks: "max_weight"}, guest{}, fill+`(f64.const 1e12)) (return (i32.const 0))`),
		wakes("gross of 3", Outcome{Breaks: "max_gross"}, guest{}, fill+`(f64.const 3)) (return (i32.const 0))`),
	}
}
