package sandbox_test

import (
	"context"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"pgregory.net/rapid"

	"edgesignal/host/release"
	"edgesignal/host/sandbox"
)

// harmless holds what passes Check to the promise: wazero compiles it or
// refuses it, soon and without much memory.
func harmless(t require.TestingT, module []byte) {
	if err := sandbox.Check(module, sandbox.Limits{}); err != nil {
		var r *release.Rejection
		require.ErrorAs(t, err, &r)
		require.NotEmpty(t, r.Detail)
		return
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = compile(module) // its types may be wrong, that is for wazero to find
	}()
	select {
	case <-done:
	case <-time.After(30 * time.Second): // far above what the limits leave, far below what they prevent
		require.FailNow(t, "wazero is still compiling")
	}
	runtime.ReadMemStats(&after)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(256<<20))
}

// seeds returns small good modules of every kind.
func seeds(t testing.TB) (all [][]byte) {
	for _, pattern := range []string{"testdata/*.wasm", "testdata/*/*.wasm", "../rule/testdata/wat/*.wasm"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, file := range files {
			all = append(all, readFile(t, file))
		}
	}
	return append(all, topBottom(t))
}

func FuzzCheck(f *testing.F) {
	for _, module := range seeds(f) {
		f.Add(module)
	}
	f.Fuzz(func(t *testing.T, module []byte) { harmless(t, module) })
}

// mutated returns a good module with a few bytes changed, left out or doubled.
func mutated(t *rapid.T, all [][]byte) []byte {
	module := append([]byte(nil), rapid.SampledFrom(all).Draw(t, "module")...)
	for range rapid.IntRange(1, 4).Draw(t, "mutations") {
		at := rapid.IntRange(0, len(module)-1).Draw(t, "at")
		switch rapid.IntRange(0, 4).Draw(t, "how") {
		case 0:
			module[at] = rapid.Byte().Draw(t, "byte")
		case 1:
			module[at] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		case 2:
			module[at] = rapid.SampledFrom([]byte{0x00, 0x0b, 0x40, 0x41, 0x7f, 0x80, 0xfc, 0xff}).Draw(t, "byte")
		case 3:
			module = append(module[:at:at], module[min(len(module), at+1):]...)
		case 4:
			end := min(len(module), at+rapid.IntRange(1, 16).Draw(t, "n"))
			module = append(module[:end:end], module[at:]...)
		}
		if len(module) == 0 {
			break
		}
	}
	return module
}

func TestMutations(t *testing.T) {
	all := seeds(t)
	rapid.Check(t, func(t *rapid.T) { harmless(t, mutated(t, all)) })
}

// meters holds Meter to its promises: it never panics, and agrees with Check;
// wazero compiles a module metered when it does so plain; and where nothing is
// imported and the fuel suffices, both do the same.
func meters(t require.TestingT, plain []byte) {
	refused := sandbox.Check(plain, sandbox.Limits{})
	m, err := sandbox.Meter(plain, sandbox.Limits{})
	require.Equal(t, refused, err)
	if refused != nil || len(plain) > 4<<10 { // compiling takes the time
		return
	}
	ctx := context.Background()
	config := wazero.NewRuntimeConfigCompiler().WithCoreFeatures(features).WithMemoryLimitPages(4)
	rt := wazero.NewRuntimeWithConfig(ctx, config)
	defer func() { _ = rt.Close(ctx) }()
	before, err := rt.CompileModule(ctx, plain)
	after, meteredErr := rt.CompileModule(ctx, m.Module)
	require.Equal(t, err == nil, meteredErr == nil, "plain: %v, metered: %v", err, meteredErr)
	if err != nil || len(before.ImportedFunctions()) > 0 {
		return
	}
	anonymous := wazero.NewModuleConfig().WithName("").WithStartFunctions()
	p, err := rt.InstantiateModule(ctx, before, anonymous)
	q, meteredErr := rt.InstantiateModule(ctx, after, anonymous)
	require.Equal(t, err == nil, meteredErr == nil, "plain: %v, metered: %v", err, meteredErr)
	if err != nil {
		return
	}
	expected, got := &instance{Module: p}, &instance{Module: q, fuel: q.ExportedGlobal(m.Fuel).(api.MutableGlobal)}
	for name, function := range p.ExportedFunctionDefinitions() {
		args := make([]uint64, len(function.ParamTypes()))
		got.fuel.Set(1_000_000)
		o := got.try(name, args...)
		if int64(got.fuel.Get()) < 0 || strings.Contains(o.Trap, "stack overflow") {
			return // plain it may never end
		}
		require.Equal(t, expected.try(name, args...), o, name)
	}
}

func FuzzMeter(f *testing.F) {
	for _, module := range seeds(f) {
		f.Add(module)
	}
	f.Fuzz(func(t *testing.T, plain []byte) { meters(t, plain) })
}

// TestMeterMutations is FuzzMeter on good modules with a few bytes changed.
func TestMeterMutations(t *testing.T) {
	all := seeds(t)
	rapid.Check(t, func(r *rapid.T) { meters(r, mutated(r, all)) })
}
