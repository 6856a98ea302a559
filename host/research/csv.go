package research

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"math"
	"strconv"
	"sync"
)

// CSVWriter writes feature rows as `symbol,date,KMID,...`: float32, or float64 where
// a processor made it so, in the shortest decimal that reads back to the same bits,
// missing = nan.
type CSVWriter struct {
	w     io.Writer
	of    *Features
	lines sync.Pool // of *[]byte: parts that were written
}

// csvRows is how many rows are one write: 0.8 MB of a plausible stock.
const csvRows = 512

// NewCSVWriter writes the header.
func NewCSVWriter(w io.Writer, of *Features) (*CSVWriter, error) {
	header := csv.NewWriter(w)
	err := header.Write(append([]string{"symbol", "date"}, of.names...))
	header.Flush()
	return &CSVWriter{w: w, of: of, lines: sync.Pool{New: func() any { return new([]byte) }}}, errors.Join(err, header.Error())
}

func (c *CSVWriter) features() *Features { return c.of }

func (c *CSVWriter) partRows() int { return csvRows }

func (c *CSVWriter) encode(ctx context.Context, p part) (put func() error, err error) {
	lines := c.lines.Get().(*[]byte)
	b := (*lines)[:0]
	width := len(c.of.names)
	err = p.features(ctx, c.of, func(rows *block) error {
		for i, row := range rows.at {
			b = append(append(b, rows.series.Symbol...), ',')
			b = append(b, rows.date(row).String()...)
			if rows.wide != nil {
				for k, v := range rows.wide[i*width : (i+1)*width] {
					b = append(b, ',')
					if c.of.wide[k] {
						b = appendFloat(b, v, 64)
					} else {
						b = append32(b, float32(v))
					}
				}
			} else {
				for _, v := range rows.values[i*width : (i+1)*width] {
					b = append32(append(b, ','), v)
				}
			}
			b = append(b, '\n')
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
