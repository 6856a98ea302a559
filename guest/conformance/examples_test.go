package conformance

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"edgesignal/guest"
	"edgesignal/host/portfolio"
	"edgesignal/host/rule"
	"edgesignal/host/sandbox"
)

// example returns the module of risk_tilt in a language: Go is built by the Go tool
// that runs the tests, the others are committed.
func example(t testing.TB, language string) []byte {
	t.Helper()
	if language == guest.Go {
		return goModule(t)
	}
	wasm, err := os.ReadFile(filepath.Join("..", language, "risk_tilt.wasm"))
	require.NoError(t, err)
	return wasm
}

func goModule(t testing.TB) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "rule.wasm")
	cmd := exec.Command("go", "build", "-buildmode=c-shared", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", out, "../go")
	cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "CGO_ENABLED=0", "GOFLAGS=")
	text, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", text)
	wasm, err := os.ReadFile(out)
	require.NoError(t, err)
	return withMeta(t, wasm, "../example/meta.json")
}

func withMeta(t testing.TB, wasm []byte, path string) []byte {
	t.Helper()
	meta, err := os.ReadFile(path)
	require.NoError(t, err)
	wasm, err = rule.WithMeta(wasm, meta)
	require.NoError(t, err)
	return wasm
}

// admitted returns a module that makes its calls one after the other in one instance.
func admitted(t testing.TB, wasm []byte) *rule.Module {
	t.Helper()
	require.NoError(t, sandbox.Check(wasm, sandbox.Limits{}))
	m, err := rule.Compile(t.Context(), wasm, rule.Options{Instances: 1})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, m.Close()) })
	return m
}

func constructor(t testing.TB, m *rule.Module) Construct {
	return func(in rule.Input) ([]float64, error) {
		out, err := m.Construct(t.Context(), in)
		return out.Weights, err
	}
}

var languages = []string{guest.Go, guest.AssemblyScript, guest.C}

func TestExamples(t *testing.T) {
	text, err := os.ReadFile("../example/meta.json")
	require.NoError(t, err)
	var meta rule.Meta
	require.NoError(t, json.Unmarshal(text, &meta))
	for _, language := range languages {
		t.Run(language, func(t *testing.T) {
			m := admitted(t, example(t, language))
			require.Equal(t, meta.Name, m.Meta().Name)
			require.Equal(t, meta.Columns, m.Meta().Columns)
			require.JSONEq(t, string(meta.Params), string(m.Meta().Params))
			conforms(t, riskTiltVectors(t), constructor(t, m))
			t.Run("random input", func(t *testing.T) { agrees(t, m) })
		})
	}
}

// agrees holds a module against the reference on input that nobody chose.
func agrees(t *testing.T, m *rule.Module) {
	number := rapid.OneOf(
		rapid.Float64Range(-0.1, 0.1),
		rapid.Float64(),
		rapid.SampledFrom([]float64{0, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.SmallestNonzeroFloat64, math.MaxFloat64}),
	)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(t, "n")
		in := rule.Input{
			Params:      params(t),
			Predictions: rapid.SliceOfN(rapid.OneOf(rapid.Float64Range(-0.1, 0.1), rapid.Float64()), n, n).Draw(t, "predictions"),
			Columns:     [][]float64{rapid.SliceOfN(number, n, n).Draw(t, "volatility")},
		}
		for _, rank := range portfolio.DenseRanks(in.Predictions) {
			in.Ranks = append(in.Ranks, float64(rank))
		}
		want, wantErr := reference(in)
		out, err := m.Construct(t.Context(), in)
		if wantErr != nil {
			var w, f *rule.Fault
			require.ErrorAs(t, wantErr, &w)
			require.ErrorAs(t, err, &f)
			require.Equal(t, w.Status, f.Status)
			require.Equal(t, w.Detail, f.Detail)
			return
		}
		require.NoError(t, err)
		require.Equal(t, want, out.Weights)
	})
}

// text is short, and without the character that C's strings end with.
var text = rapid.StringN(0, 20, -1).Filter(func(s string) bool { return !strings.Contains(s, "\x00") })

// params returns some of the parameters, with numbers of up to 16 digits.
func params(t *rapid.T) rule.Params {
	p := map[string]any{}
	if rapid.Bool().Draw(t, "with gross") {
		digits := rapid.IntRange(1, 999_999_999_999_999).Draw(t, "digits")
		p["gross"] = json.Number(rapid.SampledFrom([]string{"", "0.", "1.", "-"}).Draw(t, "before") + strconv.Itoa(digits) +
			rapid.SampledFrom([]string{"", "e-5", "E+2"}).Draw(t, "after"))
	}
	if rapid.Bool().Draw(t, "with long_only") {
		p["long_only"] = rapid.Bool().Draw(t, "long_only")
	}
	if rapid.Bool().Draw(t, "with by") {
		p["by"] = rapid.OneOf(rapid.SampledFrom([]string{"prediction", "rank"}), text).Draw(t, "by")
	}
	text, err := json.Marshal(p)
	require.NoError(t, err)
	all, err := rule.ParseParams(text)
	require.NoError(t, err)
	return all
}

func BenchmarkConstruct(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	const n = 500
	in := rule.Input{Columns: [][]float64{nil}}
	for i := range n {
		in.Predictions = append(in.Predictions, random.Float64()-0.5)
		in.Ranks = append(in.Ranks, float64(i+1))
		in.Columns[0] = append(in.Columns[0], 0.01+random.Float64())
	}
	for _, language := range languages {
		m := admitted(b, example(b, language))
		b.Run(language, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := m.Construct(b.Context(), in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
