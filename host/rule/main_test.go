package rule

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"edgesignal/guest/rules"
	"edgesignal/host/release"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const plainMeta = `{"name":"odd","version":"1","params":{"type":"object"}}`

// wat returns a module of testdata/wat with meta as its metadata.
func wat(t testing.TB, name, meta string) []byte {
	t.Helper()
	wasm, err := os.ReadFile(filepath.Join("testdata", "wat", name+".wasm"))
	require.NoError(t, err)
	wasm, err = WithMeta(wasm, []byte(meta))
	require.NoError(t, err)
	return wasm
}

func stock(t testing.TB, name string) []byte {
	t.Helper()
	wasm, ok := rules.Stock(name)
	require.True(t, ok)
	return wasm
}

// admitted compiles and closes at the end of the test.
func admitted(t testing.TB, wasm []byte, opt Options) *Module {
	t.Helper()
	m, err := Compile(t.Context(), wasm, opt)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, m.Close()) })
	return m
}

func topBottom(t testing.TB) *Module { return admitted(t, stock(t, rules.TopBottom), Options{}) }

// run returns the weights of one Construct.
func run(t testing.TB, m *Module, in Input) ([]float64, error) {
	out, err := m.Construct(t.Context(), in)
	return out.Weights, err
}

// over returns an input of these predictions, without columns.
func over(predictions ...float64) Input {
	return Input{Predictions: predictions, Ranks: make([]float64, len(predictions))}
}

// parsed returns parameters that are right in form.
func parsed(t require.TestingT, text string) Params {
	p, err := ParseParams([]byte(text))
	require.NoError(t, err)
	return p
}

// accepts returns what the module's schema says of parameters.
func accepts(m *Module, text string) error {
	p, err := ParseParams([]byte(text))
	if err == nil {
		_, err = m.Accept(p)
	}
	return err
}

// asWritten returns parameters that a guest gets as they are.
func asWritten(text string) Params { return Params{text: text} }

func requireRejection(t *testing.T, err error, reason release.Reason, detail string) {
	t.Helper()
	var r *release.Rejection
	require.ErrorAs(t, err, &r)
	require.Equal(t, reason, r.Reason, r.Detail)
	require.Contains(t, r.Detail, detail)
}

func requireFault(t *testing.T, err error, kind FaultKind, detail string) *Fault {
	t.Helper()
	var f *Fault
	require.ErrorAs(t, err, &f)
	require.Equal(t, kind, f.Kind, f.Detail)
	require.Contains(t, f.Detail, detail)
	return f
}
