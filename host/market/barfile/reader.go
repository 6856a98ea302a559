package barfile

import (
	"compress/gzip"
	"fmt"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// Reader reads bar files one after the other and keeps its working memory
// between them. The zero value is ready. It is not safe for concurrent use.
type Reader struct {
	inflated []byte // one page, uncompressed
	levels   []uint8
	indexes  []uint32
	wide     []int64
	shared   []int64
	days     []int64
	odd      []uint8
	limits   limits
	budget   int // bytes that may still be inflated for this file
	zstd     *zstd.Decoder
	gzip     *gzip.Reader
	brotli   *brotli.Reader
}

// Read decodes the bars in file, the whole content of one Parquet file.
// Numbers become float32 with one rounding (decimals: from the nearest
// float64), dates are days, a moment's by the time zone that the file names,
// nulls are NaN, rows are sorted by date, and rows without any value are left
// out: they are not bars. Names of columns count without regard to case, and
// columns that are not asked for do not matter. Read keeps no reference to file.
//
// It refuses what does not hold one series of bars: a required column that is
// missing or of another type (date, open, high, low, close, volume), a symbol
// column that says something other than symbol (without regard to case), a
// date that is null, twice there or outside MinDay to MaxDay, or that is a
// moment in a zone that nobody names, no bars at all, and whatever is damaged
// or over a limit. It never panics.
func (r *Reader) Read(symbol string, file []byte) (*Bars, error) {
	days, c, err := readBars[float32](r, symbol, file)
	if err != nil {
		return nil, err
	}
	return &Bars{days, c[0], c[1], c[2], c[3], c[4], c[5]}, nil
}

// ReadTable returns the same bars as Read, in the precision that Write takes.
func (r *Reader) ReadTable(symbol string, file []byte) (*Table, error) {
	days, c, err := readBars[float64](r, symbol, file)
	if err != nil {
		return nil, err
	}
	return &Table{symbol, days, c[0], c[1], c[2], c[3], c[4], c[5]}, nil
}

func readBars[T float32 | float64](r *Reader, symbol string, file []byte) (days []int32, c columns[T], err error) {
	defer func() {
		if p := recover(); p != nil {
			*r = Reader{}
			err = fmt.Errorf("damaged Parquet file: %v", p)
		}
	}()
	if len(file) > MaxBytes {
		return nil, c, fmt.Errorf("%d bytes; the limit is %d", len(file), MaxBytes)
	}
	t, err := r.openTable(file, barColumns, ofBars)
	if err != nil {
		return nil, c, err
	}
	for _, name := range barColumns {
		if t.column(name) == nil && name != "symbol" && name != "vwap" {
			return nil, c, fmt.Errorf("no column %q", name)
		}
	}
	if c := t.column("symbol"); c != nil {
		if err := t.checkSymbol(c, symbol); err != nil {
			return nil, columns[T]{}, err
		}
	}
	r.days = sized(r.days, t.rows)
	if err := t.readDays(r.days); err != nil {
		return nil, c, err
	}
	values := make([]T, t.rows*t.present(fields[:]))
	for i, name := range fields {
		column := t.column(name)
		if column == nil {
			continue
		}
		c[i], values = values[:t.rows:t.rows], values[t.rows:]
		d, err := number[T](column)
		if err != nil {
			return nil, c, err
		}
		if err := readColumn(t, column, d, c[i]); err != nil {
			return nil, c, err
		}
	}
	return inOrder(r.days, c)
}

// sized returns s with length n, reallocated when it is too small.
func sized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
