package expr

import (
	"math"
	"math/big"
)

// powerBits is the precision of numbers that are folded: far beyond a float64's 53
// bits, so that the result is the nearest float64, as C's pow gives it.
const powerBits = 200

// exactPower returns x^y, rounded once.
func exactPower(x, y float64) float64 {
	special := pow(x, y)
	if x <= 0 || special == 0 || special == 1 || math.IsNaN(special) || math.IsInf(special, 0) {
		if x < 0 && y == math.Trunc(y) && special != 0 && !math.IsInf(special, 0) {
			return math.Copysign(exactPower(-x, y), special)
		}
		return special
	}
	// x = m*2^e with m in [1/2,1), so log2(x^y) = y*(log(m)/log(2) + e).
	m := new(big.Float).SetPrec(powerBits).SetFloat64(x)
	e := m.MantExp(m)
	log := logOf(m)
	log.Quo(log, ln2())
	log.Add(log, wide200(float64(e)))
	log.Mul(log, wide200(y))
	whole, _ := log.Int(nil)
	log.Sub(log, new(big.Float).SetPrec(powerBits).SetInt(whole))
	log.Mul(log, ln2())
	v, _ := new(big.Float).SetMantExp(expOf(log), int(whole.Int64())).Float64()
	return v
}

func wide200(v float64) *big.Float { return new(big.Float).SetPrec(powerBits).SetFloat64(v) }

func ln2() *big.Float {
	log := logOf(wide200(0.5))
	return log.Neg(log)
}

// logOf returns the logarithm of a number in [1/2,1): 2*atanh((m-1)/(m+1)) as a series.
func logOf(m *big.Float) *big.Float {
	s := new(big.Float).Quo(new(big.Float).Sub(m, wide200(1)), new(big.Float).Add(m, wide200(1)))
	square := new(big.Float).Mul(s, s)
	sum, power := wide200(0), new(big.Float).Copy(s)
	for k := 1.0; k < 130; k += 2 {
		sum.Add(sum, new(big.Float).Quo(power, wide200(k)))
		power.Mul(power, square)
	}
	return sum.Mul(sum, wide200(2))
}

// expOf returns e^r of a number between -1 and 1 as a series.
func expOf(r *big.Float) *big.Float {
	sum, term := wide200(1), wide200(1)
	for k := 1.0; k < 50; k++ {
		term.Quo(term.Mul(term, r), wide200(k))
		sum.Add(sum, term)
	}
	return sum
}
