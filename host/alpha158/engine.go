// Package alpha158 computes the 158 daily features of Qlib's Alpha158 handler
// from float32 bars, bit for bit as Qlib 0.9.7 computes them (NumPy 1.24,
// pandas 1.5, x86 with AVX2).
//
// The value of a row is what Qlib answers to a query of that one day: each
// window is read from its oldest to its newest row with the very operations,
// in the very order, of Qlib's operator. A query over a range of days lets
// pandas add and remove rows as its window slides; since sums of float32 values
// over at most 60 rows are exact in float64, the two agree but for one cell in
// some 200,000, by one unit in the last place.
//
// Last reads its windows like this. History over many rows keeps what the
// windows of one row share with those of the next, and gives the same bits; see
// roller.
//
// Types are part of the definition. Element-wise operators work in float32,
// constants included; rolling operators work in float64, and each feature is
// rounded once to float32 at its end. Go may fuse x*y+z into one rounding on
// arm64 and with GOAMD64=v3, so every product that is added to something is
// converted explicitly, which forbids that.
//
// A NaN among the features is always the same bit pattern, on every machine.
package alpha158

import (
	"fmt"

	"edgesignal/host/market"
)

// Rows is the number of calendar rows that final values need: 60 back and
// today. With fewer the features exist (windows are short, Ref is NaN), but
// differ from what a longer history would give.
const Rows = 61

// Last computes the features of the newest row of c into dst (len Width). It
// looks at no more than the last Rows rows. It panics when dst has another
// length, c has no rows, or the columns of c differ in length.
func Last(dst []float32, c market.Columns) {
	n := c.Len()
	if n == 0 {
		panic("alpha158: Last of columns without rows")
	}
	History(dst, c, n-1, n)
}

// History computes the features of rows [from, to) of c into dst, row-major,
// (to-from)*Width values; windows reach back before from. Each row equals Last
// of the columns that end with it. It panics when the rows do not lie in c,
// dst has another length, or the columns of c differ in length.
func History(dst []float32, c market.Columns, from, to int) {
	check(dst, &c, from, to)
	if to-from < worthRolling {
		windowAtATime(dst, &c, from, to)
		return
	}
	var r roller
	r.history(dst, &c, from, to)
}

// windowAtATime computes what History does by reading each row's windows anew. It
// defines the values: whatever else computes them must give these bits.
func windowAtATime(dst []float32, c *market.Columns, from, to int) {
	var f frame
	for ; from < to; from += block {
		end := min(from+block, to)
		first := max(from-(Rows-1), 0)
		f.load(c.Slice(first, end))
		for i := from; i < end; i++ {
			f.row(dst[:Width:Width], i-first)
			dst = dst[Width:]
		}
	}
}

// check panics on a call that breaks the contract of History.
func check(dst []float32, c *market.Columns, from, to int) {
	n := c.Len()
	for _, col := range []struct {
		name string
		len  int
	}{{"open", len(c.Open)}, {"high", len(c.High)}, {"low", len(c.Low)}, {"volume", len(c.Volume)}} {
		if col.len != n {
			panic(fmt.Sprintf("alpha158: column %s has %d rows, close has %d", col.name, col.len, n))
		}
	}
	if c.VWAP != nil && len(c.VWAP) != n {
		panic(fmt.Sprintf("alpha158: column vwap has %d rows, close has %d", len(c.VWAP), n))
	}
	if from < 0 || from > to || to > n {
		panic(fmt.Sprintf("alpha158: rows [%d, %d) of columns with %d rows", from, to, n))
	}
	if want := (to - from) * Width; len(dst) != want {
		panic(fmt.Sprintf("alpha158: dst has %d values, rows [%d, %d) need %d", len(dst), from, to, want))
	}
}

// row computes the features of the frame's row i into dst (len Width).
func (f *frame) row(dst []float32, i int) {
	f.kbar(dst, i)
	f.price(dst, i)
	f.roc(dst, i)
	f.moments(dst, i)
	f.regression(dst, i)
	f.extremes(dst, i)
	f.order(dst, i)
	f.correlation(dst, i)
	f.counts(dst, i)
	f.sums(dst, i)
}
