package hostile_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/internal/hostile"
	"edgesignal/host/portfolio"
	"edgesignal/host/release"
	"edgesignal/host/rule"
	"edgesignal/host/sandbox"
)

func TestCasesAreWhole(t *testing.T) {
	cases := hostile.All(t)
	names := map[string]bool{}
	total := 0
	for _, c := range cases {
		require.NotEmpty(t, c.Name)
		require.False(t, names[c.Name], "twice: %s", c.Name)
		names[c.Name] = true
		total += len(c.Wasm)

		require.Equal(t, c.Stage == hostile.Passed, c.Reason == "", c.Name)
		ends := c.Stage == hostile.Start || c.Stage == hostile.Probe
		require.False(t, ends && c.Call.Fault == "", "%s: what does it do?", c.Name)
		require.False(t, c.Call.Fault != "" && c.Call.Breaks != "", c.Name)
		require.False(t, c.Stage == hostile.Passed && c.Call.Fault != "" && c.Call.Fault != "status", "%s: the probe would show it", c.Name)
	}
	require.Greater(t, len(hostile.Sample(t)), 25)
	require.LessOrEqual(t, len(hostile.Sample(t)), len(cases))
	require.Less(t, total, 48<<20)
}

// The structural check has the last word on its own cases, and lets all others by.
func TestStructuralCheck(t *testing.T) {
	for _, c := range hostile.Cases(t) {
		t.Run(c.Name, func(t *testing.T) {
			err := sandbox.Check(c.Wasm, sandbox.Limits{})
			switch c.Stage {
			case hostile.Structure:
				require.NotEmpty(t, c.Detail)
				requireRejection(t, err, c.Reason, c.Detail)
			case hostile.Metering: // refused at the latest where fuel is put in
				if err != nil {
					requireRejection(t, err, c.Reason, c.Detail)
				}
			default:
				require.NoError(t, err)
			}
		})
	}
}

// runnable reports whether the module gets as far as the runtime, quickly.
func runnable(c hostile.Case) bool {
	switch c.Stage {
	case hostile.Structure, hostile.Metering, hostile.Compiling:
		return false
	}
	return true
}

func TestAdmission(t *testing.T) {
	for _, c := range hostile.Cases(t) {
		if !runnable(c) {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			m, err := rule.Compile(t.Context(), c.Wasm, rule.Options{Instances: 1})
			if c.Stage == hostile.Admission || c.Stage == hostile.Start {
				requireRejection(t, err, c.Reason, c.Detail)
				return
			}
			require.NoError(t, err)
			defer func() { require.NoError(t, m.Close()) }()
			if c.Stage == hostile.Parameters {
				columns := m.Meta().Columns
				p, err := rule.ParseParams(c.Params)
				if err == nil {
					_, err = m.Accept(p)
				}
				if err != nil {
					require.Contains(t, "the release's parameters: "+err.Error(), c.Detail)
				} else {
					require.Len(t, columns, 1)
					require.False(t, portfolio.ProvidedColumns[columns[0]])
				}
			}
		})
	}
}

// Each call is what the case says, over few symbols and over many, the second
// and the third like the first.
func TestEveryCall(t *testing.T) {
	for _, c := range hostile.Cases(t) {
		if !runnable(c) || c.Stage != hostile.Probe && c.Stage != hostile.Passed {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			for _, n := range []int{hostile.ProbeSymbols, 2000} {
				want := c.Call
				if n > hostile.ProbeSymbols {
					want = c.Beyond
				}
				m, err := rule.Compile(t.Context(), c.Wasm, rule.Options{Instances: 1})
				require.NoError(t, err)
				for range 3 {
					out, err := m.Construct(t.Context(), input(t, n, c))
					requireOutcome(t, want, n, out.Weights, err)
					if want.Fault == "fuel" {
						break
					}
				}
				require.NoError(t, m.Close())
			}
		})
	}
}

func params(t *testing.T, c hostile.Case) rule.Params {
	p, err := rule.ParseParams(c.Params)
	require.NoError(t, err)
	return p
}

// input returns n distinct predictions, the last symbol's the highest.
func input(t *testing.T, n int, c hostile.Case) rule.Input {
	in := rule.Input{Params: params(t, c), Predictions: make([]float64, n), Ranks: make([]float64, n)}
	for i := range n {
		in.Predictions[i], in.Ranks[i] = float64(i)/1000, float64(n-i)
	}
	return in
}

func requireOutcome(t *testing.T, want hostile.Outcome, n int, weights []float64, err error) {
	t.Helper()
	if want.Fault != "" {
		var f *rule.Fault
		require.ErrorAs(t, err, &f)
		require.Equal(t, want.Fault, string(f.Kind), f.Detail)
		require.Equal(t, want.Status, f.Status)
		require.Contains(t, f.Detail, want.Detail)
		return
	}
	require.NoError(t, err)
	require.Len(t, weights, n)
	err = portfolio.CheckLimits(weights, release.DefaultLimits)
	if want.Breaks != "" {
		var limit *portfolio.LimitError
		require.ErrorAs(t, err, &limit)
		require.Equal(t, want.Breaks, limit.Limit)
		return
	}
	require.NoError(t, err)
	for _, w := range weights {
		if math.IsNaN(want.Each) {
			require.Equal(t, weights[0], w)
			continue
		}
		require.Equal(t, math.Float64bits(want.Each/float64(n)), math.Float64bits(w), "%v", w)
	}
}
