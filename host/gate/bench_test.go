package gate_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/guest/rules"
	"edgesignal/host/gate"
	"edgesignal/host/internal/programtest"
	"edgesignal/host/rule"
)

// BenchmarkGate is the demo's release, 100 trees with 45 golden rows and 3
// golden portfolios, through the gate's process, start and end of it included:
// with an empty cache of compiled code and with a filled one. load is what the
// host does afterwards.
func BenchmarkGate(b *testing.B) {
	program := programtest.Program(b)
	for _, bc := range []struct {
		name string
		rule func(testing.TB) []byte
	}{
		{"C", func(t testing.TB) []byte { return stock(t, rules.TopBottom) }},
		{"Go", goRule},
	} {
		c := good(b)
		c.Rule = bc.rule(b)
		if bc.name == "Go" {
			c.Golden, c.Manifest.RuleParams = nil, nil // they are top_bottom's
		}
		sign(&c)
		job := gate.Job{Candidate: c}
		b.Run(bc.name+"/cold", func(b *testing.B) {
			dir := filepath.Join(b.TempDir(), "compiled")
			g := &gate.Child{Program: program, Rule: rule.Options{CacheDir: dir}}
			for b.Loop() {
				_, err := g.Check(b.Context(), job)
				require.NoError(b, err)
				b.StopTimer()
				require.NoError(b, os.RemoveAll(dir))
				b.StartTimer()
			}
		})
		g := &gate.Child{Program: program, Rule: rule.Options{CacheDir: filepath.Join(b.TempDir(), "compiled")}}
		v, err := g.Check(b.Context(), job)
		require.NoError(b, err)
		b.Run(bc.name+"/warm", func(b *testing.B) {
			for b.Loop() {
				_, err := g.Check(b.Context(), job)
				require.NoError(b, err)
			}
		})
		b.Run(bc.name+"/load", func(b *testing.B) {
			for b.Loop() {
				l, err := gate.Load(b.Context(), c, v, g.Rule)
				require.NoError(b, err)
				require.NoError(b, l.Rule.Close())
			}
		})
	}
}

// goRule returns the example of the Go SDK.
func goRule(t testing.TB) []byte {
	t.Helper()
	meta, err := os.ReadFile(filepath.Join("..", "..", "guest", "example", "meta.json"))
	require.NoError(t, err)
	wasm, err := rule.WithMeta(programtest.Guest(t, "edgesignal/guest/go"), meta)
	require.NoError(t, err)
	return wasm
}
