package sandbox_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"edgesignal/host/release"
	"edgesignal/host/sandbox"
)

// Every way of branching gives the same metered as plain, and uses the same
// fuel in the compiler and in the interpreter.
func TestMeteredControl(t *testing.T) {
	plain := readFile(t, "testdata", "control.wasm")
	metered := meter(t, plain)
	require.Equal(t, []string{"edgesignal.global.0", "edgesignal.global.2"}, metered.Globals)
	want := start(t, wazero.NewRuntimeConfigCompiler(), plain)
	var names []string
	for name := range want.ExportedFunctionDefinitions() {
		names = append(names, name)
	}
	slices.Sort(names)
	require.Len(t, names, 20)
	compiled := start(t, wazero.NewRuntimeConfigCompiler(), metered.Module)
	interpreted := start(t, wazero.NewRuntimeConfigInterpreter(), metered.Module)
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			for arg := range 12 {
				expected := want.try(name, api.EncodeI32(int32(arg-1)))
				for _, i := range []*instance{compiled, interpreted} {
					require.Equal(t, expected, i.try(name, api.EncodeI32(int32(arg-1))), "of %d", arg-1)
				}
				require.Equal(t, int64(compiled.fuel.Get()), int64(interpreted.fuel.Get()), "of %d", arg-1)
			}
		})
	}
	require.Less(t, compiled.fuel.Get(), uint64(plenty))
}

// Rules of all toolchains give the same weights metered as plain, and use the
// same fuel in every instance of both engines.
func TestMeteredGuests(t *testing.T) {
	for name, plain := range guests(t) {
		t.Run(name, func(t *testing.T) {
			predictions := shuffled(500)
			expected := start(t, wazero.NewRuntimeConfigCompiler(), plain)
			want := [][]uint64{expected.construct("{}", predictions), expected.construct("{}", predictions)}
			metered := meter(t, plain)
			var used []uint64
			for _, config := range []wazero.RuntimeConfig{
				wazero.NewRuntimeConfigCompiler(), wazero.NewRuntimeConfigCompiler(), wazero.NewRuntimeConfigInterpreter(),
			} {
				i := start(t, config, metered.Module)
				var left []uint64
				for call := range want {
					require.Equal(t, want[call], i.construct("{}", predictions))
					left = append(left, plenty-i.fuel.Get())
				}
				require.Positive(t, left[0])
				require.Less(t, left[1], uint64(10_000_000))
				if used == nil {
					used = left
				}
				require.Equal(t, used, left)
			}
		})
	}
}

// Metering what has been metered is refused, as is a guest that takes a name
// of the host's.
func TestMeterRefuses(t *testing.T) {
	metered := meter(t, topBottom(t))
	_, err := sandbox.Meter(metered.Module, sandbox.Limits{})
	requireRejection(t, err, release.RuleForbidden, `export "edgesignal.fuel": names that begin with "edgesignal." are the host's own`)
	for name, module := range map[string][]byte{
		"empty":   nil,
		"cut":     topBottom(t)[:1000],
		"a limit": module(section(1, []byte{0xff, 0xff, 0xff, 0xff, 0x0f})),
	} {
		t.Run(name, func(t *testing.T) {
			want := sandbox.Check(module, sandbox.Limits{})
			require.Error(t, want)
			m, err := sandbox.Meter(module, sandbox.Limits{})
			require.Equal(t, want, err)
			require.Zero(t, m)
		})
	}
}
