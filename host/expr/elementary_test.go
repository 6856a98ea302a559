package expr

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// ulps64 returns the distance of two finite numbers of one sign in units of the last place.
func ulps64(a, b float64) int64 {
	d := int64(math.Float64bits(a)) - int64(math.Float64bits(b))
	return max(d, -d)
}

// TestElementary holds the functions against package math's, which are not the same on
// every machine, and exactPower, which is.
func TestElementary(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		x := math.Exp(r.NormFloat64() * 50)
		require.LessOrEqual(t, ulps64(math.Log(x), log64(x)), int64(1), "log %v", x)
		y := r.NormFloat64() * 100
		require.LessOrEqual(t, ulps64(math.Exp(y), exp64(y)), int64(2), "exp %v", y)
	}
	for range 300 {
		x, y := math.Exp(r.NormFloat64()), r.NormFloat64()*8
		want := exactPower(x, y)
		require.LessOrEqual(t, ulps64(want, pow(x, y)), int64(16), "%v**%v", x, y)
		require.LessOrEqual(t, ulps64(want, math.Pow(x, y)), int64(16), "%v**%v", x, y)
	}
}

func TestPow(t *testing.T) {
	inf := math.Inf(1)
	tests := []struct {
		name       string
		x, y, want float64
	}{
		{"NaN to 0", nan, 0, 1},
		{"1 to NaN", 1, nan, 1},
		{"NaN", nan, 2, nan},
		{"to NaN", 2, nan, nan},
		{"a root", 2, 0.5, math.Sqrt2},
		{"a cube", -3, 3, -27},
		{"a root of a negative number", -8, 1.0 / 3, nan},
		{"0 to a negative power", 0, -1.5, inf},
		{"infinite to a negative power", inf, -2, 0},
		{"overflow", 1e200, 2.5, inf},
		{"underflow", 1e-200, 2.5, 0},
		{"a subnormal result", 2, -1074, math.SmallestNonzeroFloat64},
		{"a large even power", -1.5, 1e10, inf},
		{"a minus and an odd power", -1, 1e15 + 1, -1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, got := range []float64{pow(tt.x, tt.y), exactPower(tt.x, tt.y)} {
				require.True(t, got == tt.want || got != got && tt.want != tt.want || math.Abs(got-tt.want) < 1e-15, "%v", got)
			}
		})
	}
}
