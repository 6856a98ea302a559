package expr

import (
	"math"
	"strconv"

	"edgesignal/host/numpy"
)

// eachWindow returns the kernel of an operator that reads every window anew.
// Its cost grows with the window.
func eachWindow(n, perRow int, of func(window []float64, s *scratch) float64) kernel {
	return kernel{cost: perWindow(n, perRow), back: windowed(n), run: func(c *call) {
		x, dst := c.in[0].f64, c.out[0].f64
		for i := c.lo; i < c.hi; i++ {
			dst[i] = of(x[windowStart(i, n):i+1], c.scratch)
		}
	}}
}

// buildMad is Mad: the mean absolute deviation from the mean, each by NumPy's pairwise sum.
func buildMad(b *builder, at *tree, in []operand) (operand, error) {
	n, err := rows(at, in[1], 1)
	if err != nil {
		return operand{}, err
	}
	k := eachWindow(n, 3, func(window []float64, s *scratch) float64 {
		valid := room(&s.values, len(window))[:0]
		for _, v := range window {
			if v == v {
				valid = append(valid, v)
			}
		}
		if len(valid) == 0 {
			return nan
		}
		count := float64(len(valid))
		mean := numpy.Sum(valid) / count
		for i, v := range valid {
			valid[i] = math.Abs(v - mean)
		}
		return numpy.Sum(valid) / count
	})
	return rolls(b.add("mad "+strconv.Itoa(n), Float64, k, b.clean(in[0].column)), n, in[0]), nil
}

// buildWMA is WMA: the mean of the values weighted with 1, 2, ... to today, the
// weights adding up to 1. As Qlib divides by the number of values once more, that
// of a constant c is c over that number.
func buildWMA(b *builder, at *tree, in []operand) (operand, error) {
	n, err := rows(at, in[1], 1)
	if err != nil {
		return operand{}, err
	}
	k := eachWindow(n, 2, func(window []float64, s *scratch) float64 {
		rows := float64(len(window))
		total, count := float64(rows*(rows+1))/2, 0.0
		products := room(&s.values, len(window))
		for i, v := range window {
			products[i] = 0
			if v == v {
				products[i] = float64(float64(i+1) / total * v)
				count++
			}
		}
		if count == 0 {
			return nan
		}
		return numpy.Sum(products) / count
	})
	return rolls(b.add("wma "+strconv.Itoa(n), Float64, k, b.clean(in[0].column)), n, in[0]), nil
}
