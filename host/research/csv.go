package research

import (
	"bufio"
	"io"
	"math"
	"strconv"
	"strings"

	"edgesignal/host/alpha158"
)

// CSVWriter writes feature rows as `symbol,date,KMID,...`: float32 in the
// shortest decimal that reads back to the same bits, missing = nan.
type CSVWriter struct {
	w    *bufio.Writer
	line []byte
}

// NewCSVWriter writes the header.
func NewCSVWriter(w io.Writer) (*CSVWriter, error) {
	c := &CSVWriter{w: bufio.NewWriterSize(w, 1<<16)}
	_, err := c.w.WriteString("symbol,date," + strings.Join(alpha158.Names(), ",") + "\n")
	return c, err
}

// Write writes one row.
func (c *CSVWriter) Write(r FeatureRow) error {
	b := append(c.line[:0], r.Symbol...)
	b = append(b, ',')
	b = append(b, r.Date.String()...)
	for _, f := range r.Features {
		b = append(b, ',')
		b = appendFloat(b, float64(f), 32)
	}
	b = append(b, '\n')
	c.line = b
	_, err := c.w.Write(b)
	return err
}

// Close flushes; it does not close the underlying writer.
func (c *CSVWriter) Close() error { return c.w.Flush() }

// appendFloat writes what pandas and NumPy read back: nan, inf, -inf or the
// shortest decimal.
func appendFloat(b []byte, v float64, bits int) []byte {
	switch {
	case math.IsNaN(v):
		return append(b, "nan"...)
	case math.IsInf(v, 1):
		return append(b, "inf"...)
	case math.IsInf(v, -1):
		return append(b, "-inf"...)
	}
	return strconv.AppendFloat(b, v, 'g', -1, bits)
}
