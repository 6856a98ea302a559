package research

import (
	"context"
	"io"
	"reflect"
	"strconv"
	"sync"

	"github.com/parquet-go/parquet-go"

	"edgesignal/host/alpha158"
)

// ParquetWriter writes feature rows as columns symbol STRING, date DATE and
// one FLOAT a feature, in Qlib's order; missing = NaN. A row group has at most
// 32,768 rows.
type ParquetWriter struct {
	w    *parquet.GenericWriter[any]
	idle sync.Pool // of *parquet.ConcurrentRowGroupWriter: those that were written
}

// parquetRows make 20 MB before they are compressed. That much a core is in
// memory, and again as much as was compressed.
const parquetRows = 1 << 15

// NewParquetWriter begins a file.
func NewParquetWriter(w io.Writer) *ParquetWriter {
	file := parquet.NewGenericWriter[any](w, featureSchema(), parquet.Compression(&parquet.Zstd))
	return &ParquetWriter{w: file, idle: sync.Pool{New: func() any { return file.BeginRowGroup() }}}
}

func (p *ParquetWriter) partRows() int { return parquetRows }

func (p *ParquetWriter) encode(ctx context.Context, rows part) (put func() error, err error) {
	group := p.idle.Get().(*parquet.ConcurrentRowGroupWriter)
	columns := group.ColumnWriters()
	var values []parquet.Value
	err = rows.features(ctx, func(r run, features []float32) error {
		n := r.to - r.from
		write := func(column int, value func(row int) parquet.Value) error {
			values = values[:0]
			for row := range n {
				values = append(values, value(row).Level(0, 0, column))
			}
			_, err := columns[column].WriteRowValues(values)
			return err
		}
		symbol := parquet.ByteArrayValue([]byte(r.series.Symbol))
		if err := write(0, func(int) parquet.Value { return symbol }); err != nil {
			return err
		}
		if err := write(1, func(row int) parquet.Value { return parquet.Int32Value(int32(r.date(r.from + row))) }); err != nil {
			return err
		}
		for k := range alpha158.Width {
			if err := write(2+k, func(row int) parquet.Value { return parquet.FloatValue(features[row*alpha158.Width+k]) }); err != nil {
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

// featureSchema goes through a struct type because parquet.Group sorts its
// columns by name, and the order of the features is part of their meaning.
func featureSchema() *parquet.Schema {
	fields := []reflect.StructField{
		{Name: "Symbol", Type: reflect.TypeFor[string](), Tag: `parquet:"symbol,dict"`},
		{Name: "Date", Type: reflect.TypeFor[int32](), Tag: `parquet:"date,date"`},
	}
	for i, name := range alpha158.Names() {
		fields = append(fields, reflect.StructField{
			Name: "F" + strconv.Itoa(i), Type: reflect.TypeFor[float32](), Tag: reflect.StructTag(`parquet:"` + name + `"`),
		})
	}
	return parquet.SchemaOf(reflect.New(reflect.StructOf(fields)).Interface())
}
