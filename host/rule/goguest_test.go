package rule

import (
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/internal/programtest"
)

// goGuest returns testdata/goguest.
func goGuest(t testing.TB) []byte {
	t.Helper()
	wasm, err := WithMeta(programtest.Guest(t, "./testdata/goguest"), []byte(plainMeta))
	require.NoError(t, err)
	return wasm
}

// A Go rule needs _initialize and WASI; it gets nothing of the outside.
func TestGoGuest(t *testing.T) {
	m := admitted(t, goGuest(t), Options{Instances: 1})
	call := func(mode string, predictions ...float64) ([]float64, error) {
		in := over(predictions...)
		if mode != "" {
			in.Params = parsed(t, `{"mode":"`+mode+`"}`)
		}
		return run(t, m, in)
	}

	t.Run("sees nothing and computes", func(t *testing.T) {
		for range 3 {
			weights, err := call("", 0.25, -0.5, 0)
			require.NoError(t, err)
			require.Equal(t, []float64{0.25, -0.5, 0}, weights)
		}
	})
	t.Run("print is log", func(t *testing.T) {
		_, err := call("print", 1, 2)
		f := requireFault(t, err, FaultStatus, "and")
		require.Equal(t, int32(42), f.Status)
		require.Equal(t, []Line{{LevelInfo, "to standard output"}, {LevelInfo, "to standard error: 2 symbols, 2 columns"}, {LevelInfo, "and"}}, f.Log)
	})
	t.Run("exit 0 is a fault", func(t *testing.T) {
		_, err := call("exit", 1)
		requireFault(t, err, FaultExit, "rule_construct called proc_exit(0)")
	})
	t.Run("panic is a fault", func(t *testing.T) {
		_, err := call("panic", 1)
		f := requireFault(t, err, FaultTrap, "rule_construct: wasm error: unreachable")
		require.Contains(t, f.Log[0].Text, "the rule gives up")
	})
	t.Run("random is the same on a fresh instance", func(t *testing.T) {
		once := func() []float64 {
			_, err := call("exit", 1) // throws the instance away
			require.Error(t, err)
			weights, err := call("random", 1, 2, 3)
			require.NoError(t, err)
			return weights
		}
		first := once()
		require.Equal(t, first, once())
	})
	t.Run("sleep uses up the fuel", func(t *testing.T) {
		_, err := call("sleep", 1)
		requireFault(t, err, FaultFuel, "rule_construct used more than")
	})
}
