package research

import (
	"io"
	"reflect"
	"strconv"

	"github.com/parquet-go/parquet-go"

	"edgesignal/host/alpha158"
)

// ParquetWriter writes feature rows as columns symbol STRING, date DATE and
// one FLOAT a feature, in Qlib's order; missing = NaN.
type ParquetWriter struct {
	w   *parquet.GenericWriter[any]
	row parquet.Row
}

// NewParquetWriter begins a file.
func NewParquetWriter(w io.Writer) *ParquetWriter {
	return &ParquetWriter{
		w:   parquet.NewGenericWriter[any](w, featureSchema(), parquet.Compression(&parquet.Zstd)),
		row: make(parquet.Row, 0, 2+alpha158.Width),
	}
}

// Write writes one row.
func (p *ParquetWriter) Write(r FeatureRow) error {
	row := append(p.row[:0],
		parquet.ByteArrayValue([]byte(r.Symbol)).Level(0, 0, 0),
		parquet.Int32Value(int32(r.Date)).Level(0, 0, 1))
	for i, f := range r.Features {
		row = append(row, parquet.FloatValue(f).Level(0, 0, 2+i))
	}
	_, err := p.w.WriteRows([]parquet.Row{row})
	return err
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
