package alpha158

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"edgesignal/host/market"
)

// wild returns n values of one character, which changes now and then: a walk with
// ties, a constant, any bits at all, magnitudes far apart, both zeros,
// subnormals, infinities, holes.
func wild(r *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	character, left, last := 0, 0, float32(1)
	inf := float32(math.Inf(1))
	for i := range x {
		if left--; left < 0 {
			character, left = r.IntN(12), r.IntN(90)
			last = float32(math.Ldexp(1+r.Float64(), r.IntN(60)-30))
		}
		v := last
		switch character {
		case 0, 1, 2: // a walk in small steps, which come back to the same values
			v = last * (1 + float32(r.IntN(5)-2)/64)
		case 3: // a walk
			v = last * float32(1+0.05*r.NormFloat64())
		case 4: // magnitudes at the limit of what a sum of float32 holds exactly
			v = float32(math.Ldexp(r.Float64(), r.IntN(34)-10))
		case 5:
			v = float32(math.Ldexp(r.NormFloat64(), r.IntN(250)-125))
		case 6:
			v = math.Float32frombits(r.Uint32())
		case 7:
			v = []float32{0, float32(math.Copysign(0, -1)), 1, -1}[r.IntN(4)]
		case 8:
			v = math.Float32frombits(r.Uint32() & 0x800fffff)
		case 9:
			v = []float32{last, last, last, inf, -inf, missing, math.MaxFloat32}[r.IntN(7)]
		case 10: // constant
		case 11: // whole numbers
			v = float32(r.IntN(1 << 26))
		}
		x[i] = v
		if v-v == 0 && v != 0 {
			last = v
		}
		if r.IntN(150) == 0 {
			x[i] = missing
		}
	}
	return x
}

// wildBars returns bars of wild columns, which have nothing to do with each other,
// on some of which a whole stretch of days is missing.
func wildBars(r *rand.Rand, n int) market.Columns {
	c := market.Columns{Open: wild(r, n), High: wild(r, n), Low: wild(r, n), Close: wild(r, n), Volume: wild(r, n), VWAP: wild(r, n)}
	for r.IntN(3) > 0 {
		for i, end := r.IntN(n), r.IntN(70); i < n && end > 0; i, end = i+1, end-1 {
			suspend(c, i)
		}
	}
	return c
}

// requireRolling holds rows [from, to) of a roller against a window at a time.
func requireRolling(t require.TestingT, c market.Columns, from, to int, what string) {
	want, got := make([]float32, (to-from)*Width), make([]float32, (to-from)*Width)
	windowAtATime(want, &c, from, to)
	var r roller
	r.history(got, &c, from, to)
	for i, w := range want {
		if math.Float32bits(w) != math.Float32bits(got[i]) {
			require.Fail(t, "not the same bits", "%s, rows [%d, %d): row %d %s: rolling gives %v, the window %v",
				what, from, to, from+i/Width, Names()[i%Width], got[i], w)
		}
	}
}

// TestRollingIsTheWindow: the rows of any range have the same bits rolled as
// from each window by itself.
func TestRollingIsTheWindow(t *testing.T) {
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 5))
		c := wildBars(r, 1+r.IntN(330))
		requireRolling(t, c, 0, c.Len(), fmt.Sprintf("seed %d", seed))
		from := r.IntN(c.Len())
		requireRolling(t, c, from, from+r.IntN(c.Len()-from+1), fmt.Sprintf("seed %d", seed))
	}
	requireRolling(t, walk(3, 2500), 0, 2500, "a plausible stock")
	requireRolling(t, flatBars(200, 12.3, 1000), 0, 200, "constant bars")
	rapid.Check(t, func(rt *rapid.T) {
		c := drawBars(rt)
		from := rapid.IntRange(0, c.Len()).Draw(rt, "from")
		requireRolling(rt, c, from, rapid.IntRange(from, c.Len()).Draw(rt, "to"), "drawn bars")
	})
}

// TestPrefixIsKahan: where the running sums say that they are exact their
// differences are Kahan's sums, as they are elsewhere because those are taken.
func TestPrefixIsKahan(t *testing.T) {
	exact, rounded := 0, 0
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 6))
		x := make([]float64, 1+r.IntN(span))
		spread := 1 + r.IntN(60)
		for i := range x {
			x[i] = rolling(float32(math.Ldexp(2*r.Float64()-1, r.IntN(spread))))
			if r.IntN(40) == 0 {
				x[i] = nan64
			}
		}
		var p prefix
		p.load(x)
		if p.spare >= rowBits {
			exact++
		} else {
			rounded++
		}
		for range 20 {
			i := r.IntN(len(x))
			from := max(0, i-r.IntN(longest))
			sum, n := p.window(x, from, i)
			have := present(x[from : i+1])
			require.Equal(t, float64(len(have)), n)
			if len(have) == 0 {
				require.True(t, math.IsNaN(sum))
				continue
			}
			require.Equal(t, math.Float64bits(naiveSum(have)), math.Float64bits(sum), "seed %d", seed)
		}
	}
	require.Greater(t, exact, 500)
	require.Greater(t, rounded, 500)
}

// TestPrefixBound: as far apart as values may lie, the largest sums are still
// exact, and one bit further they are not taken.
func TestPrefixBound(t *testing.T) {
	column := func(low int) []float64 {
		x := []float64{math.Ldexp(1, low)}
		for len(x) < span {
			x = append(x, math.Ldexp(1<<24-1, 0)) // exponent 23
		}
		return x
	}
	at := 23 - (52 - rowBits) // exponent of the unit
	var p prefix
	x := column(at)
	p.load(x)
	require.Equal(t, rowBits, p.spare)
	sum, _ := p.window(x, 0, longest-1)
	require.Equal(t, (longest-1)*float64(1<<24-1)+math.Ldexp(1, at), sum)
	p.load(column(at - 1))
	require.Equal(t, rowBits-1, p.spare)
}
