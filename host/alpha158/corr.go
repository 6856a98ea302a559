package alpha158

import "math"

// correlation computes the correlations of price with volume. Their operands
// are float32, the operator float64; rounded at the end.
//
//	CORR  Corr($close, Log($volume+1), N)
//	CORD  Corr($close/Ref($close,1), Log($volume/Ref($volume,1)+1), N)
func (f *frame) correlation(dst []float32, i int) {
	for w, n := range windows {
		put(&dst[atCORR+w], corr(tail(f.close[:], i, n), tail(f.logVolume[:], i, n)))
		put(&dst[atCORD+w], corr(tail(f.ratio[:], i, n), tail(f.logRatio[:], i, n)))
	}
}

// corr returns Qlib's Corr of one window, in float64: over the rows where both
// values are there,
//
//	(mean(ab)-mean(a)*mean(b)) * (n/(n-1)) / sqrt(var(a)*var(b))
//
// It is not clipped to [-1, 1], and NaN for fewer than two rows or where Std of
// either operand, over its own values whether paired or not, is at most 2e-5.
// Source: pandas' rolling corr (roll_mean, roll_var) and Qlib's mask on it.
func corr(a, b []float64) float64 {
	var (
		n                float64
		sumA, sumB, prod kahan
		devA, devB       welford
		unpaired         bool
	)
	b = b[:len(a)]
	for i, x := range a {
		y := b[i]
		if x != x || y != y {
			unpaired = unpaired || x == x || y == y
			continue
		}
		n++
		sumA = sumA.add(x)
		sumB = sumB.add(y)
		prod = prod.add(float64(x * y))
		devA = devA.add(x, n)
		devB = devB.add(y, n)
	}
	stdA, stdB := devA.std(n), devB.std(n)
	if unpaired {
		stdA, stdB = stdOf(a), stdOf(b)
	}
	if stdA <= flat || stdB <= flat {
		return nan64
	}
	return pearson(n, sumA.sum, sumB.sum, prod.sum, devA, devB)
}

// pearson returns the correlation of n pairs from their sums and deviations.
func pearson(n, sumA, sumB, prod float64, devA, devB welford) float64 {
	if n < 2 {
		return nan64
	}
	covariance := float64((prod/n - float64((sumA/n)*(sumB/n))) * (n / (n - 1)))
	return covariance / math.Sqrt(float64(devA.variance(n)*devB.variance(n)))
}
