package numpy

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTanh32: want is np.tanh of NumPy 2.4.6; off says by how many units in the
// last place it may be missed.
func TestTanh32(t *testing.T) {
	inf := float32(math.Inf(1))
	for _, tt := range []struct {
		name    string
		x, want float32
		off     int
	}{
		{"zero", 0, 0, 0},
		{"negative zero", float32(math.Copysign(0, -1)), float32(math.Copysign(0, -1)), 0},
		{"one", 1, 0.7615942, 1},
		{"minus a half", -0.5, -0.4621172, 1},
		{"a hundredth", 0.01, 0.009999666, 1},
		{"two", 2, 0.9640276, 1},
		{"large", 20, 1, 0},
		{"infinity", inf, 1, 0},
		{"negative infinity", -inf, -1, 0},
		{"NaN", missing, missing, 0},
		{"smallest", math.SmallestNonzeroFloat32, math.SmallestNonzeroFloat32, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Tanh32(tt.x)
			require.True(t, same(tt.want, got) || ulps(tt.want, got) <= tt.off, "%v, want %v", got, tt.want)
		})
	}
}

// TestTanh32IsNearest: it is the float32 nearest to the true value, for which
// float64 is precise enough.
func TestTanh32IsNearest(t *testing.T) {
	for bits := uint32(0); bits < math.Float32bits(float32(math.Inf(1))); bits += 20011 {
		x := math.Float32frombits(bits)
		require.Equal(t, float32(math.Tanh(float64(x))), Tanh32(x), "%v", x)
		require.Equal(t, -Tanh32(x), Tanh32(-x))
	}
}
