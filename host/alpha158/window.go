package alpha158

import "math"

// windows are the rolling windows' lengths in calendar rows, today included.
var windows = [...]int{5, 10, 20, 30, 60}

// epsilon32 is what the expressions add to a float32 denominator: a Python
// float beside a float32 column is rounded to float32 first.
const epsilon32 float32 = 1e-12

// epsilon64 is the same beside a float64 column.
const epsilon64 float64 = 1e-12

// nan64 is a missing value inside a rolling operator.
var nan64 = math.NaN()

// nan32 is the one bit pattern of a missing feature.
var nan32 = float32(math.NaN())

// rolling returns a float32 value as pandas' rolling operators see it: float64, an
// infinity missing like NaN (pandas, BaseWindow._prep_values).
func rolling(v float32) float64 {
	if !(-math.MaxFloat32 <= v && v <= math.MaxFloat32) {
		return nan64
	}
	return float64(v)
}

// put rounds a float64 feature to float32, as the handler's cast at the end of
// each expression does, and gives every NaN the same bits.
func put(dst *float32, v float64) { put32(dst, float32(v)) }

// put32 does the same for an expression that is float32 throughout.
func put32(dst *float32, v float32) {
	if v != v {
		v = nan32
	}
	*dst = v
}

// tail returns the window of n rows that ends with row i, or the shorter one at the
// start of history, oldest row first.
func tail[T any](column []T, i, n int) []T {
	return column[max(i+1-n, 0) : i+1]
}

// kahan is a compensated sum in float64: pandas' roll_sum and roll_mean
// (add_sum, add_mean) as long as no row leaves the window.
type kahan struct{ sum, comp float64 }

func (k kahan) add(v float64) kahan {
	y := v - k.comp
	t := k.sum + y
	return kahan{sum: t, comp: t - k.sum - y}
}

// welford is a running sum of squared deviations in float64: pandas' roll_var
// (add_var) as long as no row leaves the window. Equal values give exactly 0.
type welford struct{ mean, comp, squares float64 }

// add takes the n-th value.
func (w welford) add(v, n float64) welford {
	before := w.mean - w.comp
	y := v - w.comp
	delta := y - w.mean
	mean := w.mean + delta/n
	return welford{
		mean:    mean,
		comp:    delta + w.mean - y,
		squares: w.squares + float64((v-before)*(v-mean)),
	}
}

// variance returns the sample variance (ddof 1) of n values, NaN for fewer than two.
func (w welford) variance(n float64) float64 {
	if n < 2 {
		return nan64
	}
	return w.squares / (n - 1)
}

// std returns the root of the sample variance; one that rounding made negative
// counts as 0 (pandas, zsqrt).
func (w welford) std(n float64) float64 {
	v := w.variance(n)
	if v < 0 {
		return 0
	}
	return math.Sqrt(v)
}
