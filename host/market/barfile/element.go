package barfile

import (
	"fmt"
	"strconv"

	"github.com/parquet-go/parquet-go/format"
)

// element is one element of the schema: a column, or a group of them.
type element struct {
	name       string
	leaf       bool // it has values: kind counts; else children follow it
	kind       format.Type
	length     int32 // bytes of each value, for FIXED_LEN_BYTE_ARRAY
	repetition format.FieldRepetitionType
	children   int32
	logical    logical // what the values mean
	converted  logical // the same in the words of older files
}

// logical is a logical type: https://github.com/apache/parquet-format/blob/master/LogicalTypes.md.
type logical struct {
	kind             logicalKind
	bits             int8 // of an integer
	signed           bool
	unit             unit // of a time or timestamp
	utc              bool // a timestamp is adjusted to UTC
	scale, precision int32
}

// logicalKind is the number of a type in the union LogicalType; 0 = none.
type logicalKind int

const (
	logicalString    logicalKind = 1
	logicalEnum      logicalKind = 4
	logicalDecimal   logicalKind = 5
	logicalDate      logicalKind = 6
	logicalTime      logicalKind = 7
	logicalTimestamp logicalKind = 8
	logicalInteger   logicalKind = 10
	logicalNull      logicalKind = 11
	logicalInterval  logicalKind = -1 // has no number of its own
)

var logicalNames = map[logicalKind]string{
	logicalString: "STRING", 2: "MAP", 3: "LIST", logicalEnum: "ENUM", logicalDecimal: "DECIMAL", logicalDate: "DATE", logicalTime: "TIME",
	logicalTimestamp: "TIMESTAMP", logicalNull: "NULL", 12: "JSON", 13: "BSON", 14: "UUID", 15: "FLOAT16", 16: "VARIANT",
	17: "GEOMETRY", 18: "GEOGRAPHY", logicalInterval: "INTERVAL",
}

// unit is the number of a unit in the union TimeUnit; 0 = none.
type unit int

const (
	millis unit = 1
	micros unit = 2
	nanos  unit = 3
)

func (u unit) String() string {
	switch u {
	case millis:
		return "MILLIS"
	case micros:
		return "MICROS"
	case nanos:
		return "NANOS"
	}
	return "an unknown unit"
}

// String returns the type's name as the Parquet project writes it: "UINT_64".
func (l logical) String() string {
	switch l.kind {
	case logicalInteger:
		if l.signed {
			return "INT_" + strconv.Itoa(int(l.bits))
		}
		return "UINT_" + strconv.Itoa(int(l.bits))
	case logicalDecimal:
		return fmt.Sprintf("DECIMAL(%d,%d)", l.precision, l.scale)
	case logicalTime, logicalTimestamp:
		return logicalNames[l.kind] + "(" + l.unit.String() + ")"
	}
	if name := logicalNames[l.kind]; name != "" {
		return name
	}
	return "a logical type that this program does not know"
}

// means returns what the values mean; the zero value = what their physical
// type says.
func (e *element) means() logical {
	if e.logical.kind != 0 {
		return e.logical
	}
	return e.converted
}

// contradiction reports whether the two ways of saying what values mean differ
// in something that would change a number or a date.
func (e *element) contradiction() bool {
	a, b := e.logical, e.converted
	if a.kind == 0 || b.kind == 0 {
		return false
	}
	a.utc, b.utc = false, false
	return a != b
}

// String returns the column's type by name.
func (e *element) String() string {
	switch {
	case !e.leaf:
		return "a group of columns"
	case e.means().kind != 0:
		return e.means().String()
	case e.kind < format.Boolean || e.kind > format.FixedLenByteArray:
		return "of an unknown type"
	}
	return e.kind.String()
}

func (c *cursor) element(kind byte) (e element) {
	converted, scale, precision := int32(-1), int32(0), int32(0)
	c.nested(kind, func(id int, kind byte) bool {
		switch id {
		case 1:
			e.leaf, e.kind = true, format.Type(c.int32(kind))
		case 2:
			e.length = c.int32(kind)
		case 3:
			e.repetition = format.FieldRepetitionType(c.int32(kind))
		case 4:
			e.name = string(c.binary(kind))
		case 5:
			e.children = c.int32(kind)
		case 6:
			converted = c.int32(kind)
		case 7:
			scale = c.int32(kind)
		case 8:
			precision = c.int32(kind)
		case 10:
			e.logical = c.logical(kind)
		default:
			return false
		}
		return true
	})
	e.converted = convertedType(converted, scale, precision)
	return e
}

// logical decodes the union LogicalType.
func (c *cursor) logical(kind byte) (l logical) {
	c.nested(kind, func(id int, kind byte) bool {
		l.kind = logicalKind(id)
		c.nested(kind, func(id int, kind byte) bool {
			switch {
			case l.kind == logicalDecimal && id == 1:
				l.scale = c.int32(kind)
			case l.kind == logicalDecimal && id == 2:
				l.precision = c.int32(kind)
			case (l.kind == logicalTime || l.kind == logicalTimestamp) && id == 1:
				l.utc = c.truth(kind)
			case (l.kind == logicalTime || l.kind == logicalTimestamp) && id == 2:
				c.nested(kind, func(id int, _ byte) bool { l.unit = unit(id); return false })
			case l.kind == logicalInteger && id == 1:
				l.bits = int8(c.int32(kind))
			case l.kind == logicalInteger && id == 2:
				l.signed = c.truth(kind)
			default:
				return false
			}
			return true
		})
		return true
	})
	return l
}

// convertedType returns what ConvertedType, which LogicalType replaced, says.
func convertedType(t, scale, precision int32) logical {
	switch {
	case t == 5:
		return logical{kind: logicalDecimal, scale: scale, precision: precision}
	case t >= 11 && t <= 14:
		return logical{kind: logicalInteger, bits: 8 << (t - 11)}
	case t >= 15 && t <= 18:
		return logical{kind: logicalInteger, bits: 8 << (t - 15), signed: true}
	}
	switch t {
	case 0:
		return logical{kind: logicalString}
	case 1, 2:
		return logical{kind: 2}
	case 3:
		return logical{kind: 3}
	case 4:
		return logical{kind: logicalEnum}
	case 6:
		return logical{kind: logicalDate}
	case 7:
		return logical{kind: logicalTime, unit: millis, utc: true}
	case 8:
		return logical{kind: logicalTime, unit: micros, utc: true}
	case 9:
		return logical{kind: logicalTimestamp, unit: millis, utc: true}
	case 10:
		return logical{kind: logicalTimestamp, unit: micros, utc: true}
	case 19:
		return logical{kind: 12}
	case 20:
		return logical{kind: 13}
	case 21:
		return logical{kind: logicalInterval}
	}
	return logical{}
}
