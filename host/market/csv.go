package market

import (
	"context"
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

// The columns of bars in CSV. Values come in the order of csvBars.values.
const (
	symbolColumn = iota
	dateColumn
	firstValue
)

var csvColumns = []string{"symbol", "date", "open", "high", "low", "close", "volume", "vwap"}

// csvReader reads bars from CSV.
type csvReader struct {
	name string // of the file, for errors
	csv  *csv.Reader
	at   []int // field of each of csvColumns, -1 = not there
	row  []string
}

func readCSV(ctx context.Context, r io.Reader, name string, progress func(int64)) (*csvBars, error) {
	c := &csvReader{name: name, csv: csv.NewReader(text.SkipBOM(r))}
	c.csv.ReuseRecord = true
	c.csv.FieldsPerRecord = -1
	if err := c.readHeader(); err != nil {
		return nil, err
	}
	bars := newCSVBars(name, c.at[len(csvColumns)-1] >= 0)
	rows := int64(0)
	for {
		done, err := c.readRow(bars)
		if err != nil {
			return nil, err
		}
		if done {
			break
		}
		if rows++; rows%progressRows == 0 {
			progress(rows)
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
	}
	if rows%progressRows != 0 {
		progress(rows)
	}
	return bars, nil
}

func (c *csvReader) readHeader() error {
	header, err := c.csv.Read()
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: no header: it is empty", c.name)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", c.name, err)
	}
	c.at = slices.Repeat([]int{-1}, len(csvColumns))
	for i, h := range header {
		k := slices.Index(csvColumns, h)
		if k < 0 {
			return fmt.Errorf("%s line 1: unknown column %.40q; the columns are %s", c.name, h, strings.Join(csvColumns, ","))
		}
		if c.at[k] >= 0 {
			return fmt.Errorf("%s line 1: column %q is there twice", c.name, h)
		}
		c.at[k] = i
	}
	for k, i := range c.at {
		if i < 0 && csvColumns[k] != "vwap" {
			return fmt.Errorf("%s line 1: no column %q; the header is %.200q", c.name, csvColumns[k], strings.Join(header, ","))
		}
	}
	c.csv.FieldsPerRecord = len(header)
	return nil
}

// readRow adds the next row to bars.
func (c *csvReader) readRow(bars *csvBars) (done bool, err error) {
	c.row, err = c.csv.Read()
	if errors.Is(err, io.EOF) {
		return true, nil
	}
	line := 0
	if len(c.row) > 0 {
		line, _ = c.csv.FieldPos(0)
	}
	if errors.Is(err, csv.ErrFieldCount) {
		return false, fmt.Errorf("%s line %d: %d fields; the header has %d", c.name, line, len(c.row), c.csv.FieldsPerRecord)
	}
	if err != nil {
		return false, fmt.Errorf("%s: %w", c.name, err)
	}
	s, err := bars.symbol(c.row[c.at[symbolColumn]])
	if err != nil {
		return false, c.wrong(symbolColumn, err)
	}
	d, err := ParseDate(c.row[c.at[dateColumn]])
	if err == nil && (d < MinDate || d > MaxDate) {
		err = fmt.Errorf("%s is not between %s and %s", d, MinDate, MaxDate)
	}
	if err != nil {
		return false, c.wrong(dateColumn, err)
	}
	var values [csvValues]float64
	for k := range values {
		if i := c.at[firstValue+k]; i < 0 {
			values[k] = math.NaN()
		} else if values[k], err = parseValue(c.row[i]); err != nil {
			return false, c.wrong(firstValue+k, err)
		}
	}
	if !s.add(d, line, values) {
		return false, c.wrong(symbolColumn, fmt.Errorf("%s has more than %d rows", s.name, maxImportRows))
	}
	return false, nil
}

// wrong names the place of a bad value.
func (c *csvReader) wrong(column int, err error) error {
	line, _ := c.csv.FieldPos(c.at[column])
	return fmt.Errorf("%s line %d, column %q: %w", c.name, line, csvColumns[column], err)
}

// parseValue reads a decimal number; "" is a missing value. Words for
// infinity and for not-a-number are no numbers, and neither is what float32,
// in which the market is kept, cannot hold.
func parseValue(s string) (float64, error) {
	if s == "" {
		return math.NaN(), nil
	}
	for i := range len(s) {
		if strings.IndexByte("0123456789.+-eE", s[i]) < 0 {
			return 0, fmt.Errorf("%.40q is not a number", s)
		}
	}
	v, err := strconv.ParseFloat(s, 64)
	if errors.Is(err, strconv.ErrRange) || err == nil && math.IsInf(float64(float32(v)), 0) {
		return 0, fmt.Errorf("%.40q is out of the range of float32", s)
	}
	if err != nil {
		return 0, fmt.Errorf("%.40q is not a number", s)
	}
	return v, nil
}
