package alpha158

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLog32(t *testing.T) {
	inf := float32(math.Inf(1))
	tests := []struct {
		name    string
		x, want float32
	}{
		{"one", 1, 0},
		{"two", 2, ln2},
		{"half", 0.5, -ln2},
		{"power of two", 1 << 25, 25 * ln2},
		{"e", math.E, 1},
		{"one ulp off, 1.9459101", 7, 1.9459102},
		{"two ulp off, 5.379897", 217, 5.3798976},
		{"zero", 0, -inf},
		{"negative zero", float32(math.Copysign(0, -1)), -inf},
		{"negative", -1, missing},
		{"negative infinity", -inf, missing},
		{"infinity", inf, inf},
		{"NaN", missing, missing},
		{"largest", math.MaxFloat32, 88.72284},
		{"smallest normal", 0x1p-126, -87.33655},
		{"smallest", math.SmallestNonzeroFloat32, -103.27893},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := log32(tt.x)
			require.True(t, same(tt.want, got), "%v, want %v", got, tt.want)
		})
	}
}

// TestLog32Error: within 3 ulp of the true logarithm everywhere, yet off it
// for 3 to 4 % of all values: it is NumPy's approximation, not a correct log.
func TestLog32Error(t *testing.T) {
	off, all := 0, 0
	for bits := uint32(1); bits < math.Float32bits(float32(math.Inf(1))); bits += 10007 {
		x := math.Float32frombits(bits)
		d := ulps(float32(math.Log(float64(x))), log32(x))
		if d > 3 {
			require.Fail(t, "too far off", "log32(%v) = %v", x, log32(x))
		}
		if d > 0 {
			off++
		}
		all++
	}
	share := float64(off) / float64(all)
	require.InDelta(t, 0.0367, share, 0.003)
}
