package hostile

// trapCases end in a trap of each kind, and in each export.
func trapCases() []Case {
	traps := func(name, detail string, g guest) Case { return faulty(name, "trap", detail, g) }
	construct := func(name, detail, instructions string) Case {
		return traps(name, detail, guest{
			fields:    `(type $none (func)) (type $one (func (param i32))) (table 2 funcref) (elem (i32.const 0) $marker) (data $d "abc")`,
			construct: instructions + ` ` + done,
		})
	}
	const outside = "out of bounds memory access"
	return []Case{
		traps("trap in rule_alloc", "rule_alloc: wasm error: unreachable", guest{alloc: `(unreachable)`}),
		traps("trap in rule_configure", "rule_configure: wasm error: unreachable", guest{configure: `(unreachable)`}),
		traps("trap in rule_construct", "rule_construct: wasm error: unreachable", guest{construct: `(unreachable)`}),
		traps("trap after the weights", "unreachable", guest{construct: `(call $fill (local.get $n) (local.get $out) (f64.const 0.5)) (unreachable)`}),
		construct("division by zero", "integer divide by zero", `(drop (i32.div_s (local.get $n) (i32.const 0)))`),
		construct("remainder by zero", "integer divide by zero", `(drop (i64.rem_u (i64.const 1) (i64.const 0)))`),
		construct("quotient that does not fit", "integer overflow", `(drop (i32.div_s (i32.const -2147483648) (i32.const -1)))`),
		construct("NaN as an integer", "invalid conversion to integer", `(drop (i32.trunc_f64_s (f64.const nan)))`),
		construct("infinity as an integer", "integer overflow", `(drop (i64.trunc_f64_u (f64.const inf)))`),
		construct("load at 4 GiB", outside, `(drop (i32.load (i32.const -4)))`),
		construct("load with an offset of 4 GiB", outside, `(drop (f64.load offset=4294967295 (i32.const -1)))`),
		construct("load across the end", outside, `(drop (i64.load (i32.const 524281)))`),
		construct("store at 4 GiB", outside, `(i32.store (i32.const -4) (i32.const 1))`),
		construct("store across the end", outside, `(f64.store (i32.const 524281) (f64.const 1))`),
		construct("memory.fill across the end", outside, `(memory.fill (i32.const 524287) (i32.const 0) (i32.const 2))`),
		// Paid for before it is seen that it cannot be.
		faulty("memory.fill of 4 GiB", "fuel", "fuel", guest{construct: `(memory.fill (i32.const 0) (i32.const 0) (i32.const -1)) ` + done}),
		construct("memory.copy from outside", outside, `(memory.copy (i32.const 0) (i32.const 524287) (i32.const 2))`),
		construct("memory.init of more than there is", outside, `(memory.init $d (i32.const 0) (i32.const 2) (i32.const 2))`),
		construct("call of nothing", "invalid table access", `(call_indirect (type $none) (i32.const 1))`),
		construct("call beyond the table", "invalid table access", `(call_indirect (type $none) (i32.const -1))`),
		construct("call of another type", "indirect call type mismatch", `(call_indirect (type $one) (i32.const 1) (i32.const 0))`),
	}
}
