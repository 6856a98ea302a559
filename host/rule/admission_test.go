package rule

import (
	"context"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/guest/rules"
	"edgesignal/host/release"
)

func TestCompileAdmits(t *testing.T) {
	for _, name := range []string{"echo", "memory_max", "init_once", "odd", "counts"} {
		t.Run(name, func(t *testing.T) {
			m := admitted(t, wat(t, name, plainMeta), Options{Instances: 2})
			require.Equal(t, "odd", m.Meta().Name)
		})
	}
}

func TestCompileRefuses(t *testing.T) {
	tests := []struct {
		name, module string
		reason       release.Reason
		detail       string
	}{
		{"no marker", "missing_marker", release.RuleABI, `no function is exported as "rule_abi_1"`},
		{"no construct", "missing_construct", release.RuleABI, `no function is exported as "rule_construct"`},
		{"no memory", "missing_memory", release.RuleABI, `no memory is exported as "memory"`},
		{"memory is a function", "function_as_memory", release.RuleABI, `no memory is exported as "memory"`},
		{"wrong type", "wrong_type", release.RuleABI, "export rule_configure has type (i64, i32) -> (i32), want (i32, i32) -> (i32)"},
		{"export of an import", "export_of_import", release.RuleABI, "export rule_alloc is the import wasi_snapshot_preview1.fd_close"},
		{"unknown import", "import_unknown", release.RuleForbidden, `import "env"."abort" is not allowed`},
		{"WASI that rules do not get", "import_sock", release.RuleForbidden, `"sock_accept" is not allowed`},
		{"import of another type", "import_wrong_type", release.RuleForbidden, "import host.log has type (i32, i32) -> (), want (i32, i32, i32) -> ()"},
		{"imported global", "import_global", release.RuleForbidden, `import "host.log" is not a function`},
		{"imported table", "import_table", release.RuleForbidden, `import "env.table" is not a function`},
		{"imported memory", "import_memory", release.RuleForbidden, `import "env.memory" is not a function`},
		{"start function", "start", release.RuleForbidden, "start function"},
		{"memory over the limit", "memory_over", release.RuleForbidden, "begins with 257 pages of 64 KiB, at most 256"},
		{"data outside the memory", "data_outside", release.RuleABI, "instantiating"},
		{"_initialize traps", "init_trap", release.RuleABI, "_initialize: wasm error: unreachable"},
		{"a feature that is off", "simd", release.RuleForbidden, "not admitted"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Compile(t.Context(), wat(t, tt.module, plainMeta), Options{})
			requireRejection(t, err, tt.reason, tt.detail)
		})
	}
}

func TestCompileRefusesBytes(t *testing.T) {
	twoLines, err := os.ReadFile("testdata/two-line-error.wasm")
	require.NoError(t, err)
	tests := []struct {
		name   string
		wasm   []byte
		detail string
	}{
		{"empty", nil, "not a core wasm module"},
		{"text", []byte("(module)"), "not a core wasm module"},
		{"component", []byte("\x00asm\x0d\x00\x01\x00"), "not a core wasm module"},
		{"over 8 MiB", make([]byte, MaxModuleBytes+1), "has 8388609 bytes, at most 8388608"},
		{"section beyond the end", []byte("\x00asm\x01\x00\x00\x00\x01\x7f"), "type section: byte 9: claims 127 bytes, 0 are left"},
		{"length of 40 bits", []byte("\x00asm\x01\x00\x00\x00\x01\xff\xff\xff\xff\xff\x01"), "more than 32 bits"},
		{"imports that are not there", []byte("\x00asm\x01\x00\x00\x00\x02\x05\xff\xff\xff\xff\x0f"), "import section: byte 10: claims too many entries: 4294967295, at most 64 (Imports)"},
		{"unknown kind of import", []byte("\x00asm\x01\x00\x00\x00\x02\x06\x01\x01a\x01b\x09"), "import a.b is of unknown kind 9"},
		{"an error of three lines", twoLines, "invalid function[0]: too many results in loop block; have (i32); want ()"},
		{"name that is not UTF-8", []byte("\x00asm\x01\x00\x00\x00\x00\x02\x01\xff"), "not UTF-8"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Compile(t.Context(), tt.wasm, Options{})
			requireRejection(t, err, release.RuleMalformed, tt.detail)
		})
	}
}

func TestCompileTruncated(t *testing.T) {
	for _, wasm := range [][]byte{stock(t, rules.TopBottom), wat(t, "odd", plainMeta)} {
		for n := range wasm {
			_, err := Compile(t.Context(), wasm[:n], Options{})
			var r *release.Rejection
			require.ErrorAs(t, err, &r, "the first %d bytes", n)
		}
	}
}

func TestCompileOptions(t *testing.T) {
	tests := []struct {
		name string
		opt  Options
		want string
	}{
		{"memory", Options{MemoryLimitPages: 65537}, "memory limit of 65537 pages, at most 65536"},
		{"instances", Options{Instances: -1}, "-1 instances"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Compile(t.Context(), stock(t, rules.TopBottom), tt.opt)
			require.ErrorContains(t, err, tt.want)
		})
	}
}

func TestMemoryLimitIsAnOption(t *testing.T) {
	admitted(t, wat(t, "memory_over", plainMeta), Options{MemoryLimitPages: 257})
	_, err := Compile(t.Context(), wat(t, "columns", plainMeta), Options{MemoryLimitPages: 255})
	requireRejection(t, err, release.RuleForbidden, "begins with 256 pages of 64 KiB, at most 255")
}

func TestInitializeThatNeverEnds(t *testing.T) {
	wasm := wat(t, "init_loop", plainMeta)
	t.Run("stopped by its fuel", func(t *testing.T) {
		_, err := Compile(t.Context(), wasm, Options{})
		requireRejection(t, err, release.RuleABI, "_initialize used more than the 200000000 units of fuel")
	})
	t.Run("caller gone already", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := Compile(ctx, wasm, Options{})
		require.ErrorIs(t, err, context.Canceled)
	})
}
