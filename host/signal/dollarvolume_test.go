package signal

import (
	"math"
	"testing"
)

func TestDollarVolume(t *testing.T) {
	nan := math.NaN()
	for _, tc := range []struct {
		name          string
		close, volume []float32
		want          float64
	}{
		{"close times volume", steps(61, 2), steps(61, 3), 6},
		{"their mean", steps(61, 1, 3), steps(61, 10, 20), 35},
		{"20 rows and no more", append(steps(40, 9), steps(20, 2)...), steps(60, 3), 6},
		{"21 rows ago counts no more", append(append(steps(39, 9), 1e30), steps(20, 2)...), steps(60, 3), 6},
		{"a product that float32 could not hold", steps(20, 1e30), steps(20, 1e30), float64(float32(1e30)) * float64(float32(1e30))},
		{"nothing was traded", steps(20, 2), steps(20, 0), 0},
		{"a day with volume 0 counts", steps(20, 2), steps(20, 0, 10), 10},
		{"a day without volume does not", steps(20, 2), without(steps(20, 10), 3, 4), 20},
		{"a day without close does not", without(steps(20, 2), 3, 4), steps(20, 10), 20},
		{"negative volume is none", steps(20, 2), append(steps(18, 10), -10, -10), 20},
		{"infinite volume is none", steps(20, 2), append(steps(19, 10), float32(math.Inf(1))), 20},
		{"14 rows", steps(14, 2), steps(14, 3), 6},
		{"13 rows", steps(13, 2), steps(13, 3), nan},
		{"six rows without", without(steps(20, 2), rows(5, 10)...), steps(20, 3), 6},
		{"seven rows without", without(steps(20, 2), rows(5, 11)...), steps(20, 3), nan},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := from(0, tc.close...)
			s.Volume = tc.volume
			requireBits(t, tc.want, dollarVolume20d(last(s)))
		})
	}
}
