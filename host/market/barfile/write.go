package barfile

import (
	"fmt"
	"io"
	"math"
	"reflect"

	"github.com/parquet-go/parquet-go"
)

// Table is what Write writes: one symbol's bars in float64, NaN = missing.
type Table struct {
	Symbol                         string
	Days                           []int32 // days since 1970-01-01
	Open, High, Low, Close, Volume []float64
	VWAP                           []float64 // nil = no such column
}

// Write writes t as one row group, SNAPPY, every column optional: symbol
// STRING, date DATE, prices DOUBLE, volume INT64 when every volume there is a
// whole number below 2^53, else DOUBLE. Equal tables become equal bytes.
func Write(w io.Writer, t *Table) error {
	type cell = func(row int) parquet.Value
	double := func(c []float64) cell {
		return func(row int) parquet.Value { return optional(parquet.DoubleValue(c[row]), c[row] == c[row]) }
	}
	volume := double(t.Volume)
	volumeType := reflect.TypeFor[float64]()
	if whole(t.Volume) {
		volumeType = reflect.TypeFor[int64]()
		volume = func(row int) parquet.Value {
			v := t.Volume[row]
			return optional(parquet.Int64Value(int64(v)), v == v)
		}
	}
	f64 := reflect.TypeFor[float64]()
	columns := []struct {
		tag  string
		of   reflect.Type
		cell cell
	}{
		{"symbol,optional,dict", reflect.TypeFor[string](), func(int) parquet.Value { return parquet.ByteArrayValue([]byte(t.Symbol)) }},
		{"date,optional,date", reflect.TypeFor[int32](), func(row int) parquet.Value { return parquet.Int32Value(t.Days[row]) }},
		{"open,optional", f64, double(t.Open)},
		{"high,optional", f64, double(t.High)},
		{"low,optional", f64, double(t.Low)},
		{"close,optional", f64, double(t.Close)},
		{"volume,optional", volumeType, volume},
		{"vwap,optional", f64, double(t.VWAP)},
	}
	if t.VWAP == nil {
		columns = columns[:len(columns)-1]
	}
	var shape []reflect.StructField
	for i, c := range columns {
		shape = append(shape, reflect.StructField{Name: fmt.Sprintf("C%d", i), Type: c.of, Tag: reflect.StructTag(`parquet:"` + c.tag + `"`)})
	}
	schema := parquet.SchemaOf(reflect.New(reflect.StructOf(shape)).Interface())
	out := parquet.NewWriter(w, schema, parquet.Compression(&parquet.Snappy), parquet.CreatedBy("edgesignal", "1", "bars"))
	values := make([]parquet.Value, len(t.Days))
	for i, c := range columns {
		for row := range values {
			v := c.cell(row)
			level := 1
			if v.IsNull() {
				level = 0
			}
			values[row] = v.Level(0, level, i)
		}
		if _, err := out.ColumnWriters()[i].WriteRowValues(values); err != nil {
			return err
		}
	}
	return out.Close()
}

func optional(v parquet.Value, there bool) parquet.Value {
	if !there {
		return parquet.NullValue()
	}
	return v
}

// whole reports whether int64 holds every value exactly. Minus zero is not
// whole: its sign would be lost.
func whole(values []float64) bool {
	for _, v := range values {
		if v == v && (v != math.Trunc(v) || math.Abs(v) >= 1<<53 || v == 0 && math.Signbit(v)) {
			return false
		}
	}
	return true
}
