package market

import "math"

var nan32 = float32(math.NaN())

// Columns are daily bars by field: equal lengths, one entry a calendar day,
// oldest first, float32 as Qlib stores them. NaN is a missing value; a day
// without a bar is NaN in every column. VWAP may be nil: the field is missing
// altogether.
type Columns struct {
	Open, High, Low, Close, Volume, VWAP []float32
}

// Len returns the number of calendar rows.
func (c *Columns) Len() int { return len(c.Close) }

// all returns the columns in the order of their fields.
func (c *Columns) all() [6][]float32 {
	return [...][]float32{c.Open, c.High, c.Low, c.Close, c.Volume, c.VWAP}
}

// Slice returns rows [from, to) without copying.
func (c *Columns) Slice(from, to int) Columns {
	s := Columns{
		Open: c.Open[from:to], High: c.High[from:to], Low: c.Low[from:to],
		Close: c.Close[from:to], Volume: c.Volume[from:to],
	}
	if c.VWAP != nil {
		s.VWAP = c.VWAP[from:to]
	}
	return s
}

// Series is one symbol's history, aligned to the market's calendar between
// its own first and last bar.
type Series struct {
	Symbol string // upper case
	Sector string // "" = unknown
	First  int    // calendar index of row 0
	Columns
}

// Row returns the series' row for a calendar index; ok is false outside its history.
func (s *Series) Row(calendarIndex int) (row int, ok bool) {
	row = calendarIndex - s.First
	return row, row >= 0 && row < s.Len()
}

// HasBar reports whether any field of the row is there.
func (s *Series) HasBar(row int) bool {
	is := func(col []float32) bool { return col != nil && col[row] == col[row] }
	return is(s.Close) || is(s.Open) || is(s.High) || is(s.Low) || is(s.Volume) || is(s.VWAP)
}
