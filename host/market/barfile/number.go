package barfile

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"strconv"

	"github.com/parquet-go/parquet-go/format"
)

// maxFixed is the longest value of a FIXED_LEN_BYTE_ARRAY that is read: a
// decimal of 76 digits.
const maxFixed = 32

// number returns how a column of prices or volumes is decoded: FLOAT, DOUBLE,
// integers with and without a sign, decimals, and columns that hold nothing
// but nulls. An integer or a DOUBLE becomes T with one rounding; a decimal
// becomes the nearest float64 first, as it does for pandas and polars.
func number[T float32 | float64](c *column) (*decoder[T], error) {
	d := &decoder[T]{width: 8, null: T(math.NaN())}
	e := c.element
	means := e.means()
	wrong := fmt.Errorf("column %q is %s, not a number", c, e)
	if e.contradiction() {
		return nil, fmt.Errorf("column %q is %s and %s at once", c, e.logical, e.converted)
	}
	if e.kind == format.Int32 || e.kind == format.Float {
		d.width = 4
	}
	switch means.kind {
	case logicalNull:
		return nothing(d.null), nil
	case logicalDecimal:
		return decimal(d, c)
	case logicalInteger:
		if e.kind != format.Int32 && e.kind != format.Int64 {
			return nil, wrong
		}
	case 0:
		means.signed = true
	default:
		return nil, wrong
	}
	switch {
	case e.kind == format.Double:
		d.fixed = func(raw uint64) T { return T(math.Float64frombits(raw)) }
	case e.kind == format.Float:
		d.fixed = func(raw uint64) T { return T(math.Float32frombits(uint32(raw))) }
	case e.kind == format.Int64 && means.signed:
		d.fixed = func(raw uint64) T { return T(int64(raw)) }
	case e.kind == format.Int64:
		d.fixed = func(raw uint64) T { return T(raw) }
	case e.kind == format.Int32 && means.signed:
		d.fixed = func(raw uint64) T { return T(int32(raw)) }
	case e.kind == format.Int32:
		d.fixed = func(raw uint64) T { return T(uint32(raw)) }
	default:
		return nil, wrong
	}
	return d, nil
}

func decimal[T float32 | float64](d *decoder[T], c *column) (*decoder[T], error) {
	e := c.element
	means := e.means()
	if means.scale < 0 || means.scale > means.precision || means.precision > 76 {
		return nil, fmt.Errorf("column %q is %s; decimals have at most 76 digits", c, means)
	}
	switch e.kind {
	case format.Int32:
		d.fixed = func(raw uint64) T { return T(smallDecimal(int64(int32(raw)), means.scale)) }
	case format.Int64:
		d.fixed = func(raw uint64) T { return T(smallDecimal(int64(raw), means.scale)) }
	case format.ByteArray, format.FixedLenByteArray:
		d.width = 0
		if e.kind == format.FixedLenByteArray {
			if d.width = int(e.length); e.length < 1 || e.length > maxFixed {
				return nil, fmt.Errorf("column %q is %s in %d bytes; decimals have at most %d", c, means, e.length, maxFixed)
			}
		}
		d.text = func(b []byte) T { return T(d.largeDecimal(b, means.scale)) }
	default:
		return nil, fmt.Errorf("column %q is %s in %s", c, means, e.kind)
	}
	return d, nil
}

// smallDecimal returns the float64 nearest to v / 10^scale.
func smallDecimal(v int64, scale int32) float64 {
	if scale <= 22 && v > -1<<53 && v < 1<<53 {
		return float64(v) / math.Pow10(int(scale)) // both are exact, so the quotient is rounded once
	}
	return parseDecimal(strconv.FormatInt(v, 10), scale)
}

// largeDecimal is smallDecimal for a big-endian number in two's complement.
func (d *decoder[T]) largeDecimal(b []byte, scale int32) float64 {
	if len(b) == 0 || len(b) > maxFixed {
		d.err = fmt.Errorf("a decimal of %d bytes; it has 1 to %d", len(b), maxFixed)
		return 0
	}
	if len(b) <= 8 {
		var wide [8]byte
		if b[0] >= 0x80 {
			binary.BigEndian.PutUint64(wide[:], math.MaxUint64)
		}
		copy(wide[8-len(b):], b)
		return smallDecimal(int64(binary.BigEndian.Uint64(wide[:])), scale)
	}
	v := new(big.Int).SetBytes(b)
	if b[0] >= 0x80 {
		v.Sub(v, new(big.Int).Lsh(big.NewInt(1), 8*uint(len(b))))
	}
	return parseDecimal(v.String(), scale)
}

func parseDecimal(digits string, scale int32) float64 {
	// The only error is one of range, which 77 digits cannot leave.
	v, _ := strconv.ParseFloat(digits+"e-"+strconv.Itoa(int(scale)), 64)
	return v
}
