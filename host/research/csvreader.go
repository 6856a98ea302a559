package research

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"edgesignal/host/text"
)

// csvReader are rows in CSV: a header, then one row of numbers a line; empty or
// nan = missing.
type csvReader struct {
	name  string
	csv   *csv.Reader
	lines *blankLines
	match
	cells int   // of a record
	err   error // what ended the rows, to be told after those before it
}

// newCSVReader reads the header and holds it against the model.
func newCSVReader(r io.Reader, name string, width int, features []string) (*csvReader, error) {
	lines := newBlankLines(text.SkipBOM(r))
	c := csv.NewReader(lines)
	c.ReuseRecord = true
	c.FieldsPerRecord = -1
	rows := &csvReader{name: name, csv: c, lines: lines}
	header, err := rows.record()
	for err == nil && isBlank(header) {
		header, err = rows.record()
	}
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: the file is empty, a header line is expected", name)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	rows.cells = len(header)
	rows.match, err = matchColumns(header, name+": line 1", width, features)
	return rows, err
}

// record returns the next record of the file.
func (r *csvReader) record() ([]string, error) {
	r.lines.since = 0
	return r.csv.Read()
}

// isBlank reports whether a record is a blank line.
func isBlank(record []string) bool { return len(record) == 1 && record[0] == "" }

// csvBatch are the cells of some rows as they stand in the file.
type csvBatch struct {
	cells []string // row-major
	lines []int    // of each row
}

func (r *csvReader) read(most int) (rowBatch, error) {
	if r.err != nil {
		return nil, r.err
	}
	b := csvBatch{cells: make([]string, 0, most*r.width)}
	for len(b.lines) < most && r.err == nil {
		record, line, err := r.row()
		if err != nil {
			r.err = err
			break
		}
		b.cells, b.lines = append(b.cells, record[r.skip:]...), append(b.lines, line)
	}
	if len(b.lines) == 0 {
		return nil, r.err
	}
	return func(dst []float64) ([]float64, error) { return r.parse(dst, b) }, nil
}

// row returns the next record that has the header's cells. A blank line is a row
// where a row is one cell; elsewhere it may only end the file.
func (r *csvReader) row() (record []string, line int, err error) {
	blank := 0 // the first line that is
	for {
		record, err := r.record()
		if errors.Is(err, io.EOF) {
			return nil, 0, err
		}
		if err != nil {
			return nil, 0, fmt.Errorf("%s: %w", r.name, err)
		}
		line, _ := r.csv.FieldPos(0)
		switch {
		case isBlank(record) && r.cells > 1:
			if blank == 0 {
				blank = line
			}
			continue
		case blank > 0:
			return nil, 0, fmt.Errorf("%s: line %d is blank, %d cells are expected", r.name, blank, r.cells)
		case len(record) != r.cells:
			return nil, 0, fmt.Errorf("%s: line %d has %d cells, the header has %d", r.name, line, len(record), r.cells)
		}
		return record, line, nil
	}
}

// parse appends the numbers of a batch to dst.
func (r *csvReader) parse(dst []float64, b csvBatch) ([]float64, error) {
	for i, cell := range b.cells {
		v, err := parseCell(cell)
		if err != nil {
			row, column := i/r.width, i%r.width
			return dst[:row*r.width], fmt.Errorf("%s: line %d, column %d %w", r.name, b.lines[row], r.skip+column+1, err)
		}
		dst = append(dst, v)
	}
	return dst, nil
}

var errNotANumber = errors.New("is not a number")

func parseCell(s string) (float64, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return math.NaN(), nil
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, errNotANumber
	}
	return v, nil
}
