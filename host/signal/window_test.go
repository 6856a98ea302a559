package signal

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// requireBits compares to the last bit; every NaN must be math.NaN().
func requireBits(t require.TestingT, want, got float64, msg ...any) {
	require.Equal(t, math.Float64bits(want), math.Float64bits(got), "got %v, want %v: %s", got, want, fmt.Sprintln(msg...))
}

func TestEnough(t *testing.T) {
	require.Equal(t, 14, enough(monthRows))
	require.Equal(t, 40, enough(quarterRows))
}

func TestReturns(t *testing.T) {
	nan := math.NaN()
	infinite := float32(math.Inf(1))
	for _, tc := range []struct {
		name   string
		closes []float32
		row    int
		want   []float64
	}{
		{"one a row, oldest first", []float32{1, 2, 3, 6}, 3, []float64{1, 0.5, 1}},
		{"a row back", []float32{1, 2, 3, 6, 9}, 3, []float64{1, 0.5, 1}},
		{"the first close has none", []float32{1, 2, 3}, 2, []float64{nan, 1, 0.5}},
		{"before the history", []float32{1, 2, 3}, -1, []float64{nan, nan, nan}},
		{"over its end", []float32{1, 2, 3}, 3, []float64{1, 0.5, nan}},
		{"long after its end", []float32{1, 2, 3}, 9, []float64{nan, nan, nan}},
		{"a gap takes two, and the move over it is none", []float32{1, none, 4, 6}, 3, []float64{nan, nan, 0.5}},
		{"a price of 0 is none", []float32{1, 0, 4, 6}, 3, []float64{nan, nan, 0.5}},
		{"a negative price is none", []float32{1, -1, -2, 6}, 3, []float64{nan, nan, nan}},
		{"an infinite price is none", []float32{1, infinite, 4, 6}, 3, []float64{nan, nan, 0.5}},
		{"what float32 holds at most", []float32{1, 1, math.SmallestNonzeroFloat32, math.MaxFloat32}, 3,
			[]float64{0, math.SmallestNonzeroFloat32 - 1, math.MaxFloat32/math.SmallestNonzeroFloat32 - 1}},
		{"no rows at all", nil, 0, []float64{nan, nan, nan}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := []float64{7, 7, 7}
			returns(got, from(0, tc.closes...), tc.row)
			for k := range got {
				if math.IsNaN(tc.want[k]) {
					require.True(t, math.IsNaN(got[k]), "return %d is %v", k, got[k])
					continue
				}
				requireBits(t, tc.want[k], got[k], k)
			}
		})
	}
}

func TestClose(t *testing.T) {
	widened := float32(0.1)
	for _, tc := range []struct {
		name  string
		close float32
		want  float64
	}{
		{"float32 widened, not the decimal", 0.1, float64(widened)},
		{"missing", none, math.NaN()},
		{"another NaN", math.Float32frombits(0xffc01234), math.NaN()},
		{"zero", 0, math.NaN()},
		{"negative", -5, math.NaN()},
		{"infinite", float32(math.Inf(1)), math.NaN()},
	} {
		t.Run(tc.name, func(t *testing.T) {
			requireBits(t, tc.want, closeAt(from(3, 1, tc.close), 1))
		})
	}
}
