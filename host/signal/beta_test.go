package signal

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/market"
)

func TestBeta(t *testing.T) {
	const n = 61
	nan := math.NaN()
	up, down, flat := from(0, steps(n, 1, 2)...), from(0, steps(n, 2, 1)...), from(0, steps(n, 3)...)
	doubling := make([]float32, n)
	for i := range doubling {
		doubling[i] = float32(math.Ldexp(1, i-30))
	}
	steady := from(0, doubling...)
	for _, tc := range []struct {
		name     string
		of       *market.Series
		universe []*market.Series
		want     float64
	}{
		{"a universe of one", up, []*market.Series{up}, 1},
		{"against it", down, []*market.Series{up}, -1},
		{"not at all", flat, []*market.Series{up}, 0},
		{"twice the mean of two", up, []*market.Series{up, flat}, 2},
		{"and four times that of four", up, []*market.Series{flat, up, flat, flat}, 4},
		{"a symbol outside the universe", down, []*market.Series{up, flat}, -2},
		{"a universe that does not move", up, []*market.Series{flat}, nan},
		{"a universe of the same rise every day", up, []*market.Series{steady}, nan},
		{"even where its mean is rounded", up, []*market.Series{steady, flat, flat}, nan},
		{"an empty universe", up, nil, nan},

		{"41 rows: just old enough", from(n-41, steps(41, 2, 1)...), []*market.Series{down}, 1},
		{"40 rows: too young", from(n-40, steps(40, 2, 1)...), []*market.Series{up}, nan},
		{"a gap of 19 rows", from(0, without(steps(n, 1, 2), rows(21, 39)...)...), []*market.Series{up}, 1},
		{"a gap of 20 rows", from(0, without(steps(n, 1, 2), rows(21, 40)...)...), []*market.Series{up}, nan},
		{"a universe with a gap of 20 rows", up, []*market.Series{from(0, without(steps(n, 1, 2), rows(21, 40)...)...)}, nan},
		{"both with gaps, 41 pairs", from(0, without(steps(n, 1, 2), rows(3, 10)...)...), []*market.Series{from(0, without(steps(n, 1, 2), rows(21, 29)...)...)}, 1},
		{"both with gaps, 39 pairs", from(0, without(steps(n, 1, 2), rows(3, 11)...)...), []*market.Series{from(0, without(steps(n, 1, 2), rows(21, 30)...)...)}, nan},
	} {
		t.Run(tc.name, func(t *testing.T) {
			const day = n - 1
			u := universeReturns(tc.universe, day)
			got := beta60d(member{tc.of, day - tc.of.First}, &u)
			if math.IsNaN(tc.want) {
				requireBits(t, nan, got)
				return
			}
			require.InDelta(t, tc.want, got, 1e-14)
		})
	}
}

func TestUniverseReturns(t *testing.T) {
	const n = 61
	nan := math.NaN()
	full := from(0, steps(n, 1, 2)...)
	for _, tc := range []struct {
		name     string
		universe []*market.Series
		day      int
		want     []float64 // the newest
	}{
		{"one", []*market.Series{full}, n - 1, []float64{1, -0.5}},
		{"a day earlier", []*market.Series{full}, n - 2, []float64{-0.5, 1}},
		{"the mean of two", []*market.Series{full, from(0, steps(n, 5)...)}, n - 1, []float64{0.5, -0.25}},
		{"only one has a return", []*market.Series{full, from(n-2, 5, 10)}, n - 1, []float64{1, 0.25}},
		{"a symbol that ended the day before", []*market.Series{full, from(0, steps(n-1, 5)...)}, n - 1, []float64{0.5, -0.5}},
		{"a symbol that ended long ago", []*market.Series{full, from(0, 5, 10)}, n - 1, []float64{1, -0.5}},
		{"a symbol that begins later", []*market.Series{full, from(n, 5, 10)}, n - 1, []float64{1, -0.5}},
		{"none has a return", []*market.Series{from(n-2, 5, 10)}, n - 1, []float64{nan, 1}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			u := universeReturns(tc.universe, tc.day)
			for k, want := range tc.want {
				got := u[len(u)-len(tc.want)+k]
				if math.IsNaN(want) {
					require.True(t, math.IsNaN(got), got)
					continue
				}
				requireBits(t, want, got)
			}
		})
	}
}
