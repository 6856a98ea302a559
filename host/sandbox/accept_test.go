package sandbox_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"edgesignal/guest/rules"
	"edgesignal/host/internal/programtest"
	"edgesignal/host/release"
	"edgesignal/host/sandbox"
)

// features are those of WebAssembly that host/rule enables.
const features = api.CoreFeaturesV2 &^ api.CoreFeatureSIMD &^ api.CoreFeatureReferenceTypes

// compile returns what host/rule does with a module that Check has passed.
func compile(module []byte) error {
	ctx := context.Background()
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().
		WithCoreFeatures(features).
		WithMemoryLimitPages(sandbox.DefaultMemoryPages).
		WithDebugInfoEnabled(false).
		WithCloseOnContextDone(true))
	defer func() { _ = rt.Close(ctx) }()
	_, err := rt.CompileModule(ctx, module)
	return err
}

func topBottom(t testing.TB) []byte {
	t.Helper()
	wasm, ok := rules.Stock(rules.TopBottom)
	require.True(t, ok)
	return wasm
}

// Everything that the toolchains make and wazero accepts passes.
func TestCheckAccepts(t *testing.T) {
	modules := map[string][]byte{"top_bottom": topBottom(t)}
	for _, pattern := range []string{"testdata/*.wasm", "testdata/*/*.wasm", "../rule/testdata/wat/*.wasm"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		require.NotEmpty(t, files)
		for _, file := range files {
			modules[strings.TrimSuffix(filepath.Base(file), ".wasm")] = readFile(t, file)
		}
	}
	forbidden := map[string]string{
		"import_global": "not a function but a global",
		"import_memory": "not a function but a memory",
		"import_table":  "not a function but a table",
		"memory_over":   "begins with 257 pages",
		"simd":          "SIMD",
		"start":         "a start function",
	}
	for name, module := range modules {
		t.Run(name, func(t *testing.T) {
			err := sandbox.Check(module, sandbox.Limits{})
			if detail, ok := forbidden[name]; ok {
				requireRejection(t, err, release.RuleForbidden, detail)
				return
			}
			require.NoError(t, err)
			require.NoError(t, compile(module))
		})
	}
}

func TestCheckAcceptsGoGuests(t *testing.T) {
	for _, tt := range []struct{ name, dir string }{
		{"small", "../rule/testdata/goguest"},
		{"fmt and encoding/json", "./testdata/goguest"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.NoError(t, sandbox.Check(programtest.Guest(t, tt.dir), sandbox.Limits{}))
		})
	}
}

// A module cut short is refused, but where what is left is a module.
func TestCheckTruncated(t *testing.T) {
	for name, module := range map[string][]byte{"top_bottom": topBottom(t), "structure": readFile(t, "testdata", "structure.wasm")} {
		t.Run(name, func(t *testing.T) {
			complete := map[int]bool{} // where all the sections so far make a module
			functions := false
			r := sandbox.NewReader(module)
			require.NoError(t, r.Header())
			for complete[r.At()] = true; r.Left() > 0; {
				id, _, err := r.Section()
				require.NoError(t, err)
				switch id {
				case 3, 12: // functions want bodies, a data count wants data
					functions = true
				case 10:
					functions = name == "structure" // its data count is still open
				case 11:
					functions = false
				}
				if !functions {
					complete[r.At()] = true
				}
			}
			for n := range len(module) + 1 {
				err := sandbox.Check(module[:n], sandbox.Limits{})
				if complete[n] {
					require.NoError(t, err, "the first %d bytes", n)
					continue
				}
				var r *release.Rejection
				require.ErrorAs(t, err, &r, "the first %d bytes", n)
				require.Equal(t, release.RuleMalformed, r.Reason)
			}
		})
	}
}
