// Package barfile is the Parquet file of one symbol's daily bars: how it is
// read and how it is written.
//
// Reading trusts nothing that the file says about itself. parquet-go's page
// readers are not used, because they allocate what a page header claims and
// expand run lengths without a limit (a file of 1.6 KB makes them take 2 GB),
// and neither is its decoder of the metadata, which refuses files that
// everybody else reads. Here every size is held against the bytes at hand and
// the limits below before memory is taken, and no error repeats bytes of the
// file.
package barfile

import (
	"math"
	"time"
)

// The limits of one file.
const (
	MaxBytes = 64 << 20 // bytes of the whole file
	MaxRows  = 100_000  // rows of all row groups together

	maxSchema   = 32 << 10 // elements of the schema: columns and groups of them
	maxDepth    = 32       // nesting of one metadata structure
	maxHeader   = 64 << 10 // bytes of one page header
	maxPage     = 8 << 20  // bytes of one page, uncompressed
	maxInflated = 64 << 20 // bytes of all pages of the columns read, uncompressed
)

// limits are those that differ between bar files and longer tables.
type limits struct {
	rows, group int   // of all row groups together, and of each
	page        int32 // bytes of one page, uncompressed
	inflated    int   // bytes of all pages of the columns read, uncompressed
}

var (
	ofBars = limits{rows: MaxRows, group: MaxRows, page: maxPage, inflated: maxInflated}
	ofLong = limits{rows: 1 << 30, group: 1 << 24, page: 256 << 20, inflated: math.MaxInt}
)

// The first and the last date that a bar may have, in days since 1970-01-01.
const (
	MinDay int32 = -25567 // 1900-01-01
	MaxDay int32 = 84005  // 2199-12-31
)

func dayString(d int64) string { return time.Unix(d*86400, 0).UTC().Format("2006-01-02") }

// Bars are one symbol's bars, oldest first, one entry a bar, NaN = missing.
// Every bar has at least one value.
type Bars struct {
	Days                           []int32 // days since 1970-01-01, strictly ascending
	Open, High, Low, Close, Volume []float32
	VWAP                           []float32 // nil = the file has no such column
}

// fields are the value columns in the order of Bars.
var fields = [...]string{"open", "high", "low", "close", "volume", "vwap"}

// barColumns are all columns of a bar file, in lower case.
var barColumns = append([]string{"symbol", "date"}, fields[:]...)

// columns are the values of Bars, in the order of fields.
type columns[T float32 | float64] [len(fields)][]T

func (b *Bars) columns() columns[float32] {
	return columns[float32]{b.Open, b.High, b.Low, b.Close, b.Volume, b.VWAP}
}
