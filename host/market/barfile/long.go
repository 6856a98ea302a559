package barfile

import (
	"context"
	"errors"
	"fmt"
	"math"
)

// Rows are rows of a table of many symbols, one entry a row in each column.
type Rows struct {
	First   int      // the number of the first row in the file
	Symbols []string // nil = the table has no such column
	Days    []int32  // days since 1970-01-01; nil likewise
	Values  [][]float64
}

// Long says which columns of a table are read, by their names in lower case.
type Long struct {
	Symbol string   // "" = none
	Date   string   // likewise
	Values []string // "" = none: its values are missing
	Dates
}

// maxInterned is how many different symbols of a file are kept.
const maxInterned = 1 << 20

// ColumnNames returns the names of the columns directly below the root of a Parquet file.
func ColumnNames(file []byte) ([]string, error) {
	encoded, err := footer(file)
	if err != nil {
		return nil, err
	}
	meta, err := readMetadata(encoded)
	if err != nil {
		return nil, err
	}
	var names []string
	for i := 1; i < len(meta.schema); i = after(meta.schema, i) {
		names = append(names, meta.schema[i].name)
	}
	return names, nil
}

// ReadLong reads a table of many symbols, and gives one row group after the
// other to each; what it gives is valid until each returns. A null is a missing
// value, "" for a symbol. One Reader is for bar files or for tables, not for both.
func (r *Reader) ReadLong(ctx context.Context, file []byte, long Long, each func(Rows) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			*r = Reader{}
			err = fmt.Errorf("damaged Parquet file: %v", p)
		}
	}()
	var wanted []string
	for _, name := range append([]string{long.Symbol, long.Date}, long.Values...) {
		if name != "" {
			wanted = append(wanted, name)
		}
	}
	t, err := r.openTable(file, wanted, ofLong)
	if err != nil {
		return err
	}
	if len(t.all) == 0 {
		return errors.New("none of the columns is there")
	}
	var d *dates
	if long.Date != "" {
		if d, err = t.dates(t.column(long.Date), long.Dates); err != nil {
			return err
		}
	}
	symbols, err := t.symbols(long.Symbol)
	if err != nil {
		return err
	}
	values := make([]*decoder[float64], len(long.Values))
	for k, name := range long.Values {
		if name == "" {
			continue
		}
		if values[k], err = number[float64](t.column(name)); err != nil {
			return err
		}
	}
	out := Rows{Values: make([][]float64, len(long.Values))}
	for g, chunk := range t.all[0].chunks {
		if err := ctx.Err(); err != nil {
			return err
		}
		rows := chunk.rows
		if d != nil {
			if out.Days, err = t.groupDays(long.Date, g, d, out.First, out.Days); err != nil {
				return err
			}
		}
		if symbols != nil {
			out.Symbols = sized(out.Symbols, rows)
			if err := readGroup(t, long.Symbol, g, symbols, out.Symbols); err != nil {
				return err
			}
		}
		for k, name := range long.Values {
			out.Values[k] = sized(out.Values[k], rows)
			if name == "" {
				fill(out.Values[k], math.NaN())
			} else if err := readGroup(t, name, g, values[k], out.Values[k]); err != nil {
				return err
			}
		}
		if err := each(out); err != nil {
			return err
		}
		out.First += rows
	}
	return nil
}

// groupDays decodes the dates of one row group, whose first row has that number.
func (t *table) groupDays(name string, g int, d *dates, first int, out []int32) ([]int32, error) {
	r := t.reader
	r.days = sized(r.days, t.column(name).chunks[g].rows)
	if err := readGroup(t, name, g, d.decoder, r.days); err != nil {
		return nil, err
	}
	if err := d.check(r.days, first); err != nil {
		return nil, err
	}
	out = sized(out, len(r.days))
	for i, day := range r.days {
		out[i] = int32(day)
	}
	return out, nil
}

// readGroup decodes a column of one row group.
func readGroup[T any](t *table, name string, g int, d *decoder[T], dst []T) error {
	c := t.column(name)
	k := &c.chunks[g]
	if err := readChunk(t, c, k, d, dst); err != nil {
		return fmt.Errorf("column %q, row group %d: %w", c, k.group, err)
	}
	return nil
}

// symbols returns how a column of symbols is decoded: a string for each that
// differs, not for each row.
func (t *table) symbols(name string) (*decoder[string], error) {
	if name == "" {
		return nil, nil
	}
	known := map[string]string{}
	return text(t.column(name), "", func(b []byte) string {
		s, ok := known[string(b)]
		if !ok {
			s = string(b)
			if len(known) < maxInterned {
				known[s] = s
			}
		}
		return s
	})
}

func fill[T any](dst []T, v T) {
	for i := range dst {
		dst[i] = v
	}
}
