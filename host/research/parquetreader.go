package research

import (
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// parquetMark begins every Parquet file.
const parquetMark = "PAR1"

// parquetReader are rows of a Parquet file of flat columns, as `features` writes
// it: numbers, null = missing.
type parquetReader struct {
	name string
	match
	rows  *parquet.GenericReader[any]
	value []func(parquet.Value) float64 // by column; nil = passed over
	row   int                           // of the file, from 1, that was read last
	err   error
}

func newParquetReader(r io.ReaderAt, size int64, name string, width int, features []string) (_ *parquetReader, err error) {
	defer damaged(name, &err)
	f, err := parquet.OpenFile(r, size)
	if err != nil {
		return nil, fmt.Errorf("%s: the Parquet file is damaged", name)
	}
	var columns []string
	for _, c := range f.Root().Columns() {
		columns = append(columns, c.Name())
	}
	rows := &parquetReader{name: name, rows: parquet.NewGenericReader[any](f, f.Schema())}
	if rows.match, err = matchColumns(columns, name, width, features); err != nil {
		return nil, err
	}
	for i, c := range f.Root().Columns() {
		if !c.Leaf() || c.Repeated() {
			return nil, fmt.Errorf("%s: column %d is a list or a group, and a flat one is expected", name, i+1)
		}
		var value func(parquet.Value) float64
		if i >= rows.skip {
			if value = numbersOf(c.Type()); value == nil {
				return nil, fmt.Errorf("%s: column %d has no plain numbers", name, i+1)
			}
		}
		rows.value = append(rows.value, value)
	}
	return rows, nil
}

// damaged turns a panic of the Parquet library, which trusts its files, into an
// error.
func damaged(name string, err *error) {
	if recover() != nil {
		*err = fmt.Errorf("%s: the Parquet file is damaged", name)
	}
}

func (p *parquetReader) read(most int) (_ rowBatch, err error) {
	defer damaged(p.name, &err)
	if p.err != nil {
		return nil, p.err
	}
	rows := make([]parquet.Row, most)
	n, err := p.rows.ReadRows(rows)
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("%s: the Parquet file is damaged after row %d", p.name, p.row+n)
	}
	p.row += n
	p.err = err
	if n == 0 {
		return nil, err
	}
	values := make([]float64, 0, n*p.width)
	for _, row := range rows[:n] {
		for _, v := range row {
			switch value := p.value[v.Column()]; {
			case value == nil:
			case v.IsNull():
				values = append(values, math.NaN())
			default:
				values = append(values, value(v))
			}
		}
	}
	return func(dst []float64) ([]float64, error) { return append(dst, values...), nil }, nil
}

// numbersOf returns how the values of a type are read as float64; nil = they are
// no plain numbers.
func numbersOf(t parquet.Type) func(parquet.Value) float64 {
	unsigned := false
	if logical := t.LogicalType(); logical != nil && logical.Value != nil {
		integer, ok := logical.Value.(*format.IntType)
		if !ok {
			return nil // a date, a decimal, ...
		}
		unsigned = !integer.IsSigned
	}
	switch kind := t.Kind(); {
	case kind == parquet.Float:
		return func(v parquet.Value) float64 { return float64(v.Float()) }
	case kind == parquet.Double:
		return parquet.Value.Double
	case kind == parquet.Int32 && unsigned:
		return func(v parquet.Value) float64 { return float64(uint32(v.Int32())) }
	case kind == parquet.Int32:
		return func(v parquet.Value) float64 { return float64(v.Int32()) }
	case kind == parquet.Int64 && unsigned:
		return func(v parquet.Value) float64 { return float64(uint64(v.Int64())) }
	case kind == parquet.Int64:
		return func(v parquet.Value) float64 { return float64(v.Int64()) }
	case kind == parquet.Boolean:
		return func(v parquet.Value) float64 {
			if v.Boolean() {
				return 1
			}
			return 0
		}
	}
	return nil
}
