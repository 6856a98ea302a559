package processor

import "math"

// addFillna fills missing values; infinite ones stay.
func addFillna(c *Chain, s *Spec) error {
	columns := c.columnsOf(s.Groups)
	narrow := float32(s.Fill)
	exact := c.pandas3 || float64(narrow) == s.Fill || math.IsNaN(s.Fill)
	c.step(func(f *Frame) {
		if !exact {
			for _, i := range columns {
				f.Columns[i].widen()
			}
		}
		f.onEach(columns, func(_ int, x []float32) { fill(x, narrow) }, func(_ int, x []float64) { fill(x, s.Fill) })
	})
	return nil
}

func fill[T number](x []T, value T) {
	for i, v := range x {
		if v != v {
			x[i] = value
		}
	}
}

// addCSZFillna fills missing values with the mean of the day.
func addCSZFillna(c *Chain, s *Spec) error {
	columns := c.columnsOf(s.Groups)
	c.step(func(f *Frame) {
		f.onEach(columns, func(_ int, x []float32) { fill(x, mean(x)) }, func(_ int, x []float64) { fill(x, mean(x)) })
	})
	return nil
}

// addProcessInf replaces infinite values with the mean of the day's others, in
// the columns of all groups.
func addProcessInf(c *Chain, _ *Spec) error {
	columns := c.columnsOf(nil)
	c.step(func(f *Frame) {
		f.onEach(columns, func(_ int, x []float32) { replaceInf(x) }, func(_ int, x []float64) { replaceInf(x) })
	})
	return nil
}

func replaceInf[T number](x []T) {
	var others []T
	for _, v := range x {
		if !math.IsInf(float64(v), 0) {
			others = append(others, v)
		}
	}
	if len(others) == len(x) {
		return
	}
	m := mean(others)
	for i, v := range x {
		if math.IsInf(float64(v), 0) {
			x[i] = m
		}
	}
}
