package alpha158

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// missingInf turns an infinity into NaN.
func missingInf(v float64) float64 {
	if math.IsInf(v, 0) {
		return math.NaN()
	}
	return v
}

// present returns the values of a window that are not NaN.
func present(window []float64) []float64 {
	return slices.DeleteFunc(slices.Clone(window), math.IsNaN)
}

// naive returns a rolling operator with one operand, on one window.
func naive(t testing.TB, name string, window []float64, q float64) float64 {
	v := present(window)
	if len(v) == 0 {
		return math.NaN()
	}
	n := float64(len(v))
	today := window[len(window)-1]
	switch name {
	case "Mean":
		return naiveSum(v) / n
	case "Sum":
		return naiveSum(v)
	case "Std":
		return naiveStd(v)
	case "Max":
		return slices.Max(v)
	case "Min":
		return slices.Min(v)
	case "IdxMax", "IdxMin":
		if i := slices.IndexFunc(window, math.IsNaN); i >= 0 {
			return float64(i + 1)
		}
		if name == "IdxMax" {
			return float64(slices.Index(window, slices.Max(window)) + 1)
		}
		return float64(slices.Index(window, slices.Min(window)) + 1)
	case "Quantile":
		slices.Sort(v)
		k := float64(q * (n - 1))
		i := int(math.Trunc(k))
		if k == float64(i) {
			return v[i]
		}
		return v[i] + float64((v[i+1]-v[i])*(k-float64(i)))
	case "Rank":
		if math.IsNaN(today) {
			return today
		}
		below, upTo := 0.0, 0.0
		for _, x := range v {
			below += truth(x < today)
			upTo += truth(x <= today)
		}
		return (below + 1 + upTo) / 2 / n
	}
	require.Fail(t, "unknown operator", "%s", name)
	return 0
}

// naiveSum returns the Kahan sum of v.
func naiveSum(v []float64) float64 {
	sum, c := 0.0, 0.0
	for _, x := range v {
		y := x - c
		t := sum + y
		c = (t - sum) - y
		sum = t
	}
	return sum
}

// naiveVar returns the sample variance of v by Welford's method with a compensated mean.
func naiveVar(v []float64) float64 {
	if len(v) < 2 {
		return math.NaN()
	}
	mean, c, squares := 0.0, 0.0, 0.0
	for i, x := range v {
		old := mean - c
		y := x - c
		t := y - mean
		c = t + mean - y
		mean += t / float64(i+1)
		squares += float64((x - old) * (x - mean))
	}
	return squares / float64(len(v)-1)
}

// naiveStd returns the root of naiveVar, 0 where rounding made that negative.
func naiveStd(v []float64) float64 {
	variance := naiveVar(v)
	if variance < 0 {
		return 0
	}
	return math.Sqrt(variance)
}

// naiveCorr returns Corr on one window.
func naiveCorr(a, b []float64) float64 {
	var as, bs, alone, blone, products []float64
	for i := range a {
		x, y := missingInf(a[i]), missingInf(b[i])
		alone, blone = append(alone, x), append(blone, y)
		if !math.IsNaN(x) && !math.IsNaN(y) {
			as, bs, products = append(as, x), append(bs, y), append(products, float64(x*y))
		}
	}
	if naiveStd(present(alone)) <= 2e-5 || naiveStd(present(blone)) <= 2e-5 {
		return math.NaN()
	}
	n := float64(len(as))
	covariance := naiveSum(products)/n - float64((naiveSum(as)/n)*(naiveSum(bs)/n))
	return float64(covariance*(n/(n-1))) / math.Sqrt(float64(naiveVar(as)*naiveVar(bs)))
}

// naiveLine returns Slope, Rsquare or Resi on one window: x = position, today = n.
func naiveLine(name string, window []float64, n int) float64 {
	var count, sx, sy, sxx, sxy, syy float64
	for i, y := range window {
		if math.IsNaN(y) {
			continue
		}
		x := float64(n - len(window) + i + 1)
		count++
		sx += x
		sy += y
		sxx += float64(x * x)
		sxy += float64(x * y)
		syy += float64(y * y)
	}
	top := float64(count*sxy) - float64(sx*sy)
	spread := float64(count*sxx) - float64(sx*sx)
	switch name {
	case "Slope":
		return top / spread
	case "Rsquare":
		finite := make([]float64, len(window))
		for i, v := range window {
			finite[i] = missingInf(v)
		}
		if naiveStd(present(finite)) <= 2e-5 {
			return math.NaN()
		}
		r := top / math.Sqrt(float64(spread*(float64(count*syy)-float64(sy*sy))))
		return float64(r * r)
	}
	slope := top / spread
	return window[len(window)-1] - (float64(slope*float64(n)) + (sy/count - float64(slope*(sx/count))))
}
