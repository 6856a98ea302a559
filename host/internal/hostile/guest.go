package hostile

import "strings"

// guest is a module of ABI 1 that keeps every promise; a case replaces one
// part of it. Parts are WAT; "" is the default of the part.
type guest struct {
	imports    string // before all else
	memory     string // limits in pages; default 8, which holds 20,000 symbols without columns
	fields     string // globals, data, further functions; functions may be called by their names
	initialize string // body of _initialize; default: there is none
	alloc      string // body; default $bump of its argument
	configure  string // body; default status 0
	construct  string // body; default: each of n weights is 0.5/n, status 0
	exports    string // the five exports of the ABI; default all
	meta       string // the JSON of rule.meta; "-" = no such section
	unchecked  bool   // its types are wrong on purpose
}

const (
	plainMeta = `{"name":"hostile","version":"1","params":{"type":"object"}}`

	plainExports = `
  (export "memory" (memory 0))
  (export "rule_abi_1" (func $marker))
  (export "rule_alloc" (func $alloc))
  (export "rule_configure" (func $configure))
  (export "rule_construct" (func $construct))`

	// plain are the weights of a guest that has nothing else to say.
	plain = 0.5
	done  = `(call $fill (local.get $n) (local.get $out) (f64.const 0.5)) (i32.const 0)`
)

// skeleton: the first 4096 bytes are the case's own; above them lie the
// buffers that $bump gives. $fill makes each of n weights x/n.
const skeleton = `(module
  IMPORTS
  (memory MEMORY)
  (global $top (mut i32) (i32.const 4096))
  (func $bump (param $size i32) (result i32)
    (global.get $top)
    (global.set $top (i32.and (i32.add (i32.add (global.get $top) (local.get $size)) (i32.const 7)) (i32.const -8))))
  (func $fill (param $n i32) (param $out i32) (param $x f64)
    (local $end i32)
    (local.set $end (i32.add (local.get $out) (i32.shl (local.get $n) (i32.const 3))))
    (local.set $x (f64.div (local.get $x) (f64.convert_i32_u (local.get $n))))
    (loop $next
      (f64.store (local.get $out) (local.get $x))
      (local.set $out (i32.add (local.get $out) (i32.const 8)))
      (br_if $next (i32.lt_u (local.get $out) (local.get $end)))))
  (func $marker)
  (func $alloc (param $size i32) (result i32) ALLOC)
  (func $configure (param $ptr i32) (param $len i32) (result i32) CONFIGURE)
  (func $construct (param $n i32) (param $ncols i32) (param $in i32) (param $out i32) (result i32) CONSTRUCT)
  INITIALIZE
  FIELDS
  EXPORTS)`

func (g guest) wat() string {
	or := func(text, fallback string) string {
		if text == "" {
			return fallback
		}
		return text
	}
	initialize := ""
	if g.initialize != "" {
		initialize = `(func (export "_initialize") ` + g.initialize + `)`
	}
	return strings.NewReplacer(
		"IMPORTS", g.imports,
		"MEMORY", or(g.memory, "8"),
		"ALLOC", or(g.alloc, `(call $bump (local.get $size))`),
		"CONFIGURE", or(g.configure, `(i32.const 0)`),
		"CONSTRUCT", or(g.construct, done),
		"INITIALIZE", initialize,
		"FIELDS", g.fields,
		"EXPORTS", or(g.exports, plainExports),
	).Replace(skeleton)
}

// build assembles the guest with its metadata.
func (g guest) build(name string) []byte {
	var flags []string
	if g.unchecked {
		flags = append(flags, "--no-check")
	}
	wasm := assemble(name, g.wat(), flags...)
	switch g.meta {
	case "-":
		return wasm
	case "":
		return withMeta(wasm, plainMeta)
	}
	return withMeta(wasm, g.meta)
}

func withMeta(wasm []byte, meta string) []byte { return join(wasm, custom("rule.meta", []byte(meta))) }

// without returns the export list but for one name.
func without(name string) string {
	var kept []string
	for line := range strings.Lines(plainExports) {
		if !strings.Contains(line, `"`+name+`"`) {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "") + " "
}
