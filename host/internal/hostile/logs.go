package hostile

import "fmt"

// logCases log too much, or what is no text.
func logCases() []Case {
	with := func(construct string) guest {
		return guest{imports: importLog("$log"), fields: `(data (i32.const 48) "a\ffb\0ac\1b[1md") (data (i32.const 64) "\f0\9f\92") (data (i32.const 80) "\e2\80\aeesrever")`, construct: construct}
	}
	flood := func(times, size int) guest {
		return with(fmt.Sprintf(`(local $i i32)
		  (loop $l
		    (call $log (i32.const 1) (i32.const 0) (i32.const %d))
		    (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const %d)))) `, size, times) + done)
	}
	line := func(level, at, size int) string {
		return fmt.Sprintf(`(call $log (i32.const %d) (i32.const %d) (i32.const %d)) `, level, at, size)
	}
	inAll := with(line(1, 48, 13) + done)
	inAll.alloc = line(0, 48, 13) + `(call $bump (local.get $size))`
	inAll.configure = line(2, 48, 13) + `(i32.const 0)`
	endless := with(`(loop $l ` + line(1, 0, 0) + `(br $l)) (unreachable)`)
	return []Case{
		passing("10,000 lines", plain, flood(10_000, 64)),
		passing("10,000 empty lines", plain, flood(10_000, 0)),
		passing("100 lines of 60,000 bytes", plain, flood(100, 60_000)),
		passing("lines that are not UTF-8", plain, with(line(1, 48, 13)+line(1, 64, 3)+done)),
		passing("lines of NUL", plain, with(line(1, 128, 1000)+done)),
		passing("lines that turn the text round", plain, with(line(3, 80, 10)+done)),
		passing("levels that do not exist", plain, with(line(99, 48, 1)+line(-1, 48, 1)+line(-2147483648, 48, 1)+done)),
		passing("lines in every export", plain, inAll),
		passingWith("message that is not UTF-8", Outcome{Fault: "status", Status: 9, Detail: "a\ufffdb c [1md"}, with(line(3, 48, 10)+`(i32.const 9)`)),
		passingWith("message of 60,000 bytes", Outcome{Fault: "status", Status: 9}, with(line(3, 0, 60_000)+`(i32.const 9)`)),

		faulty("line from outside the memory", "trap", "host.log", with(line(1, 524280, 100)+done)),
		faulty("line of 4 GiB", "trap", "host.log", with(line(1, 0, -1)+done)),
		faulty("line at 4 GiB", "trap", "host.log", with(line(1, -1, 1)+done)),
		faulty("loop of empty lines", "fuel", "fuel", endless),
		faulty("loop of long lines", "fuel", "fuel", with(`(loop $l `+line(1, 0, 500_000)+`(br $l)) (unreachable)`)),
	}
}
