package research

import (
	"context"
	"io"
	"math"
	"strconv"
	"strings"
	"sync"

	"edgesignal/host/alpha158"
)

// CSVWriter writes feature rows as `symbol,date,KMID,...`: float32 in the
// shortest decimal that reads back to the same bits, missing = nan.
type CSVWriter struct {
	w     io.Writer
	lines sync.Pool // of *[]byte: parts that were written
}

// csvRows is how many rows are one write: 0.8 MB of a plausible stock.
const csvRows = 512

// NewCSVWriter writes the header.
func NewCSVWriter(w io.Writer) (*CSVWriter, error) {
	_, err := io.WriteString(w, "symbol,date,"+strings.Join(alpha158.Names(), ",")+"\n")
	return &CSVWriter{w: w, lines: sync.Pool{New: func() any { return new([]byte) }}}, err
}

func (c *CSVWriter) partRows() int { return csvRows }

func (c *CSVWriter) encode(ctx context.Context, p part) (put func() error, err error) {
	lines := c.lines.Get().(*[]byte)
	b := (*lines)[:0]
	err = p.features(ctx, func(r run, features []float32) error {
		for row := r.from; row < r.to; row++ {
			b = append(append(b, r.series.Symbol...), ',')
			b = append(b, r.date(row).String()...)
			for _, f := range features[:alpha158.Width] {
				b = append32(append(b, ','), f)
			}
			b = append(b, '\n')
			features = features[alpha158.Width:]
		}
		return nil
	})
	return func() error {
		_, err := c.w.Write(b)
		*lines = b
		c.lines.Put(lines)
		return err
	}, err
}

// Close has nothing left to write.
func (c *CSVWriter) Close() error { return nil }

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
