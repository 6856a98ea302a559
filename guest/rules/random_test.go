package rules_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"edgesignal/guest/rules"
)

func TestRulesEqualTheirFormulas(t *testing.T) {
	for _, name := range rules.Names() {
		t.Run(name, func(t *testing.T) {
			m := module(t, name)
			rapid.Check(t, func(t *rapid.T) {
				in := drawInput(t, name)
				got, err := construct(m, in)
				require.NoError(t, err)
				requireWeights(t, reference(name, in), got)
			})
		})
	}
}

// shape makes n values without a random generator, so that a failure names them.
func shape(n int, at func(i int) float64) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = at(i)
	}
	return values
}

// Orders that are hard on a heap, at a size where n^2 would show.
var shapes = []struct {
	name string
	at   func(i int) float64
}{
	{"ascending", func(i int) float64 { return float64(i) / 1e5 }},
	{"descending", func(i int) float64 { return float64(-i) / 1e5 }},
	{"all equal", func(int) float64 { return 0.1 }},
	{"saw", func(i int) float64 { return float64(i*7919%101) / 1e3 }},
	{"shuffled", func(i int) float64 { return float64(i*7919%3000) / 1e5 }},
	{"the first stands out", func(i int) float64 { return max(1e6*float64(1-i), 0) + float64(i%7)/10 }},
}

func largeColumns(n int) map[string][]float64 {
	return columnsOf(
		shape(n, func(i int) float64 { return []float64{0.01, 0.02, nan, 0.03, 0}[i*31%5] + float64(i%100)/1e4 }),
		shape(n, func(i int) float64 { return []float64{1, 2, nan, 3, 4, 5, 11}[i*17%7] }),
		shape(n, func(i int) float64 { return float64(i*37%21-10) / float64(6*n) }),
	)
}

func TestRulesEqualTheirFormulasOverManySymbols(t *testing.T) {
	const n = 3000
	params := map[string][]string{
		rules.Capped:         {`{"max_weight":0.0007}`, `{"max_weight":0.000668}`, `{"long_only":true,"max_weight":0.001}`},
		rules.ZScoreWeighted: {`{}`, `{"clip":0.5}`},
	}
	for _, name := range rules.Names() {
		m := module(t, name)
		for _, s := range shapes {
			t.Run(name+"/"+s.name, func(t *testing.T) {
				for _, p := range append(params[name], paramsOverMany(name)...) {
					in := input{predictions: shape(n, s.at), columns: largeColumns(n), params: p}
					got, err := construct(m, in)
					require.NoError(t, err)
					requireWeights(t, reference(name, in), got)
				}
			})
		}
	}
}

// paramsOverMany returns legs of one, of many and of more than there are, for the
// rules that have legs.
func paramsOverMany(rule string) []string {
	if parameterNames[rule][0] != "top_n" {
		return []string{`{}`}
	}
	var params []string
	for _, k := range [][2]int{{1, 1}, {300, 300}, {1500, 1500}, {2999, 1}, {10000, 2}} {
		params = append(params, fmt.Sprintf(`{"top_n":%d,"bottom_n":%d}`, k[0], k[1]))
	}
	return params
}

// The largest call that a host makes. Rounding does not add up to a bet on the
// market where the book promises that there is none.
func TestRulesOverAsManySymbolsAsThereCanBe(t *testing.T) {
	const n = 20_000
	neutral := map[string]bool{rules.RankWeighted: true, rules.ZScoreWeighted: true, rules.SectorNeutral: true}
	for _, name := range rules.Names() {
		t.Run(name, func(t *testing.T) {
			m := module(t, name)
			for _, s := range shapes {
				got, err := construct(m, input{predictions: shape(n, s.at), columns: largeColumns(n)})
				require.NoError(t, err)
				require.LessOrEqual(t, gross(got), 2*(1+tolerance))
				if neutral[name] {
					require.InDelta(t, 0, net(got), tolerance, s.name)
				}
			}
		})
	}
}

// A NaN is the rule's own error, wherever it stands; so is an infinity where
// the rule calculates with the predictions.
func TestPredictionsThatAreNoNumbers(t *testing.T) {
	onlyOrder := map[string]bool{rules.TopBottom: true, rules.RankWeighted: true, rules.NoTradeBand: true, rules.TurnoverLimited: true}
	for _, name := range rules.Names() {
		m := module(t, name)
		for at := range 3 {
			for _, v := range []float64{nan, math.Inf(1), math.Inf(-1)} {
				t.Run(fmt.Sprintf("%s/%v at %d", name, v, at), func(t *testing.T) {
					in := input{predictions: []float64{1, 2, 3}, columns: columnsOf([]float64{1, 1, 1}, []float64{1, 1, 1}, []float64{0, 0, 0})}
					in.predictions[at] = v
					got, err := construct(m, in)
					if onlyOrder[name] && !math.IsNaN(v) {
						require.NoError(t, err)
						require.Len(t, got, 3)
						return
					}
					requireStatus(t, err, 2)
				})
			}
		}
	}
}
