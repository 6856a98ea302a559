package importer

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"

	"edgesignal/host/text"
)

// maxLine is the longest line of a CSV, in bytes; a line is what one record
// takes, so that a quote that nobody closes ends here.
const maxLine = 1 << 20

var errLongLine = fmt.Errorf("more than %d bytes: is a quote not closed?", maxLine)

// guard hands on what it reads until one record has taken more than maxLine.
type guard struct {
	r       io.Reader
	handed  int64 // bytes
	settled int64 // bytes of whole records
}

// ahead is what csv.Reader may read beyond a record.
const ahead = 4096

func (g *guard) Read(p []byte) (int, error) {
	if g.handed-g.settled > maxLine+ahead {
		return 0, errLongLine
	}
	n, err := g.r.Read(p)
	g.handed += int64(n)
	return n, err
}

// csvFile is a CSV being read.
type csvFile struct {
	*importing
	*layout
	csv   *csv.Reader
	guard *guard
	line  int // of the last record
}

// next returns the next record, valid until the one after it.
func (c *csvFile) next() ([]string, error) {
	record, err := c.csv.Read()
	c.guard.settled = c.csv.InputOffset()
	switch {
	case errors.Is(err, io.EOF):
		return nil, err
	case errors.Is(err, errLongLine):
		return nil, fmt.Errorf("line %d: %w", c.line+1, err)
	case len(record) > 0:
		c.line, _ = c.csv.FieldPos(0)
	}
	if errors.Is(err, csv.ErrFieldCount) {
		return nil, fmt.Errorf("line %d: %d fields; the header has %d", c.line, len(record), c.csv.FieldsPerRecord)
	}
	return record, err
}

func (im *importing) readCSV(ctx context.Context, in input, r *bufio.Reader, format string) error {
	r = text.SkipBOM(r)
	first, err := r.Peek(r.Size())
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	g := &guard{r: r}
	c := &csvFile{importing: im, csv: csv.NewReader(g), guard: g}
	c.csv.ReuseRecord, c.csv.FieldsPerRecord = true, -1
	c.csv.Comma = separator(first)
	header, err := c.next()
	if errors.Is(err, io.EOF) {
		return errors.New("no header: it is empty")
	}
	if err != nil {
		return err
	}
	c.csv.FieldsPerRecord = len(header)
	if c.layout, err = im.layOut(in, append([]string{}, header...)); err != nil {
		return fmt.Errorf("line 1: %w", err)
	}
	switch c.csv.Comma {
	case ';':
		format += `, separated by ";"`
	case '\t':
		format += ", separated by tabs"
	}
	im.took(Taken{Name: in.String(), Format: format, Columns: c.found, Unused: c.unused()})
	where := im.rows.begin(in.String(), "line", c.at[holdingsEnd-1] >= 0)
	for {
		record, err := c.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := c.row(record, where); err != nil {
			return err
		}
		if err := im.step(ctx); err != nil {
			return err
		}
	}
}

// row keeps one record.
func (c *csvFile) row(record []string, where int32) (err error) {
	symbol, day := c.symbol, c.date
	if i := c.at[symbolColumn]; i >= 0 {
		symbol = record[i]
	}
	if i := c.at[dateColumn]; i >= 0 {
		d, err := c.days.parse(record[i])
		if err != nil {
			return c.wrong(i, err)
		}
		day = &d
	}
	var values [valueColumns]float64
	for k := range values {
		if values[k], err = c.value(record, c.at[firstValue+k]); err != nil {
			return c.wrong(c.at[firstValue+k], err)
		}
	}
	if c.factor >= 0 {
		adjusted, err := c.value(record, c.factor)
		if err == nil {
			err = adjust(&values, adjusted)
		}
		if err != nil {
			return c.wrong(c.factor, err)
		}
	}
	if err := c.rows.add(symbol, *day, place{where, int64(c.line)}, values); err != nil {
		return c.wrong(c.at[symbolColumn], err)
	}
	return nil
}

func (c *csvFile) value(record []string, at int) (float64, error) {
	if at < 0 {
		return math.NaN(), nil
	}
	return parseValue(record[at], c.DecimalComma)
}

// wrong names the place of a bad value.
func (c *csvFile) wrong(column int, err error) error {
	if column < 0 {
		return fmt.Errorf("line %d: %w", c.line, err)
	}
	line, _ := c.csv.FieldPos(column)
	return fmt.Errorf("line %d, column %q: %w", line, c.names[column], err)
}

// separator returns what separates the fields of the first line: a comma, a
// semicolon or a tab, whichever it has most of outside quotes.
func separator(b []byte) rune {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		b = b[:i]
	}
	counts, quoted := map[byte]int{}, false
	for _, c := range b {
		if c == '"' {
			quoted = !quoted
		} else if !quoted {
			counts[c]++
		}
	}
	best := byte(',')
	for _, c := range []byte{';', '\t'} {
		if counts[c] > counts[best] {
			best = c
		}
	}
	return rune(best)
}
