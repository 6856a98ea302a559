package rules_test

import (
	"encoding/json"
	"math"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"edgesignal/guest/rules"
)

// predictionsOf are the sets of predictions that break careless arithmetic.
var predictionsOf = map[string]*rapid.Generator[float64]{
	"returns":          rapid.Float64Range(-0.05, 0.05),
	"ties":             rapid.Map(rapid.IntRange(-3, 3), func(i int) float64 { return float64(i) / 10 }),
	"all equal":        rapid.Just(0.1),
	"any up to 1e300":  rapid.Float64Range(-1e300, 1e300),
	"huge":             rapid.Map(rapid.Float64Range(-1.7e8, 1.7e8), func(v float64) float64 { return v * 1e300 }),
	"largest":          rapid.SampledFrom([]float64{math.MaxFloat64, -math.MaxFloat64, 0x1p1000, 1}),
	"small":            rapid.Float64Range(-1e-290, 1e-290),
	"subnormal":        rapid.Map(rapid.IntRange(-9, 9), func(i int) float64 { return float64(i) * math.SmallestNonzeroFloat64 }),
	"neighbours of 1":  rapid.Map(rapid.Uint64Range(0, 9), func(k uint64) float64 { return math.Float64frombits(math.Float64bits(1) + k) }),
	"close to 1e6":     rapid.Map(rapid.IntRange(0, 99), func(i int) float64 { return 1e6 + float64(i)/1e7 }),
	"one stands out":   rapid.Map(rapid.IntRange(0, 40), func(i int) float64 { return 1e12/float64(1+1000000*i) - 1 }),
	"zero of any sign": rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 1, -1}),
}

func drawPredictions(t *rapid.T, n int) []float64 {
	kind := rapid.SampledFrom(slices.Sorted(keys(predictionsOf))).Draw(t, "kind")
	return rapid.SliceOfN(predictionsOf[kind], n, n).Draw(t, "predictions")
}

func keys[V any](m map[string]V) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func drawColumns(t *rapid.T, n int) map[string][]float64 {
	odd := rapid.SampledFrom([]float64{nan, 0, -0.01, math.Inf(1), math.Inf(-1), math.SmallestNonzeroFloat64, math.MaxFloat64})
	v := rapid.OneOf(rapid.Float64Range(0.005, 0.1), rapid.Float64Range(0.005, 0.1), odd)
	sector := rapid.OneOf(rapid.Map(rapid.IntRange(0, 5), func(i int) float64 { return float64(i) }), rapid.SampledFrom([]float64{nan, math.Copysign(0, -1), 0.5}))
	// Weights of books like the target's, so that the band and the limits matter.
	book := rapid.OneOf(
		rapid.Map(rapid.IntRange(-20, 20), func(i int) float64 { return float64(i) / 50 }),
		rapid.Float64Range(-0.1, 0.1), rapid.SampledFrom([]float64{nan, 0, 0.34, -0.34, 1.01, 1. / 3, -1. / 3}),
	)
	if rapid.IntRange(0, 9).Draw(t, "odd book") == 0 {
		book = rapid.OneOf(book, odd)
	}
	return columnsOf(
		rapid.SliceOfN(v, n, n).Draw(t, "volatility_20d"),
		rapid.SliceOfN(sector, n, n).Draw(t, "sector"),
		rapid.SliceOfN(book, n, n).Draw(t, "previous_weight"),
	)
}

// decimals draws a number from low to high with at most six decimals.
func decimals(t *rapid.T, label string, low, high float64) float64 {
	return float64(rapid.IntRange(int(math.Round(low*1e6)), int(math.Round(high*1e6))).Draw(t, label)) / 1e6
}

// drawParams leaves each parameter of the rule out or takes a value that its
// schema allows.
func drawParams(t *rapid.T, rule string, n int) string {
	all := map[string]any{}
	for _, name := range parameterNames[rule] {
		if rapid.Bool().Draw(t, name+" is given") {
			all[name] = drawParam(t, name, n)
		}
	}
	text, err := json.Marshal(all)
	require.NoError(t, err)
	return string(text)
}

var parameterNames = map[string][]string{
	rules.TopBottom:         {"top_n", "bottom_n"},
	rules.RankWeighted:      {"gross", "long_only"},
	rules.ZScoreWeighted:    {"gross", "long_only", "clip"},
	rules.InverseVolatility: {"top_n", "bottom_n"},
	rules.SectorNeutral:     {"gross"},
	rules.Capped:            {"gross", "long_only", "max_weight"},
	rules.NoTradeBand:       {"top_n", "bottom_n", "band"},
	rules.TurnoverLimited:   {"top_n", "bottom_n", "max_turnover"},
}

func drawParam(t *rapid.T, name string, n int) any {
	switch {
	case strings.HasSuffix(name, "_n"):
		return rapid.OneOf(rapid.IntRange(0, 8), rapid.IntRange(0, n+3), rapid.IntRange(0, 10000)).Draw(t, name)
	case name == "long_only":
		return rapid.Bool().Draw(t, name)
	case name == "gross":
		return decimals(t, name, 0, 10)
	case name == "clip":
		return decimals(t, name, 0.1, 4)
	case name == "max_weight":
		return rapid.SampledFrom([]float64{1, 0.5, 0.25, 0.1, 0.05, 0.02, decimals(t, "max_weight", 0.000001, 1)}).Draw(t, "cap")
	}
	return decimals(t, name, 0, 2)
}

func drawInput(t *rapid.T, rule string) input {
	n := rapid.OneOf(rapid.SampledFrom([]int{1, 2, 3}), rapid.IntRange(1, 60)).Draw(t, "n")
	return input{predictions: drawPredictions(t, n), columns: drawColumns(t, n), params: drawParams(t, rule, n)}
}
