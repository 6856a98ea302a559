// Package processor computes what Qlib's infer processors make of the features
// of a day, with research's own bits: filling, normalising and ranking by state
// that was fitted in research, and across the day's symbols. It knows no market
// and no expressions. Source: qlib/data/dataset/processor.py of pyqlib 0.9.7,
// with the sums of NumPy and pandas 3.1.
package processor

// Label names a column.
type Label struct {
	Group string // "feature" or "label"
	Name  string
}

// Frame holds the values of one day: a row a symbol, in ascending order of the
// symbols, as Qlib has them.
type Frame struct {
	Rows    []int // of each row, its number before any was dropped
	Columns []Column
}

// Column holds the values of a column, NaN = missing. They are float32, or
// float64 from CSRankNorm on: the other slice is nil.
type Column struct {
	Label
	F32 []float32
	F64 []float64
}

// NewFrame returns a frame of float32 columns of the same length.
func NewFrame(labels []Label, values [][]float32) *Frame {
	f := &Frame{Columns: make([]Column, len(labels))}
	for i, l := range labels {
		f.Columns[i] = Column{Label: l, F32: values[i]}
	}
	if len(values) > 0 {
		f.Rows = make([]int, len(values[0]))
		for i := range f.Rows {
			f.Rows[i] = i
		}
	}
	return f
}

// Value returns a value as the model gets it.
func (c *Column) Value(row int) float64 {
	if c.F64 != nil {
		return c.F64[row]
	}
	return float64(c.F32[row])
}

// widen makes the values float64 and returns them.
func (c *Column) widen() []float64 {
	if c.F64 == nil {
		c.F64 = make([]float64, len(c.F32))
		for i, v := range c.F32 {
			c.F64[i] = float64(v)
		}
		c.F32 = nil
	}
	return c.F64
}

type number interface{ float32 | float64 }

// onEach calls the function of a column's type with its values.
func (f *Frame) onEach(columns []int, narrow func(at int, x []float32), wide func(at int, x []float64)) {
	for at, i := range columns {
		if c := &f.Columns[i]; c.F64 != nil {
			wide(at, c.F64)
		} else {
			narrow(at, c.F32)
		}
	}
}

// keep drops the rows for which it is false.
func (f *Frame) keep(row func(i int) bool) {
	kept := 0
	for i := range f.Rows {
		if !row(i) {
			continue
		}
		f.Rows[kept] = f.Rows[i]
		for j := range f.Columns {
			if c := &f.Columns[j]; c.F64 != nil {
				c.F64[kept] = c.F64[i]
			} else {
				c.F32[kept] = c.F32[i]
			}
		}
		kept++
	}
	f.Rows = f.Rows[:kept]
	for j := range f.Columns {
		if c := &f.Columns[j]; c.F64 != nil {
			c.F64 = c.F64[:kept]
		} else {
			c.F32 = c.F32[:kept]
		}
	}
}
