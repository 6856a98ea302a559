package research

import (
	"context"
	"io"
	"reflect"
	"strconv"
	"sync"

	"github.com/parquet-go/parquet-go"
)

// ParquetWriter writes feature rows as columns symbol STRING, date DATE and
// one FLOAT a feature, or DOUBLE where a processor made it float64, in the set's
// order; missing = NaN. A row group has at most
// 32,768 rows.
type ParquetWriter struct {
	of   *Features
	w    *parquet.GenericWriter[any]
	idle sync.Pool // of *parquet.ConcurrentRowGroupWriter: those that were written
}

// parquetRows make 20 MB before they are compressed. That much a core is in
// memory, and again as much as was compressed.
const parquetRows = 1 << 15

// NewParquetWriter begins a file.
func NewParquetWriter(w io.Writer, of *Features) *ParquetWriter {
	file := parquet.NewGenericWriter[any](w, of.schema(), parquet.Compression(&parquet.Zstd))
	return &ParquetWriter{of: of, w: file, idle: sync.Pool{New: func() any { return file.BeginRowGroup() }}}
}

func (p *ParquetWriter) features() *Features { return p.of }

func (p *ParquetWriter) partRows() int { return parquetRows }

func (p *ParquetWriter) encode(ctx context.Context, rows part) (put func() error, err error) {
	group := p.idle.Get().(*parquet.ConcurrentRowGroupWriter)
	columns := group.ColumnWriters()
	var values []parquet.Value
	width := len(p.of.names)
	err = rows.features(ctx, p.of, func(b *block) error {
		write := func(column int, value func(i int) parquet.Value) error {
			values = values[:0]
			for i := range b.at {
				values = append(values, value(i).Level(0, 0, column))
			}
			_, err := columns[column].WriteRowValues(values)
			return err
		}
		symbol := parquet.ByteArrayValue([]byte(b.series.Symbol))
		if err := write(0, func(int) parquet.Value { return symbol }); err != nil {
			return err
		}
		if err := write(1, func(i int) parquet.Value { return parquet.Int32Value(int32(b.date(b.at[i]))) }); err != nil {
			return err
		}
		for k := range width {
			value := func(i int) parquet.Value { return parquet.FloatValue(b.value32(i*width + k)) }
			if p.of.isWide(k) {
				value = func(i int) parquet.Value { return parquet.DoubleValue(b.wide[i*width+k]) }
			}
			if err := write(2+k, value); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = group.Flush() // compresses here, not where the parts are put one after the other
	}
	return func() error {
		_, err := group.Commit()
		p.idle.Put(group)
		return err
	}, err
}

// Close writes the footer; it does not close the underlying writer.
func (p *ParquetWriter) Close() error { return p.w.Close() }

// schema goes through a struct type because parquet.Group sorts its columns by
// name, and the order of the features is part of their meaning.
func (f *Features) schema() *parquet.Schema {
	fields := []reflect.StructField{
		{Name: "Symbol", Type: reflect.TypeFor[string](), Tag: `parquet:"symbol,dict"`},
		{Name: "Date", Type: reflect.TypeFor[int32](), Tag: `parquet:"date,date"`},
	}
	for i, name := range f.names {
		t := reflect.TypeFor[float32]()
		if f.isWide(i) {
			t = reflect.TypeFor[float64]()
		}
		fields = append(fields, reflect.StructField{
			Name: "F" + strconv.Itoa(i), Type: t, Tag: reflect.StructTag(`parquet:"` + name + `"`),
		})
	}
	return parquet.SchemaOf(reflect.New(reflect.StructOf(fields)).Interface())
}
