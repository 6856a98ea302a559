package hostile

import (
	"strings"

	"edgesignal/host/release"
)

// FuelExport is the name under which no module may export anything: the one of
// the rewriter's counter.
const FuelExport = "edgesignal.fuel"

// exportCases have too few exports, of other types, or too many.
func exportCases() []Case {
	abi := func(name, detail string, g guest) Case { return refused(name, Admission, release.RuleABI, detail, g) }
	missing := func(name string) guest { return guest{exports: without(name)} }
	// instead exports something else under one of the ABI's names.
	instead := func(name, what, fields string) guest {
		return guest{exports: without(name) + `(export "` + name + `" ` + what + `)`, fields: fields}
	}
	also := func(name, what, fields string) guest {
		return guest{exports: plainExports + `(export "` + name + `" ` + what + `)`, fields: fields}
	}
	forget := func(fields string) guest { // sets every counter that it can name, for ever
		return guest{fields: fields, construct: `(loop $again (global.set $mine (i64.const 9223372036854775807)) (br $again)) (unreachable)`}
	}
	const mine = `(global $mine (export "NAME") (mut i64) (i64.const 9223372036854775807))`
	cases := []Case{
		abi("no exports", `no memory is exported as "memory"`, guest{exports: " "}),
		abi("marker of ABI 2", `no function is exported as "rule_abi_1"`, guest{exports: without("rule_abi_1") + `(export "rule_abi_2" (func $marker))`}),
		abi("memory under another name", `no memory is exported as "memory"`, guest{exports: without("memory") + `(export "Memory" (memory 0))`}),
		abi("function named memory", `no memory is exported as "memory"`, instead("memory", `(func $marker)`, "")),
		abi("global named rule_construct", `no function is exported as "rule_construct"`, instead("rule_construct", `(global $top)`, "")),
		abi("marker that wants an argument", "export rule_abi_1 has type (i32) -> (i32), want () -> ()", instead("rule_abi_1", `(func $alloc)`, "")),
		abi("rule_alloc without a result", "export rule_alloc has type () -> (), want (i32) -> (i32)", instead("rule_alloc", `(func $marker)`, "")),
		abi("rule_alloc of 64 bits", "export rule_alloc has type (i64) -> (i64)", instead("rule_alloc", `(func $x)`, `(func $x (param i64) (result i64) (i64.const 8))`)),
		abi("rule_configure with two results", "export rule_configure has type (i32, i32) -> (i32, i32)", instead("rule_configure", `(func $x)`, `(func $x (param i32 i32) (result i32 i32) (i32.const 0) (i32.const 0))`)),
		abi("rule_construct with a status of float", "export rule_construct has type (i32, i32, i32, i32) -> (f32)", instead("rule_construct", `(func $x)`, `(func $x (param i32 i32 i32 i32) (result f32) (f32.const 0))`)),
		abi("rule_construct of five", "export rule_construct has type (i32, i32, i32, i32, i32) -> (i32)", instead("rule_construct", `(func $x)`, `(func $x (param i32 i32 i32 i32 i32) (result i32) (i32.const 0))`)),
		abi("_initialize that wants an argument", "export _initialize has type (i32) -> (i32), want () -> ()", also("_initialize", `(func $alloc)`, "")),
		abi("export of an import", "export rule_alloc is the import wasi_snapshot_preview1.fd_close", guest{
			imports: `(import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))`,
			exports: without("rule_alloc") + `(export "rule_alloc" (func $close))`,
		}),
		refused("operands of another type", Admission, release.RuleMalformed, "invalid function", guest{unchecked: true, construct: `(i64.const 0)`}),
		refused("call without its operands", Admission, release.RuleMalformed, "invalid function", guest{unchecked: true, construct: `(call $fill) (i32.const 0)`}),

		passing("marker that never ends", plain, instead("rule_abi_1", `(func $x)`, `(func $x (loop $l (br $l)))`)),
		passing("marker that traps", plain, instead("rule_abi_1", `(func $x)`, `(func $x (unreachable))`)),
		passing("_start that never ends", plain, also("_start", `(func $x)`, `(func $x (loop $l (br $l)))`)),
		passing("rule_describe that never ends", plain, also("rule_describe", `(func $x)`, `(func $x (result i64) (loop $l (br $l)) (unreachable))`)),
		passing("global like the counter", plain, also("fuel", `(global $mine)`, `(global $mine (mut i64) (i64.const 50000000))`)),
	}
	for _, name := range []string{"fuel", "__fuel", "edgesignal_fuel", "Edgesignal.fuel", " edgesignal.fuel"} {
		cases = append(cases, faulty("loop that sets its own global "+name, "fuel", "fuel", forget(strings.Replace(mine, "NAME", name, 1))))
	}
	for _, name := range []string{"memory", "rule_abi_1", "rule_alloc", "rule_configure", "rule_construct"} {
		kind := "function"
		if name == "memory" {
			kind = "memory"
		}
		cases = append(cases, abi("no "+name, "no "+kind+` is exported as "`+name+`"`, missing(name)))
	}
	for _, r := range []struct{ what, value, fields string }{
		{"global", `(global $mine)`, `(global $mine (mut i64) (i64.const 0))`},
		{"function", `(func $marker)`, ""},
		{"memory", `(memory 0)`, ""},
		{"table", `(table 0)`, `(table 1 funcref)`},
	} {
		cases = append(cases, refused(r.what+" named like the counter", Metering, release.RuleForbidden, FuelExport, also(FuelExport, r.value, r.fields)))
	}
	return cases
}
