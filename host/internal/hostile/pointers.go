package hostile

import "fmt"

// pointerCases give the host addresses that it must not use. A call asks
// rule_alloc three times: for the parameters, the input and the weights.
func pointerCases() []Case {
	const count = `(global $asked (mut i32) (i32.const 0))`
	// answers gives the k-th request this address and all others a good one; 0 = every request.
	answers := func(k int, address string) guest {
		if k == 0 {
			return guest{alloc: address}
		}
		return guest{fields: count, alloc: fmt.Sprintf(`
		  (global.set $asked (i32.add (global.get $asked) (i32.const 1)))
		  (if (result i32) (i32.eq (global.get $asked) (i32.const %d)) (then %s) (else (call $bump (local.get $size))))`, k, address)}
	}
	var cases []Case
	pointer := func(name, detail string, k int, address string) {
		cases = append(cases, faulty(name, "pointer", detail, answers(k, address)))
	}
	for _, a := range []struct{ name, detail, address string }{
		{"null", "gave no memory", `(i32.const 0)`},
		{"misaligned by 4", "which is not a multiple of 8", `(i32.const 4100)`},
		{"misaligned by 1", "which is not a multiple of 8", `(i32.const 4097)`},
		{"at the end of the memory", "gave 524288, beyond the memory", `(i32.const 524288)`},
		{"across the end of the memory", "gave 524280, beyond the memory", `(i32.const 524280)`},
		{"near 2^32", "gave 4294967288, beyond the memory", `(i32.const -8)`},
		{"negative", "beyond the memory", `(i32.const -2147483648)`},
	} {
		for k, of := range []string{"", " for the parameters", " for the input", " for the weights"} {
			if a.name == "across the end of the memory" && k <= 1 {
				continue // short parameters fit
			}
			pointer("pointer "+a.name+of, a.detail, k, a.address)
		}
	}
	pointer("the same pointer always", "in use", 0, `(i32.const 4096)`)
	pointer("input over the parameters", "in use", 2, `(i32.const 4096)`)
	pointer("weights over the input", "in use", 3, `(i32.sub (global.get $top) (i32.const 8))`)
	pointer("weights over all of the input", "in use", 3, `(i32.and (i32.sub (global.get $top) (local.get $size)) (i32.const -8))`)
	pointer("weights over the parameters", "in use", 3, `(i32.const 4096)`)
	pointer("buffers that grow downwards into each other", "in use", 0, `
	  (global.set $top (i32.add (global.get $top) (i32.const 8))) (global.get $top)`)

	return append(cases,
		passing("rule_alloc that writes over the parameters", plain, guest{
			alloc: `(memory.fill (i32.const 4096) (i32.const 255) (i32.sub (global.get $top) (i32.const 4096))) (call $bump (local.get $size))`,
		}),
		passing("rule_alloc that grows the memory each time", plain, guest{
			alloc: `(drop (memory.grow (i32.const 20))) (call $bump (local.get $size))`,
		}),
		passing("rule_alloc at the very end of the memory", plain, guest{
			alloc: `(i32.shl (memory.grow (i32.const 8)) (i32.const 16))`,
		}),
	)
}
