package numpy

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSum: what np.sum answers to x[i] = float32(1/(i+1)) of each length, as
// NumPy 2.4.6 does.
func TestSum(t *testing.T) {
	tests := []struct {
		name string
		n    int
		want uint32
	}{
		{"0 values", 0, 0x00000000},
		{"1 values", 1, 0x3f800000},
		{"7 values", 7, 0x4025f160},
		{"8 values", 8, 0x402df160},
		{"9 values", 9, 0x40350dd2},
		{"100 values", 100, 0x40a5ff01},
		{"127 values", 127, 0x40ad9c59},
		{"128 values", 128, 0x40addc58},
		{"129 values", 129, 0x40ae1bda},
		{"200 values", 200, 0x40bc18d6},
		{"1000 values", 1000, 0x40ef88fc},
		{"2500 values", 2500, 0x41066c64},
		{"5003 values", 5003, 0x41118591},
	}
	zeros := []float32{float32(math.Copysign(0, -1)), float32(math.Copysign(0, -1))}
	require.Zero(t, math.Float32bits(Sum(zeros)), "the sum of negative zeros is 0")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			x := make([]float32, tt.n)
			for i := range x {
				x[i] = 1 / float32(i+1)
			}
			require.Equal(t, math.Float32frombits(tt.want), Sum(x))
		})
	}
}
