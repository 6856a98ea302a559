package sandbox_test

import (
	"context"
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"edgesignal/host/internal/programtest"
	"edgesignal/host/sandbox"
)

// guests returns rules as the toolchains make them, by the toolchain's name.
func guests(t testing.TB) map[string][]byte {
	return map[string][]byte{
		"C":              topBottom(t),
		"AssemblyScript": readFile(t, "testdata", "asguest", "rule.wasm"),
		"Go":             programtest.Guest(t, "../rule/testdata/goguest"),
		"Go with json":   programtest.Guest(t, "./testdata/goguest"),
	}
}

// instance is a module that runs.
type instance struct {
	api.Module
	t    testing.TB
	fuel api.MutableGlobal // nil in a plain module
}

// plenty is more fuel than any test uses.
const plenty = 1 << 50

// load instantiates a module with a configuration of wazero's and calls nothing.
func load(t testing.TB, config wazero.RuntimeConfig, module []byte) *instance {
	t.Helper()
	ctx := context.Background()
	rt := wazero.NewRuntimeWithConfig(ctx, config.WithCoreFeatures(features).WithMemoryLimitPages(sandbox.DefaultMemoryPages))
	t.Cleanup(func() { _ = rt.Close(ctx) })
	wasi_snapshot_preview1.MustInstantiate(ctx, rt)
	_, err := rt.NewHostModuleBuilder("host").NewFunctionBuilder().
		WithFunc(func(int32, int32, int32) {}).Export("log").Instantiate(ctx)
	require.NoError(t, err)
	m, err := rt.InstantiateWithConfig(ctx, module, wazero.NewModuleConfig().WithStartFunctions().
		WithWalltime(func() (int64, int32) { return 1_640_995_200, 0 }, 1).
		WithNanotime(func() int64 { return 1_640_995_200_000_000_000 }, 1))
	require.NoError(t, err)
	i := &instance{Module: m, t: t}
	if g, ok := m.ExportedGlobal("edgesignal.fuel").(api.MutableGlobal); ok {
		i.fuel = g
	}
	return i
}

// start loads a module and calls its _initialize. A metered one gets plenty of
// fuel.
func start(t testing.TB, config wazero.RuntimeConfig, module []byte) *instance {
	t.Helper()
	i := load(t, config, module)
	if i.fuel != nil {
		i.fuel.Set(plenty)
	}
	if f := i.ExportedFunction("_initialize"); f != nil {
		_, err := f.Call(context.Background())
		require.NoError(t, err)
	}
	return i
}

// call calls an export that has to come back.
func (i *instance) call(name string, args ...uint64) uint64 {
	i.t.Helper()
	results, err := i.ExportedFunction(name).Call(context.Background(), args...)
	require.NoError(i.t, err)
	if len(results) == 0 {
		return 0
	}
	return results[0]
}

// floats writes values into a buffer that the guest gives, and gives its place.
func (i *instance) floats(values []float64) uint64 {
	at := i.call("rule_alloc", uint64(8*len(values)))
	for k, v := range values {
		require.True(i.t, i.Memory().WriteUint64Le(uint32(at)+8*uint32(k), math.Float64bits(v)))
	}
	return at
}

// construct configures a rule, gives it the predictions and returns its
// weights, as bits.
func (i *instance) construct(params string, predictions []float64) []uint64 {
	i.t.Helper()
	at := i.call("rule_alloc", uint64(len(params)))
	require.True(i.t, i.Memory().WriteString(uint32(at), params))
	require.Zero(i.t, i.call("rule_configure", at, uint64(len(params))))
	in, out := i.floats(predictions), i.floats(predictions)
	require.Zero(i.t, i.call("rule_construct", uint64(len(predictions)), 1, in, out))
	b, ok := i.Memory().Read(uint32(out), uint32(8*len(predictions)))
	require.True(i.t, ok)
	weights := make([]uint64, len(predictions))
	for k := range weights {
		weights[k] = binary.LittleEndian.Uint64(b[8*k:])
	}
	return weights
}

// shuffled returns n different predictions.
func shuffled(n int) []float64 {
	predictions := make([]float64, n)
	for i := range predictions {
		predictions[i] = float64(i*7919%10007)/10007 - 0.5
	}
	return predictions
}

func meter(t testing.TB, module []byte) sandbox.Metered {
	t.Helper()
	m, err := sandbox.Meter(module, sandbox.Limits{})
	require.NoError(t, err)
	return m
}

// outcome is what a call left behind.
type outcome struct {
	Results []uint64
	Trap    string
	Memory  []byte
}

// try calls an export, which may trap.
func (i *instance) try(name string, args ...uint64) (o outcome) {
	results, err := i.ExportedFunction(name).Call(context.Background(), args...)
	if o.Results = results; err != nil {
		o.Trap, _, _ = strings.Cut(err.Error(), "\n")
	}
	for name := range i.ExportedMemoryDefinitions() {
		m := i.ExportedMemory(name)
		b, _ := m.Read(0, m.Size())
		o.Memory = slices.Clone(b)
	}
	return o
}
