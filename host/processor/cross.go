package processor

import (
	"math"
	"slices"

	"edgesignal/host/numpy"
)

// addCSZScoreNorm computes (x-mean)/std over the symbols of the day, or, robust,
// the distance from the median in median deviations, cut off at -3 and 3.
func addCSZScoreNorm(c *Chain, s *Spec) error {
	columns := c.columnsOf(s.Groups)
	c.step(func(f *Frame) {
		if s.Robust {
			f.onEach(columns, func(_ int, x []float32) { robust(x) }, func(_ int, x []float64) { robust(x) })
			return
		}
		f.onEach(columns, func(_ int, x []float32) { standardise(x) }, func(_ int, x []float64) { standardise(x) })
	})
	return nil
}

func standardise[T number](x []T) {
	m, s := mean(x), std(x)
	for i := range x {
		x[i] = (x[i] - m) / s
	}
}

func robust[T number](x []T) {
	m := median(x)
	sizes := make([]T, len(x))
	for i := range x {
		x[i] -= m
		sizes[i] = T(math.Abs(float64(x[i])))
	}
	mad, scale := median(sizes), T(1.4826)
	for i := range x {
		x[i] = x[i] / mad / scale
	}
	clip(x)
}

// addCSRankNorm computes (rank/n - 0.5)*3.46 over the symbols of the day, in
// float64; equal values share the mean of their ranks, and NaN has none.
func addCSRankNorm(c *Chain, s *Spec) error {
	columns := c.columnsOf(s.Groups)
	c.step(func(f *Frame) {
		for _, i := range columns {
			rank(f.Columns[i].widen())
		}
	})
	return nil
}

func rank(x []float64) {
	order := make([]int, 0, len(x))
	for i, v := range x {
		if !math.IsNaN(v) {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int {
		switch {
		case x[a] < x[b]:
			return -1
		case x[a] > x[b]:
			return 1
		}
		return 0
	})
	n := float64(len(order))
	for begin := 0; begin < len(order); {
		end := begin + 1
		for end < len(order) && x[order[end]] == x[order[begin]] {
			end++
		}
		// The mean of the ranks begin+1 to end, of n.
		score := (float64(begin+1+end)/2/n - 0.5) * 3.46
		for ; begin < end; begin++ {
			x[order[begin]] = score
		}
	}
}

// mean returns pandas' mean: the pairwise sum with NaN as 0, by the number of
// the others; NaN where there are none.
func mean[T number](x []T) T {
	values, n := withoutNaN(x)
	return numpy.Sum(values) / T(n)
}

// std returns pandas' standard deviation, of n-1: sums in float64, the root in
// the type of x; NaN for fewer than two values.
func std[T number](x []T) T {
	values, n := withoutNaN(x)
	if n < 2 {
		return T(math.NaN())
	}
	wide := make([]float64, len(values))
	for i, v := range values {
		wide[i] = float64(v)
	}
	m := numpy.Sum(wide) / float64(n)
	for i, v := range x {
		d := m - float64(v)
		if v != v {
			d = 0
		}
		wide[i] = d * d
	}
	variance := T(numpy.Sum(wide) / float64(n-1))
	return T(math.Sqrt(float64(variance)))
}

// withoutNaN returns the values with 0 for NaN, and how many are none.
func withoutNaN[T number](x []T) (values []T, n int) {
	values = slices.Clone(x)
	for i, v := range values {
		if v != v {
			values[i] = 0
		} else {
			n++
		}
	}
	return values, n
}

// median returns the middle of the values that are no NaN, or the mean of the
// two in the middle; NaN where there are none.
func median[T number](x []T) T {
	values := make([]T, 0, len(x))
	for _, v := range x {
		if v == v {
			values = append(values, v)
		}
	}
	if len(values) == 0 {
		return T(math.NaN())
	}
	slices.Sort(values)
	middle := len(values) / 2
	if len(values)%2 == 1 {
		return numpy.Sum(values[middle : middle+1])
	}
	return numpy.Sum(values[middle-1:middle+1]) / 2
}
