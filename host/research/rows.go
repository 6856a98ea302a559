package research

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"

	"edgesignal/host/model"
)

// Rows are what a model is to score. Leading columns `symbol` and `date`, as the
// feature matrix has them, are passed over; the others are the model's inputs in
// their order.
type Rows interface {
	// Warning says what of the columns' names could not be held against the
	// model; "" = nothing.
	Warning() string
	// read returns at most that many rows, io.EOF after the last. The rows before
	// a damaged one are given first.
	read(most int) (rowBatch, error)
}

// rowBatch appends the numbers of some rows to dst, row-major. It may be called
// from any goroutine. Before an error are the rows before the bad one.
type rowBatch func(dst []float64) ([]float64, error)

// ReadRows begins to read rows for a model: Parquet, where in is a file that has
// its mark, else CSV with a header line. name is the file's, for errors.
func ReadRows(in io.Reader, name string, m *model.Model) (Rows, error) {
	start := bufio.NewReader(in)
	if mark, _ := start.Peek(len(parquetMark)); string(mark) != parquetMark {
		return newCSVReader(start, name, m.Width(), m.FeatureNames())
	}
	if f, ok := in.(*os.File); ok {
		info, err := f.Stat()
		if err != nil {
			return nil, err
		}
		if info.Mode().IsRegular() {
			return newParquetReader(f, info.Size(), name, m.Width(), m.FeatureNames())
		}
	}
	return nil, fmt.Errorf("%s: Parquet is read from its end: a file is expected", name)
}

// match is how the columns of a file fit the inputs of a model.
type match struct {
	skip    int // leading columns that are no inputs
	width   int // of the model
	warning string
}

// Warning says what could not be held against the model.
func (m *match) Warning() string { return m.warning }

// matchColumns holds the columns of a file against a model: their count, and
// their names where both sides have real ones. where is the place for errors.
func matchColumns(columns []string, where string, width int, features []string) (m match, err error) {
	m.width = width
	for m.skip < len(columns) && m.skip < 2 && (columns[m.skip] == "symbol" || columns[m.skip] == "date") && !slices.Contains(features, columns[m.skip]) {
		m.skip++
	}
	columns = columns[m.skip:]
	if len(columns) != width {
		return m, fmt.Errorf("%s: %d columns, the model has %d inputs", where, len(columns), width)
	}
	switch {
	case positional(columns, "Column_"), positional(columns, ""):
		if features != nil {
			m.warning = where + ": the columns have no names of their own; they are taken as the model's inputs in their order"
		}
		return m, nil
	case allNumbers(columns):
		return m, errors.New(where + ": a header with the names of the columns is expected, and every cell is a number")
	case features == nil && !slices.Contains(columns, "Column_0"):
		m.warning = where + ": the model has no names for its inputs; the columns are taken in their order, and their names are not checked"
		return m, nil
	}
	if features == nil {
		features = defaultNames(width)
	}
	for i, f := range features {
		if columns[i] == f {
			continue
		}
		is := "has another name"
		if at := slices.Index(features, columns[i]); at >= 0 {
			is = fmt.Sprintf("is %q, its input %d", features[at], at)
		}
		return m, fmt.Errorf("%s: column %d is to be %q, the model's input %d, and %s", where, m.skip+i+1, f, i, is)
	}
	return m, nil
}

// defaultNames returns the names of a model that was trained without.
func defaultNames(width int) []string {
	names := make([]string, width)
	for i := range names {
		names[i] = "Column_" + strconv.Itoa(i)
	}
	return names
}

// positional reports whether the names only count the columns after a prefix, as
// LightGBM and pandas do for a matrix without names.
func positional(columns []string, prefix string) bool {
	for i, c := range columns {
		if c != prefix+strconv.Itoa(i) {
			return false
		}
	}
	return true
}

// allNumbers reports whether a header is a row.
func allNumbers(columns []string) bool {
	return !slices.ContainsFunc(columns, func(c string) bool {
		_, err := parseCell(c)
		return err != nil || c == ""
	})
}
