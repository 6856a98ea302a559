package numpy

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
			got := Log32(tt.x)
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
		d := ulps(float32(math.Log(float64(x))), Log32(x))
		if d > 3 {
			require.Fail(t, "too far off", "Log32(%v) = %v", x, Log32(x))
		}
		if d > 0 {
			off++
		}
		all++
	}
	share := float64(off) / float64(all)
	require.InDelta(t, 0.0367, share, 0.003)
}

var missing = float32(math.NaN())

// same reports equal bits, NaN equal to NaN.
func same(a, b float32) bool {
	return math.Float32bits(a) == math.Float32bits(b) || a != a && b != b
}

// ulps returns the distance of two finite numbers in units of the last place.
func ulps(a, b float32) int {
	ordered := func(v float32) int {
		bits := int(int32(math.Float32bits(v)))
		if bits < 0 {
			return math.MinInt32 - bits
		}
		return bits
	}
	return max(ordered(a)-ordered(b), ordered(b)-ordered(a))
}
