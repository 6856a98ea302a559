package signal

import (
	"fmt"
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"edgesignal/host/market"
)

// The columns once more from their definitions, in fractions without any
// rounding: price by calendar day, nothing aligned, nothing shared.

// exactReturn returns the simple return of a calendar day, nil where there is none.
func exactReturn(s *market.Series, day int) *big.Rat {
	price := func(day int) *big.Rat {
		row, ok := s.Row(day)
		if !ok || !(s.Close[row] > 0) || math.IsInf(float64(s.Close[row]), 0) {
			return nil
		}
		return new(big.Rat).SetFloat64(float64(s.Close[row]))
	}
	c, before := price(day), price(day-1)
	if c == nil || before == nil {
		return nil
	}
	r := new(big.Rat).Quo(c, before)
	return r.Sub(r, big.NewRat(1, 1))
}

// exactMean returns nil for no values.
func exactMean(values []*big.Rat) *big.Rat {
	if len(values) == 0 {
		return nil
	}
	sum := new(big.Rat)
	for _, v := range values {
		sum.Add(sum, v)
	}
	return sum.Quo(sum, big.NewRat(int64(len(values)), 1))
}

// exactCovariance returns the sample covariance; that of a list with itself is its variance.
func exactCovariance(x, y []*big.Rat) *big.Rat {
	mx, my, sum := exactMean(x), exactMean(y), new(big.Rat)
	for i := range x {
		dx, dy := new(big.Rat).Sub(x[i], mx), new(big.Rat).Sub(y[i], my)
		sum.Add(sum, dx.Mul(dx, dy))
	}
	return sum.Quo(sum, big.NewRat(int64(len(x)-1), 1))
}

func exactVolatility(s *market.Series, day int) float64 {
	var rs []*big.Rat
	for d := day - 19; d <= day; d++ {
		if r := exactReturn(s, d); r != nil {
			rs = append(rs, r)
		}
	}
	if len(rs) < 14 {
		return math.NaN()
	}
	variance, _ := exactCovariance(rs, rs).Float64()
	return math.Sqrt(variance)
}

// exactUniverse returns the mean return of a universe in the 60 calendar days up to
// a day, oldest first.
func exactUniverse(universe []*market.Series, day int) (us []*big.Rat) {
	for d := day - 59; d <= day; d++ {
		var all []*big.Rat
		for _, s := range universe {
			if r := exactReturn(s, d); r != nil {
				all = append(all, r)
			}
		}
		us = append(us, exactMean(all))
	}
	return us
}

func exactBeta(s *market.Series, universe []*big.Rat, day int) float64 {
	var rs, us []*big.Rat
	for k, u := range universe {
		if r := exactReturn(s, day-59+k); r != nil && u != nil {
			rs, us = append(rs, r), append(us, u)
		}
	}
	if len(rs) < 40 {
		return math.NaN()
	}
	variance := exactCovariance(us, us)
	if variance.Sign() == 0 {
		return math.NaN()
	}
	beta, _ := new(big.Rat).Quo(exactCovariance(rs, us), variance).Float64()
	return beta
}

// drawSeries returns a history on a calendar of days days with gaps, odd prices
// and long suspensions.
func drawSeries(t *rapid.T, name string, days int) *market.Series {
	first := rapid.SampledFrom([]int{0, 0, 0, days - 62, days - 21, days - 15, days - 3}).Draw(t, name+" first")
	closes := make([]float32, days-first-rapid.SampledFrom([]int{0, 0, 0, 1, 2}).Draw(t, name+" ended"))
	steps := rapid.SliceOfN(rapid.IntRange(-300, 300), len(closes), len(closes)).Draw(t, name+" steps")
	price := 100.0
	for i := range closes {
		price *= 1 + float64(steps[i])/1e4
		closes[i] = float32(price)
	}
	odd := rapid.SampledFrom([]float32{none, none, none, 0, -3, float32(math.Inf(1))})
	for range rapid.IntRange(0, 4).Draw(t, name+" gaps") {
		at, n := rapid.IntRange(0, len(closes)-1).Draw(t, name+" at"), rapid.IntRange(1, 8).Draw(t, name+" rows")
		for i := at; i < min(at+n, len(closes)); i++ {
			closes[i] = odd.Draw(t, name+" odd")
		}
	}
	return from(first, closes...)
}

func TestColumnsEqualTheirDefinitions(t *testing.T) {
	const days = 80
	defined, undefined := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		var all []*market.Series
		for i := range rapid.IntRange(1, 4).Draw(t, "symbols") {
			all = append(all, drawSeries(t, fmt.Sprint(i), days))
		}
		universe := all[rapid.IntRange(0, len(all)-1).Draw(t, "outside"):]
		day := rapid.IntRange(days-5, days-1).Draw(t, "day")
		u, exact := universeReturns(universe, day), exactUniverse(universe, day)
		for _, s := range all {
			mb := member{s, day - s.First}
			for _, c := range []struct{ got, want float64 }{
				{volatility20d(mb), exactVolatility(s, day)},
				{beta60d(mb, &u), exactBeta(s, exact, day)},
			} {
				if math.IsNaN(c.want) {
					undefined++
					requireBits(t, math.NaN(), c.got)
					continue
				}
				defined++
				require.InDelta(t, c.want, c.got, 1e-12*max(1, math.Abs(c.want)))
			}
		}
	})
	require.Greater(t, defined, 20)
	require.Greater(t, undefined, 20)
}
