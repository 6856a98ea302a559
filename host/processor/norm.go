package processor

// addZScoreNorm computes (x-mean)/std by the fitted state of each column.
func addZScoreNorm(c *Chain, s *Spec) error {
	columns := c.columnsOf(s.Groups)
	mean, err := c.fitted(s, meanTrain, columns)
	if err != nil {
		return err
	}
	std, err := c.fitted(s, stdTrain, columns)
	if err != nil {
		return err
	}
	c.scale(columns, mean, std)
	return nil
}

// addRobustZScoreNorm computes the same from a median and a deviation, and cuts
// the result off at -3 and 3.
func addRobustZScoreNorm(c *Chain, s *Spec) error {
	if err := addZScoreNorm(c, s); err != nil || !s.Clip {
		return err
	}
	columns := c.columnsOf(s.Groups)
	c.step(func(f *Frame) {
		f.onEach(columns, func(_ int, x []float32) { clip(x) }, func(_ int, x []float64) { clip(x) })
	})
	return nil
}

// addMinMaxNorm computes (x-min)/(max-min).
func addMinMaxNorm(c *Chain, s *Spec) error {
	columns := c.columnsOf(s.Groups)
	low, err := c.fitted(s, minVal, columns)
	if err != nil {
		return err
	}
	high, err := c.fitted(s, maxVal, columns)
	if err != nil {
		return err
	}
	for i := range high {
		high[i].F32 -= low[i].F32
		high[i].F64 -= low[i].F64
	}
	c.scale(columns, low, high)
	return nil
}

// scale adds (x-origin)/unit, in the type of x, with an origin and a unit for
// each of the columns.
func (c *Chain) scale(columns []int, origin, unit []Fitted) {
	c.step(func(f *Frame) {
		f.onEach(columns, func(at int, x []float32) {
			for i := range x {
				x[i] = (x[i] - origin[at].F32) / unit[at].F32
			}
		}, func(at int, x []float64) {
			for i := range x {
				x[i] = (x[i] - origin[at].F64) / unit[at].F64
			}
		})
	})
}

// clip cuts values off at -3 and 3; NaN stays.
func clip[T number](x []T) {
	for i, v := range x {
		if v < -3 {
			x[i] = -3
		} else if v > 3 {
			x[i] = 3
		}
	}
}
