package model

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// exactExp returns e**x to 200 bits, for |x| < 2000: the series of x/2**20, squared
// twenty times.
func exactExp(x float64) *big.Float {
	const bits, halvings = 400, 20
	number := func() *big.Float { return new(big.Float).SetPrec(bits) }
	r := number().SetFloat64(x)
	r.SetMantExp(r, -halvings)
	sum, term := number().SetInt64(1), number().SetInt64(1)
	for n := int64(1); n < 40; n++ {
		term.Quo(term.Mul(term, r), number().SetInt64(n))
		sum.Add(sum, term)
	}
	for range halvings {
		sum.Mul(sum, sum)
	}
	return sum
}

func TestExpIsRoundedCorrectly(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const rounds = 4_000
	for i := range rounds {
		x := r.Float64()*1400 - 700
		if i%2 == 0 {
			x = r.NormFloat64() * 3
		}
		want, _ := exactExp(x).Float64()
		got := exp(x)
		require.Equal(t, want, got, "exp(%v)", x)
	}
}

func TestExpAtTheEnds(t *testing.T) {
	for _, c := range []struct {
		name    string
		x, want float64
	}{
		{"zero", 0, 1},
		{"negative zero", math.Copysign(0, -1), 1},
		{"one", 1, math.E},
		{"smallest", math.SmallestNonzeroFloat64, 1},
		{"just below one", -0x1p-53, 1 - 0x1p-53},
		{"largest result", 709.782712893384, 1.7976931348622732e308},
		{"overflow", 709.7827128933841, math.Inf(1)},
		{"far above", math.MaxFloat64, math.Inf(1)},
		{"infinity", math.Inf(1), math.Inf(1)},
		{"subnormal", -708.5, 2.006132305331306e-308},
		{"smallest result", -745.1332191019411, math.SmallestNonzeroFloat64},
		{"underflow", -745.1332191019412, 0},
		{"far below", -math.MaxFloat64, 0},
		{"negative infinity", math.Inf(-1), 0},
		{"not a number", math.NaN(), math.NaN()},
	} {
		t.Run(c.name, func(t *testing.T) {
			requireBits(t, []float64{c.want}, []float64{exp(c.x)})
		})
	}
}

func BenchmarkExp(b *testing.B) {
	x := -3.0
	for b.Loop() {
		x = -3 + exp(x)*0x1p-30
	}
}
