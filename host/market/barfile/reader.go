package barfile

import (
	"compress/gzip"
	"fmt"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// Reader reads bar files one after the other and keeps its working memory
// between them. The zero value is ready. It is not safe for concurrent use.
type Reader struct {
	inflated []byte // one page, uncompressed
	levels   []byte
	indexes  []int32
	wide     []int64
	days     []int64
	odd      []uint8
	budget   int // bytes that may still be inflated for this file
	zstd     *zstd.Decoder
	gzip     *gzip.Reader
}

// Read decodes the bars in file, the whole content of one Parquet file.
// float64 and integer values become float32 with one rounding, timestamps are
// floored to their day, nulls are NaN, rows are sorted by date, and rows
// without any value are left out: they are not bars. Columns that are not
// asked for are ignored. Read keeps no reference to file.
//
// It refuses what does not hold one series of bars: a required column that is
// missing or of another type (date, open, high, low, close, volume), a symbol
// column that says something other than symbol (without regard to case), a
// date that is null, twice there or outside MinDay to MaxDay, no bars at all,
// and whatever is damaged or over a limit. It never panics.
func (r *Reader) Read(symbol string, file []byte) (bars *Bars, err error) {
	defer func() {
		if p := recover(); p != nil {
			*r = Reader{}
			bars, err = nil, fmt.Errorf("damaged Parquet file: %v", p)
		}
	}()
	meta, err := readFooter(file)
	if err != nil {
		return nil, err
	}
	rows, err := countRows(meta)
	if err != nil {
		return nil, err
	}
	l, err := readLayout(meta.Schema)
	if err != nil {
		return nil, err
	}
	r.budget = maxInflated
	t := table{reader: r, file: file, meta: meta}
	if l.symbol != nil {
		if err := t.checkSymbol(l.symbol, symbol, rows); err != nil {
			return nil, err
		}
	}
	if r.days, err = t.readDays(l.date, sized(r.days, rows)); err != nil {
		return nil, err
	}
	values := make([]float32, rows*l.present())
	var columns [len(fields)][]float32
	for i, c := range l.values {
		if c == nil {
			continue
		}
		columns[i], values = values[:rows:rows], values[rows:]
		d, err := number(c)
		if err != nil {
			return nil, err
		}
		if err := readColumn(t, c, d, columns[i]); err != nil {
			return nil, err
		}
	}
	return inOrder(r.days, columns)
}

// checkSymbol holds every value of the symbol column against symbol.
func (t table) checkSymbol(c *column, symbol string, rows int) error {
	const same, other = 0, 1
	said := ""
	d := decoder[uint8]{null: same, text: func(b []byte) uint8 {
		if len(b) == len(symbol) && strings.EqualFold(string(b), symbol) {
			return same
		}
		if said == "" {
			said = string(b[:min(len(b), 40)])
		}
		return other
	}}
	t.reader.odd = sized(t.reader.odd, rows)
	if err := readColumn(t, c, d, t.reader.odd); err != nil {
		return err
	}
	for i, v := range t.reader.odd {
		if v != same {
			return fmt.Errorf("row %d: the symbol column says %q, the file is named for %q", i, said, symbol)
		}
	}
	return nil
}

// readDays reads the date column as days since 1970-01-01.
func (t table) readDays(c *column, days []int64) ([]int64, error) {
	d, err := date(c)
	if err != nil {
		return days, err
	}
	if err := readColumn(t, c, d, days); err != nil {
		return days, err
	}
	for i, v := range days {
		switch {
		case v == noDay:
			return days, fmt.Errorf("row %d has no date", i)
		case v < int64(MinDay) || v > int64(MaxDay):
			return days, fmt.Errorf("row %d: date is day %d since 1970-01-01; dates go from %s to %s",
				i, v, dayString(int64(MinDay)), dayString(int64(MaxDay)))
		}
	}
	return days, nil
}

// sized returns s with length n, reallocated when it is too small.
func sized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
