package barfile

import (
	"math"
	"math/big"
	"strconv"
	"testing"

	"github.com/parquet-go/parquet-go/format"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestConvertedTypes covers files of writers that know no logical types, and
// the names of all types.
func TestConvertedTypes(t *testing.T) {
	const none = -1
	typed := func(kind format.Type, converted int32) *column {
		return &column{name: "C", element: &element{name: "C", leaf: true, kind: kind, converted: convertedType(converted, 2, 9)}}
	}
	for _, tc := range []struct {
		name   string
		column *column
		raw    int64
		want   float64
		day    int64
		err    string // of a number; "" = it is one
		dayErr string
	}{
		{"INT_64", typed(format.Int64, 18), -3, -3, 0, "", `column "c" is INT_64, not a DATE, a TIMESTAMP or a text`},
		{"UINT_64", typed(format.Int64, 14), -1, math.MaxUint64, 0, "", `column "c" is UINT_64, not a DATE`},
		{"UINT_32", typed(format.Int32, 13), -1, math.MaxUint32, 0, "", `column "c" is UINT_32, not a DATE`},
		{"UINT_8", typed(format.Int32, 11), 255, 255, 0, "", `column "c" is UINT_8, not a DATE`},
		{"DECIMAL", typed(format.Int32, 5), -1234, -12.34, 0, "", `column "c" is DECIMAL(9,2), not a DATE`},
		{"DOUBLE", typed(format.Double, none), int64(math.Float64bits(1.5)), 1.5, 0, "", `column "c" is DOUBLE, not a DATE`},
		{"INT32", typed(format.Int32, none), -5, -5, 0, "", `column "c" is INT32, not a DATE`},
		{"DATE", typed(format.Int32, 6), -5, 0, -5, `column "c" is DATE, not a number`, ""},
		{"TIMESTAMP_MILLIS", typed(format.Int64, 9), -86_400_000, 0, -1, `column "c" is TIMESTAMP(MILLIS), not a number`, ""},
		{"TIMESTAMP_MICROS", typed(format.Int64, 10), 2 * 86_400_000_000, 0, 2, `column "c" is TIMESTAMP(MICROS), not a number`, ""},
		{"a DATE of 8 bytes", typed(format.Int64, 6), 0, 0, 0, `column "c" is DATE, not a number`, `column "c" is DATE, not a DATE, a TIMESTAMP`},
		{"TIME_MICROS", typed(format.Int64, 8), 0, 0, 0, `column "c" is TIME(MICROS), not a number`, `column "c" is TIME(MICROS), not a DATE`},
		{"JSON", typed(format.ByteArray, 19), 0, 0, 0, `column "c" is JSON, not a number`, `column "c" is JSON, not a DATE`},
		{"INTERVAL", typed(format.FixedLenByteArray, 21), 0, 0, 0, `column "c" is INTERVAL, not a number`, `column "c" is INTERVAL, not a DATE`},
		{"BOOLEAN", typed(format.Boolean, none), 0, 0, 0, `column "c" is BOOLEAN, not a number`, `column "c" is BOOLEAN, not a DATE`},
		{"a physical type of the future", typed(99, none), 0, 0, 0, `column "c" is of an unknown type, not a number`, "of an unknown type"},
		{"a logical type of the future", &column{name: "C", element: &element{leaf: true, kind: format.Int64, logical: logical{kind: 99}}}, 0, 0, 0, "is a logical type that this program does not know, not a number", "a logical type that this program does not know"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d, err := number[float64](tc.column)
			if tc.err != "" {
				require.ErrorContains(t, err, tc.err)
			} else {
				require.NoError(t, err)
				require.Equal(t, tc.want, d.fixed(uint64(tc.raw)))
			}
			days, err := (&table{meta: &metadata{}}).dates(tc.column, Dates{})
			if tc.dayErr != "" {
				require.ErrorContains(t, err, tc.dayErr)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tc.day, days.fixed(uint64(tc.raw)))
		})
	}
}

// TestContradiction: what is said twice and not alike is damage.
func TestContradiction(t *testing.T) {
	e := &element{leaf: true, kind: format.Int64, logical: logical{kind: logicalTimestamp, unit: nanos, utc: true}, converted: convertedType(9, 0, 0)}
	_, err := number[float32](&column{name: "close", element: e})
	require.ErrorContains(t, err, `column "close" is TIMESTAMP(NANOS) and TIMESTAMP(MILLIS) at once`)
	e.logical.unit = millis
	require.False(t, e.contradiction())
}

// TestDecimals: a decimal is the float64 nearest to it, as it is for
// strconv, whatever way it lies in the file.
func TestDecimals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scale := rapid.Int32Range(0, 40).Draw(t, "scale")
		small := rapid.OneOf(rapid.Int64(), rapid.Int64Range(-1_000_000, 1_000_000)).Draw(t, "small")
		nearest := func(digits string) float64 {
			v, err := strconv.ParseFloat(digits+"e-"+strconv.Itoa(int(scale)), 64)
			require.NoError(t, err)
			return v
		}
		require.Equal(t, nearest(strconv.FormatInt(small, 10)), smallDecimal(small, scale))

		bytes := rapid.SliceOfN(rapid.Byte(), 1, maxFixed).Draw(t, "bytes")
		large := new(big.Int).SetBytes(bytes)
		if bytes[0] >= 0x80 {
			large.Sub(large, new(big.Int).Lsh(big.NewInt(1), 8*uint(len(bytes))))
		}
		var d decoder[float64]
		require.Equal(t, nearest(large.String()), d.largeDecimal(bytes, scale))
		require.NoError(t, d.err)
	})
	for _, n := range []int{0, maxFixed + 1} {
		var d decoder[float32]
		d.largeDecimal(make([]byte, n), 2)
		require.ErrorContains(t, d.err, "it has 1 to 32")
	}
}

func TestDigitsDay(t *testing.T) {
	for v, want := range map[int64]int64{1970_01_02: 1, 2024_02_29: 19782, 2023_02_29: notDay, 2024_13_01: notDay, 1899_12_31: notDay, 20240101000: notDay, -1: notDay} {
		require.Equal(t, want, digitsDay(uint64(v)), v)
	}
}
