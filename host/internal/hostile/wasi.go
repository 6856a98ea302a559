package hostile

import (
	"fmt"
	"strings"
)

// wasiFunction is one name that a rule may import, with its type.
type wasiFunction struct{ name, params string }

// wasiFunctions are those of guest/ABI.md; all but proc_exit have a result.
var wasiFunctions = []wasiFunction{
	{"args_get", "i32 i32"},
	{"args_sizes_get", "i32 i32"},
	{"environ_get", "i32 i32"},
	{"environ_sizes_get", "i32 i32"},
	{"clock_time_get", "i32 i64 i32"},
	{"random_get", "i32 i32"},
	{"fd_write", "i32 i32 i32 i32"},
	{"fd_read", "i32 i32 i32 i32"},
	{"fd_seek", "i32 i64 i32 i32"},
	{"fd_close", "i32"},
	{"fd_fdstat_get", "i32 i32"},
	{"fd_fdstat_set_flags", "i32 i32"},
	{"fd_filestat_get", "i32 i32"},
	{"fd_prestat_get", "i32 i32"},
	{"fd_prestat_dir_name", "i32 i32 i32"},
	{"path_open", "i32 i32 i32 i32 i32 i64 i64 i32 i32"},
	{"path_filestat_get", "i32 i32 i32 i32 i32"},
	{"poll_oneoff", "i32 i32 i32 i32"},
	{"sched_yield", ""},
}

func (f wasiFunction) imported(result string) string {
	return fmt.Sprintf(`(import "%s" "%s" (func $f (param %s) %s))`, wasi, f.name, f.params, result)
}

// call drops the result of a call with these arguments; one stands for all.
func (f wasiFunction) call(arguments ...string) string {
	types := strings.Fields(f.params)
	var b strings.Builder
	for i, t := range types {
		b.WriteString("(" + t + ".const " + arguments[min(i, len(arguments)-1)] + ") ")
	}
	return "(drop (call $f " + b.String() + ")) "
}

// wasiCases call every name with addresses outside the memory and with counts
// beyond reason, without end, and for what it would be worth to an attacker.
func wasiCases() []Case {
	var cases []Case
	for _, f := range wasiFunctions {
		imported := f.imported("(result i32)")
		wild := f.call("-1") + f.call("0") + f.call("524284") + f.call("-2147483648") + f.call("1", "524280", "64", "524280") + f.call("0", "0", "-1", "0")
		if f.params == "" {
			wild = `(drop (call $f)) `
		}
		again := f.call("1", "0", "64", "16")
		if f.params == "" {
			again = wild
		}
		cases = append(cases,
			passing("WASI "+f.name+" with wild arguments", plain, guest{imports: imported, construct: wild + done}),
			faulty("WASI "+f.name+" for ever", "fuel", "fuel", guest{imports: imported, construct: `(loop $l ` + again + `(br $l)) (unreachable)`}))
	}
	byName := func(name string) wasiFunction {
		for _, f := range wasiFunctions {
			if f.name == name {
				return f
			}
		}
		panic("no WASI function " + name)
	}
	uses := func(f wasiFunction, fields, construct string) guest {
		return guest{memory: "256", imports: f.imported("(result i32)"), fields: fields, construct: construct}
	}
	write, random, poll, clock, open := byName("fd_write"), byName("random_get"), byName("poll_oneoff"), byName("clock_time_get"), byName("path_open")
	// 64 buffers of 16 MiB, each the whole memory.
	vectors := `(data (i32.const 1024) "` + strings.Repeat(`\00\00\00\00\00\00\00\01`, 64) + `")`
	// One wait of an hour: user data, kind clock, clock 0, timeout in ns, precision, flags.
	hour := `(data (i32.const 1024) "\01\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\a0\b8\30\46\03\00\00")`
	cases = append(cases,
		faulty("WASI random_get of 16 MiB for ever", "fuel", "fuel", uses(random, "", `(loop $l `+random.call("0", "16777216")+`(br $l)) (unreachable)`)),
		passing("WASI random_get of 1 MiB", plain, uses(random, "", random.call("8388608", "1048576")+done)),
		faulty("WASI fd_write of 64 times 16 MiB for ever", "fuel", "fuel", uses(write, vectors, `(loop $l `+write.call("1", "1024", "64", "16")+`(br $l)) (unreachable)`)),
		passing("WASI fd_write of 64 times 16 MiB", plain, uses(write, vectors, write.call("1", "1024", "64", "16")+write.call("2", "1024", "64", "16")+done)),
		passing("WASI fd_write of 2^32-1 buffers", plain, uses(write, vectors, write.call("1", "1024", "-1", "16")+done)),
		passing("WASI fd_write without a newline", plain, uses(write, `(data (i32.const 1024) "\10\04\00\00\03\00\00\00") (data (i32.const 1040) "abc")`, write.call("1", "1024", "1", "16")+done)),
		passing("WASI poll_oneoff of an hour", plain, uses(poll, hour, poll.call("1024", "2048", "1", "16")+done)),
		passing("WASI poll_oneoff of 2^32-1 waits", plain, uses(poll, hour, poll.call("1024", "2048", "-1", "16")+done)),
		faulty("WASI wait until an hour has passed", "fuel", "fuel", uses(clock, "", `
		  (loop $l `+clock.call("0", "1", "16")+`(br_if $l (i64.lt_u (i64.load (i32.const 16)) (i64.const 1640998800000000000)))) `+done)),
		passing("WASI path_open of /etc/passwd", plain, uses(open, `(data (i32.const 1024) "/etc/passwd")`, open.call("3", "0", "1024", "11", "0", "-1", "-1", "0", "16")+done)),
	)
	exit := `(import "` + wasi + `" "proc_exit" (func $exit (param i32)))`
	for _, code := range []string{"0", "1", "-1"} {
		leave := `(call $exit (i32.const ` + code + `)) `
		in := func(export string, g guest) {
			g.imports = exit
			cases = append(cases, faulty("proc_exit("+code+") in "+export, "exit", export+" called proc_exit(", g))
		}
		in("rule_alloc", guest{alloc: leave + `(call $bump (local.get $size))`})
		in("rule_configure", guest{configure: leave + `(i32.const 0)`})
		in("rule_construct", guest{construct: `(call $fill (local.get $n) (local.get $out) (f64.const 0.5)) ` + leave + `(i32.const 0)`})
	}
	return cases
}
