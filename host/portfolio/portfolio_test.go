package portfolio_test

import (
	"encoding/json"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"edgesignal/host/portfolio"
	"edgesignal/host/release"
)

func TestDenseRanks(t *testing.T) {
	for _, tc := range []struct {
		name        string
		predictions []float64
		want        []int
	}{
		{"none", nil, []int{}},
		{"one", []float64{0.5}, []int{1}},
		{"descending", []float64{3, 2, 1}, []int{1, 2, 3}},
		{"ties share a rank and leave none out", []float64{1, 3, 3, 2, 1}, []int{3, 1, 1, 2, 3}},
		{"both zeros are one value", []float64{math.Copysign(0, -1), 0}, []int{1, 1}},
		{"all equal", []float64{7, 7, 7}, []int{1, 1, 1}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			require.Equal(t, tc.want, portfolio.DenseRanks(tc.predictions))
		})
	}
}

func TestDenseRanksCountTheDistinctValuesAbove(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SliceOfN(rapid.Map(rapid.IntRange(-5, 5), func(i int) float64 { return float64(i) / 4 }), 0, 30).Draw(t, "predictions")
		for i, r := range portfolio.DenseRanks(p) {
			above := map[float64]bool{}
			for _, v := range p {
				if v > p[i] {
					above[v] = true
				}
			}
			require.Equal(t, len(above)+1, r)
		}
	})
}

func TestCheckLimits(t *testing.T) {
	third := 1.0 / 3
	for _, tc := range []struct {
		name    string
		weights []float64
		limits  release.Limits
		breaks  string // "" = none
	}{
		{"nothing", nil, release.DefaultLimits, ""},
		{"a neutral book", []float64{third, third, third, -third, -third, -third}, release.DefaultLimits, ""},
		{"rounding is no breach", slices.Repeat([]float64{1.0 / 7, -1.0 / 7}, 7), release.DefaultLimits, ""},
		{"one weight too large", []float64{0, 1.1}, release.DefaultLimits, "max_weight"},
		{"one weight too small", []float64{-1.1}, release.DefaultLimits, "max_weight"},
		{"NaN", []float64{math.NaN()}, release.DefaultLimits, "max_weight"},
		{"infinite", []float64{math.Inf(-1)}, release.Limits{MaxWeight: math.MaxFloat64, MaxGross: 2}, "max_weight"},
		{"gross", []float64{1, -1, 0.1}, release.DefaultLimits, "max_gross"},
		{"net has no limit by default", []float64{1, 1}, release.DefaultLimits, ""},
		{"net", []float64{0.5, 0.2}, release.Limits{MaxWeight: 1, MaxGross: 2, MaxAbsNet: 0.1}, "max_abs_net"},
		{"net below zero", []float64{-0.5, 0.2}, release.Limits{MaxWeight: 1, MaxGross: 2, MaxAbsNet: 0.1}, "max_abs_net"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := portfolio.CheckLimits(tc.weights, tc.limits)
			if tc.breaks == "" {
				require.NoError(t, err)
				return
			}
			var limit *portfolio.LimitError
			require.ErrorAs(t, err, &limit)
			require.Equal(t, tc.breaks, limit.Limit)
		})
	}
}

func TestLimitsOf(t *testing.T) {
	for _, tc := range []struct {
		name, config string
		want         release.Limits
		err          string // part of it; "" = none
	}{
		{"no config", ``, release.DefaultLimits, ""},
		{"no limits", `{"universe":"sp500"}`, release.DefaultLimits, ""},
		{"one set", `{"limits":{"max_gross":1}}`, release.Limits{MaxWeight: 1, MaxGross: 1}, ""},
		{"all set", `{"limits":{"max_gross":3,"max_weight":0.05,"max_abs_net":0.2}}`, release.Limits{MaxWeight: 0.05, MaxGross: 3, MaxAbsNet: 0.2}, ""},
		{"unknown limit", `{"limits":{"max_groos":1}}`, release.Limits{}, `config.limits: unknown limit "max_groos"`},
		{"zero", `{"limits":{"max_gross":0}}`, release.Limits{}, "config.limits: max_gross: 0 is not a number above 0"},
		{"negative", `{"limits":{"max_weight":-1}}`, release.Limits{}, "config.limits: max_weight: "},
		{"null", `{"limits":{"max_weight":null}}`, release.Limits{}, "config.limits: max_weight: "},
		{"text", `{"limits":{"max_weight":"1"}}`, release.Limits{}, "config.limits: max_weight: "},
		{"null limits", `{"limits":null}`, release.DefaultLimits, ""},
		{"below a double", `{"limits":{"max_weight":1e-400}}`, release.Limits{}, "max_weight: 1e-400 is not a number above 0"},
		{"beyond a double", `{"limits":{"max_weight":1e999}}`, release.Limits{}, "max_weight: 1e999 is not a number above 0"},
		{"a limit twice", `{"limits":{"max_weight":0.1,"max_weight":1}}`, release.Limits{}, `there twice is the field "max_weight"`},
		{"limits twice", `{"limits":{"max_weight":0.1},"limits":{}}`, release.Limits{}, `there twice is the field "limits"`},
		{"limits in another case", `{"Limits":{"max_weight":0.1}}`, release.Limits{}, `config: "Limits": the name is limits`},
		{"a limit in another case", `{"limits":{"Max_weight":0.1}}`, release.Limits{}, `unknown limit "Max_weight"`},
		{"not an object", `{"limits":[1]}`, release.Limits{}, "config.limits"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := portfolio.LimitsOf(json.RawMessage(tc.config))
			if tc.err != "" {
				require.ErrorContains(t, err, tc.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tc.want, got)
		})
	}
}

func TestLimitErrorsShowPlainNumbers(t *testing.T) {
	err := portfolio.CheckLimits([]float64{1e6}, release.Limits{MaxWeight: 2e5, MaxGross: 1})
	require.EqualError(t, err, "the rule's weights break max_weight: 1000000 at position 0, the limit is 200000")
}
