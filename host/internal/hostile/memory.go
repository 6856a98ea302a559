package hostile

// memoryCases take what memory they can get. None of it outlives the call.
func memoryCases() []Case {
	const all = `(loop $more (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))) `
	const touch = `(local $at i32) (loop $l (i32.store8 (local.get $at) (i32.const 1))
	  (br_if $l (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 4096))) (i32.shl (memory.size) (i32.const 16))))) `
	return []Case{
		passing("memory.grow as far as it goes", plain, guest{construct: all + done}),
		passing("memory.grow as far as it goes, and used", plain, guest{construct: touch[:len(`(local $at i32) `)] + all + touch[len(`(local $at i32) `):] + done}),
		passing("memory.grow in rule_alloc", plain, guest{alloc: all + `(call $bump (local.get $size))`}),
		passing("memory.grow in rule_configure", plain, guest{configure: all + `(i32.const 0)`}),
		passing("memory.grow by 60,000 pages", plain, guest{construct: `(drop (memory.grow (i32.const 60000))) ` + done}),
		passing("memory.grow by 2^32-1 pages", plain, guest{construct: `(drop (memory.grow (i32.const -1))) ` + done}),
		passing("memory that may grow to 4 GiB", plain, guest{memory: "8 65536", construct: all + done}),
		passing("memory of 16 MiB", plain, guest{memory: "256"}),
		passing("memory of 16 MiB, all written", plain, guest{memory: "256", construct: `(memory.fill (i32.const 8388608) (i32.const 1) (i32.const 8388608)) ` + done}),
	}
}
