package signal

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestVolatility(t *testing.T) {
	// One return of 1 among n of 0: the mean is 1/n, the sum of squares 1-1/n,
	// the variance 1/n.
	jump := func(flat int, after int) []float32 { return append(steps(flat, 1), steps(after, 2)...) }
	nan := math.NaN()
	for _, tc := range []struct {
		name   string
		closes []float32
		want   float64
	}{
		{"20 returns of 21 closes", jump(10, 11), math.Sqrt(1.0 / 20)},
		{"the oldest return is in it", jump(40, 20), math.Sqrt(1.0 / 20)},
		{"the one before is not", jump(40, 21), 0},
		{"a price that does not move", steps(61, 3), 0},
		{"the same return every day", []float32{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536}, 0},
		{"up by all, down by half", steps(61, 1, 2), math.Sqrt(20 * 0.75 * 0.75 / 19)},
		{"20 closes: young", jump(10, 10), math.Sqrt(1.0 / 19)},
		{"15 closes: just old enough", jump(10, 5), math.Sqrt(1.0 / 14)},
		{"14 closes: too young", jump(10, 4), nan},
		{"one close", steps(1, 5), nan},
		{"a week without bars", without(jump(50, 11), rows(42, 46)...), math.Sqrt(1.0 / 14)},
		{"six rows without", without(jump(50, 11), rows(42, 47)...), nan},
		{"six rows without, before the window", without(jump(50, 11), rows(30, 35)...), math.Sqrt(1.0 / 20)},
		{"every second row", without(jump(50, 11), 41, 43, 45, 47, 49, 51, 53, 55, 57, 59), nan},
		{"the jump stands in a gap", without(jump(50, 11), 50), 0},
		{"no close on the day", without(jump(50, 11), 60), math.Sqrt(1.0 / 19)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := volatility20d(last(from(0, tc.closes...)))
			if tc.want == 0 || math.IsNaN(tc.want) {
				requireBits(t, tc.want, got)
				return
			}
			require.InEpsilon(t, tc.want, got, 1e-15)
		})
	}
}
