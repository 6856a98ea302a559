package conformance

import (
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/rule"
)

func TestParse(t *testing.T) {
	v, err := Parse([]byte(`{"columns":["a"],"cases":[{"name":"n","calls":[{"predictions":[1,null,"inf","-inf",-0],"columns":{"a":[]},"weights":[]}]}]}`))
	require.NoError(t, err)
	got := floats(v.Cases[0].Calls[0].Predictions)
	require.True(t, math.IsNaN(got[1]))
	require.True(t, math.Signbit(got[4]))
	require.Equal(t, []float64{1, math.Inf(1), math.Inf(-1)}, []float64{got[0], got[2], got[3]})
	for _, text := range []string{`{`, `{"case":[]}`, `{"cases":[{"calls":[{"weights":["nan"]}]}]}`} {
		_, err := Parse([]byte(text))
		require.Error(t, err, text)
	}
}

// A suite that takes everything would hold nobody to anything.
func TestRunSaysWhatDiffers(t *testing.T) {
	answer := func(w ...float64) Construct { return func(rule.Input) ([]float64, error) { return w, nil } }
	failure := func(err error) Construct { return func(rule.Input) ([]float64, error) { return nil, err } }
	two := Call{Predictions: []Float{1, 2}, Weights: []Float{0.5, 0}}
	many := Call{Generate: &Generator{N: 3}, WeightsSHA256: sum([]float64{1, 2, 3})}
	own2 := Call{Predictions: []Float{1}, Status: 2, Message: "so it is"}
	tests := []struct {
		name      string
		call      Call
		construct Construct
		want      string // "" = conforms
	}{
		{"equal", two, answer(0.5, 0), ""},
		{"an ulp", two, answer(math.Nextafter(0.5, 1), 0), "weight 0 is 0.5000000000000001, want 0.5"},
		{"the other zero", two, answer(0.5, math.Copysign(0, -1)), "weight 1 is -0, want 0"},
		{"too few", two, answer(0.5), "1 weights, want 2"},
		{"an error for weights", two, failure(own(1, "no")), "no"},
		{"equal sum", many, answer(1, 2, 3), ""},
		{"another sum", many, answer(1, 2, 4), "SHA-256"},
		{"the status", own2, failure(own(2, "so it is")), ""},
		{"another status", own2, failure(own(3, "so it is")), "status 3, want 2"},
		{"another message", own2, failure(own(2, "so it was")), `"so it was", want "so it is"`},
		{"weights for a status", own2, answer(1), "weights, want status 2"},
		{"a trap for a status", own2, failure(&rule.Fault{Kind: rule.FaultTrap, Status: 2, Detail: "so it is"}), "want status 2"},
		{"no fault for a status", own2, failure(errors.New("closed")), "closed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := Case{Name: "c", Calls: []Call{tt.call}}.Run(nil, tt.construct)
			if tt.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, tt.want)
		})
	}
}

func TestInput(t *testing.T) {
	call := Call{Predictions: []Float{1, 3, 1}, Columns: map[string][]Float{"b": {4, 5, 6}, "a": {7, 8, 9}}}
	require.Equal(t, rule.Input{
		Predictions: []float64{1, 3, 1},
		Ranks:       []float64{2, 1, 2},
		Columns:     [][]float64{{7, 8, 9}, {4, 5, 6}},
	}, call.input([]string{"a", "b"}))

	call = Call{Generate: &Generator{N: 20, Seed: 1}}
	in := call.input([]string{"volatility_20d"})
	require.Len(t, in.Columns, 1)
	require.True(t, math.IsNaN(in.Columns[0][16]))
	require.InDelta(t, 0.03, in.Columns[0][0], 0.025)
	require.Len(t, in.Ranks, 20)
}
