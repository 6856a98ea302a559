package rules_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"edgesignal/guest/rules"
)

// A property holds for every input of the rules that it names.
type property struct {
	name  string
	rules []string
	holds func(t *rapid.T, in input, p parameters, weights []float64)
}

var properties = []property{
	{"the gross is never above what was asked for", []string{rules.RankWeighted, rules.ZScoreWeighted, rules.SectorNeutral, rules.Capped},
		func(t *rapid.T, _ input, p parameters, w []float64) {
			require.LessOrEqual(t, gross(w), p.gross()*(1+tolerance))
		}},
	{"the gross is never above two legs", []string{rules.TopBottom, rules.InverseVolatility, rules.NoTradeBand, rules.TurnoverLimited},
		func(t *rapid.T, _ input, _ parameters, w []float64) {
			require.LessOrEqual(t, gross(w), 2*(1+tolerance))
		}},
	{"no weight beyond a leg", []string{rules.TopBottom, rules.InverseVolatility, rules.NoTradeBand, rules.TurnoverLimited},
		func(t *rapid.T, _ input, _ parameters, w []float64) {
			require.LessOrEqual(t, math.Abs(slices.MaxFunc(w, byAbs)), 1+tolerance)
		}},
	{"dollar neutral, and all of the gross or nothing", []string{rules.RankWeighted, rules.ZScoreWeighted, rules.SectorNeutral},
		func(t *rapid.T, in input, p parameters, w []float64) {
			if !p.LongOnly {
				require.InDelta(t, 0, net(w), tolerance*(1+p.gross()))
			}
			if gross(w) != 0 {
				require.InEpsilon(t, p.gross(), gross(w), tolerance)
			}
		}},
	{"a sum of 0 in every sector", []string{rules.SectorNeutral},
		func(t *rapid.T, in input, p parameters, w []float64) {
			sums := map[float64]float64{}
			for i, s := range in.columns["sector"] {
				if math.IsNaN(s) {
					s = math.Inf(1)
				}
				sums[s] += w[i]
			}
			for s, sum := range sums {
				require.InDelta(t, 0, sum, tolerance*(1+p.gross()), "sector %v", s)
			}
		}},
	{"long only", []string{rules.RankWeighted, rules.ZScoreWeighted, rules.Capped},
		func(t *rapid.T, _ input, p parameters, w []float64) {
			if p.LongOnly {
				require.GreaterOrEqual(t, slices.Min(w), 0.0)
			}
		}},
	{"a higher prediction has no lower weight", []string{rules.RankWeighted, rules.ZScoreWeighted, rules.Capped},
		func(t *rapid.T, in input, _ parameters, w []float64) {
			order := positions(len(w))
			slices.SortFunc(order, func(a, b int) int {
				if in.predictions[a] < in.predictions[b] {
					return -1
				}
				return 1
			})
			for k := 1; k < len(order); k++ {
				require.LessOrEqual(t, w[order[k-1]], w[order[k]]+tolerance)
			}
		}},
	{"the cap", []string{rules.Capped},
		func(t *rapid.T, _ input, p parameters, w []float64) {
			require.LessOrEqual(t, math.Abs(slices.MaxFunc(w, byAbs)), p.MaxWeight)
		}},
	{"a leg is whole, or all of it is at the cap", []string{rules.Capped},
		func(t *rapid.T, _ input, p parameters, w []float64) {
			leg := p.gross() / 2
			if p.LongOnly {
				leg = p.gross()
			}
			for _, sign := range []float64{1, -1} {
				sum, n := 0.0, 0
				for _, v := range w {
					if v*sign > 0 {
						sum, n = sum+v*sign, n+1
					}
				}
				if n > 0 && math.Abs(sum-leg) > tolerance {
					require.InDelta(t, float64(n)*p.MaxWeight, sum, tolerance)
					require.Less(t, sum, leg)
				}
			}
		}},
	{"a leg of each sign sums to 1, or there is none", []string{rules.InverseVolatility},
		func(t *rapid.T, in input, p parameters, w []float64) {
			want := 0.0
			if gross(inverseVolatility(in, parameters{TopN: 1})) != 0 { // somebody has a volatility
				want = float64(min(1, int(p.TopN)) - min(1, int(p.BottomN)))
			}
			require.InDelta(t, want, net(w), tolerance)
		}},
	{"the previous weight or the target's", []string{rules.NoTradeBand},
		func(t *rapid.T, in input, p parameters, w []float64) {
			target, previous := topBottom(in.predictions, p), held(in)
			for i := range w {
				if w[i] != previous[i] {
					require.InDelta(t, target[i], w[i], tolerance)
				} else {
					require.LessOrEqual(t, math.Abs(target[i]-w[i]), p.Band)
				}
			}
		}},
	{"the turnover", []string{rules.TurnoverLimited},
		func(t *rapid.T, in input, p parameters, w []float64) {
			previous := held(in)
			if gross(previous) <= 2 && math.Abs(slices.MaxFunc(previous, byAbs)) <= 1 {
				require.LessOrEqual(t, turnover(previous, w), p.MaxTurnover+tolerance)
			}
		}},
}

func byAbs(a, b float64) int {
	if math.Abs(a) < math.Abs(b) {
		return -1
	}
	return 1
}

func TestProperties(t *testing.T) {
	for _, p := range properties {
		for _, name := range p.rules {
			t.Run(name+"/"+p.name, func(t *testing.T) {
				m := module(t, name)
				rapid.Check(t, func(t *rapid.T) {
					in := drawInput(t, name)
					weights, err := construct(m, in)
					require.NoError(t, err)
					p.holds(t, in, parseParameters(in.params), weights)
				})
			})
		}
	}
}

// The book does not depend on the order of the symbols; where ties are decided
// by position, there must be none.
func TestPermutation(t *testing.T) {
	for _, name := range rules.Names() {
		t.Run(name, func(t *testing.T) {
			m := module(t, name)
			rapid.Check(t, func(t *rapid.T) {
				in := drawInput(t, name)
				if parameterNames[name][0] == "top_n" {
					in.predictions = shape(len(in.predictions), func(i int) float64 { return float64(i*7919%61) / 100 })
				}
				if name == rules.NoTradeBand { // equal excesses are a tie too
					in.columns["previous_weight"] = shape(len(in.predictions), func(i int) float64 { return float64(i) / 1009 })
				}
				weights, err := construct(m, in)
				require.NoError(t, err)
				order := rapid.Permutation(positions(len(weights))).Draw(t, "order")
				pick := func(v []float64) []float64 { return shape(len(v), func(i int) float64 { return v[order[i]] }) }
				moved := input{predictions: pick(in.predictions), columns: map[string][]float64{}, params: in.params}
				for column, v := range in.columns {
					moved.columns[column] = pick(v)
				}
				got, err := construct(m, moved)
				require.NoError(t, err)
				requireWeights(t, pick(weights), got)
			})
		})
	}
}
