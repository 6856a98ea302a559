package research

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"edgesignal/host/text"
)

// RowReader reads rows for a model from CSV: a header, then one row of
// numbers a line; empty or nan = missing. Leading columns `symbol` and `date`,
// as the feature matrix has them, are passed over.
type RowReader struct {
	name  string
	csv   *csv.Reader
	skip  int // leading columns that are no inputs
	width int
	err   error // what ended the rows, to be told after those before it
}

// NewRowReader reads the header and holds it against the model: the count of
// columns, and their names where both sides have real ones. name is the
// file's, for errors.
func NewRowReader(r io.Reader, name string, width int, features []string) (*RowReader, error) {
	c := csv.NewReader(text.SkipBOM(r))
	c.ReuseRecord = true
	header, err := c.Read()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: the file is empty, a header line is expected", name)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	rr := &RowReader{name: name, csv: c, width: width}
	for rr.skip < len(header) && rr.skip < 2 && (header[rr.skip] == "symbol" || header[rr.skip] == "date") && !slices.Contains(features, header[rr.skip]) {
		rr.skip++
	}
	columns := header[rr.skip:]
	if len(columns) != width {
		return nil, fmt.Errorf("%s: line 1: %d columns, the model has %d inputs", name, len(columns), width)
	}
	if features != nil && !positional(columns) {
		for i, f := range features {
			if columns[i] != f {
				return nil, fmt.Errorf("%s: line 1: column %d is %q, the model's input %d is %q", name, rr.skip+i+1, columns[i], i, f)
			}
		}
	}
	return rr, nil
}

// positional reports whether a header only counts its columns, as LightGBM
// does for a matrix without names.
func positional(columns []string) bool {
	for i, c := range columns {
		if c != "Column_"+strconv.Itoa(i) {
			return false
		}
	}
	return true
}

// rowBatch are the cells of some rows as they stand in the file.
type rowBatch struct {
	cells []string // row-major
	lines []int    // of each row
}

// read returns the next batch of at most that many rows. The rows before a damaged
// one are given first. false is the end.
func (r *RowReader) read(most int) (b rowBatch, ok bool, err error) {
	if r.err != nil {
		return b, false, r.err
	}
	b.cells = make([]string, 0, most*r.width)
	for range most {
		record, err := r.csv.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			r.err = fmt.Errorf("%s: %w", r.name, err)
			break
		}
		line, _ := r.csv.FieldPos(r.skip)
		b.cells, b.lines = append(b.cells, record[r.skip:]...), append(b.lines, line)
	}
	if len(b.lines) == 0 {
		return b, false, r.err
	}
	return b, true, nil
}

// parse appends the numbers of a batch to dst. It may be called from any
// goroutine. Before an error are the rows before the bad one.
func (r *RowReader) parse(dst []float64, b rowBatch) ([]float64, error) {
	for i, cell := range b.cells {
		v, err := parseCell(cell)
		if err != nil {
			row, column := i/r.width, i%r.width
			return dst[:row*r.width], fmt.Errorf("%s: line %d, column %d: %w", r.name, b.lines[row], r.skip+column+1, err)
		}
		dst = append(dst, v)
	}
	return dst, nil
}

func parseCell(s string) (float64, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return math.NaN(), nil
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, fmt.Errorf("%.40q is not a number", s)
	}
	return v, nil
}
