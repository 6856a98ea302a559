package barfile

import (
	"fmt"
	"math"

	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/format"
)

// decoder turns stored values into T: fixed when the physical type has a
// fixed width (raw holds its little-endian bits), text for byte arrays.
type decoder[T any] struct {
	width int // bytes of a fixed value: 4 or 8
	fixed func(raw uint64) T
	text  func(b []byte) T
	null  T
}

// number returns how a column of prices or volumes is decoded: FLOAT, DOUBLE, and
// signed INT32 and INT64 without another meaning. Every value is converted to
// float32 with one rounding.
func number(c *column) (decoder[float32], error) {
	d := decoder[float32]{width: 8, null: float32(math.NaN())}
	kind := c.element.Type.V
	if !plainNumber(c.element) {
		return d, fmt.Errorf("column %q is %s, not a plain number", c.name, describe(c.element))
	}
	switch kind {
	case format.Double:
		d.fixed = func(raw uint64) float32 { return float32(math.Float64frombits(raw)) }
	case format.Int64:
		d.fixed = func(raw uint64) float32 { return float32(int64(raw)) }
	case format.Float:
		d.width, d.fixed = 4, func(raw uint64) float32 { return math.Float32frombits(uint32(raw)) }
	case format.Int32:
		d.width, d.fixed = 4, func(raw uint64) float32 { return float32(int32(raw)) }
	default:
		return d, fmt.Errorf("column %q is %s, not a number", c.name, describe(c.element))
	}
	return d, nil
}

// plainNumber reports whether the logical type adds no meaning of its own.
func plainNumber(e *format.SchemaElement) bool {
	switch t := e.LogicalType.Value.(type) {
	case nil:
	case *format.IntType:
		return t.IsSigned
	default:
		return false
	}
	if !e.ConvertedType.Valid {
		return true
	}
	switch e.ConvertedType.V {
	case deprecated.Int8, deprecated.Int16, deprecated.Int32, deprecated.Int64:
		return true
	}
	return false
}

// noDay stands for a null among days.
const noDay = math.MinInt64

// date returns how the date column is decoded, to days since 1970-01-01: DATE, or
// TIMESTAMP in milli-, micro- or nanoseconds, floored to the day that the
// stored value lies in, whatever the time zone it is meant for.
func date(c *column) (decoder[int64], error) {
	d := decoder[int64]{width: 8, null: noDay}
	perDay := ticksPerDay(c.element)
	switch kind := c.element.Type.V; {
	case kind == format.Int32 && isDate(c.element):
		d.width, d.fixed = 4, func(raw uint64) int64 { return int64(int32(raw)) }
	case kind == format.Int64 && perDay > 0:
		d.fixed = func(raw uint64) int64 { return floorDiv(int64(raw), perDay) }
	default:
		return d, fmt.Errorf("column %q is %s, not a DATE or a TIMESTAMP", c.name, describe(c.element))
	}
	return d, nil
}

func isDate(e *format.SchemaElement) bool {
	_, ok := e.LogicalType.Value.(*format.DateType)
	return ok || e.LogicalType.Value == nil && e.ConvertedType.Valid && e.ConvertedType.V == deprecated.Date
}

// ticksPerDay returns the number of a timestamp's units in a day, 0 = not a timestamp.
func ticksPerDay(e *format.SchemaElement) int64 {
	const milli = 86_400_000
	if t, ok := e.LogicalType.Value.(*format.TimestampType); ok {
		switch t.Unit.Value.(type) {
		case *format.MilliSeconds:
			return milli
		case *format.MicroSeconds:
			return milli * 1000
		case *format.NanoSeconds:
			return milli * 1_000_000
		}
	}
	if e.LogicalType.Value == nil && e.ConvertedType.Valid {
		switch e.ConvertedType.V {
		case deprecated.TimestampMillis:
			return milli
		case deprecated.TimestampMicros:
			return milli * 1000
		}
	}
	return 0
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func describe(e *format.SchemaElement) string {
	s := e.Type.V.String()
	if v := e.LogicalType.Value; v != nil {
		return s + " " + v.String()
	}
	if e.ConvertedType.Valid {
		return fmt.Sprintf("%s of converted type %d", s, e.ConvertedType.V)
	}
	return s
}
