package alpha158

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestKahan: the sum keeps what plain addition would lose.
func TestKahan(t *testing.T) {
	var k kahan
	for _, v := range []float64{1 << 53, 1, 1, 1, 1} {
		k = k.add(v)
	}
	require.Equal(t, float64(1<<53+4), k.sum)
}

// TestMeanStdBits: equal to pandas' steps in float64 too, where a feature's
// last rounding would hide a difference.
func TestMeanStdBits(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		x := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) float64 {
			v := float64(rapid.Float32Range(-1, 1).Draw(t, "fraction"))
			return math.Ldexp(v, rapid.IntRange(-30, 30).Draw(t, "exponent"))
		}), 2, 60).Draw(rt, "window")
		got := meanStd(x)
		require.Equal(rt, naiveSum(x)/float64(len(x)), got.mean)
		require.Equal(rt, naiveStd(x), got.std)
		require.Equal(rt, got.std, stdOf(x))
	})
}
