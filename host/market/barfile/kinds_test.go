package barfile

import (
	"math"
	"testing"

	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
	"github.com/stretchr/testify/require"
)

// TestConvertedTypes covers files of writers that know no logical types.
func TestConvertedTypes(t *testing.T) {
	element := func(kind format.Type, converted deprecated.ConvertedType) *column {
		return &column{name: "c", element: &format.SchemaElement{
			Type:          thrift.Null[format.Type]{V: kind, Valid: true},
			ConvertedType: thrift.Null[deprecated.ConvertedType]{V: converted, Valid: true},
		}}
	}
	for _, tc := range []struct {
		name   string
		column *column
		raw    int64
		day    int64
		want   string
	}{
		{name: "DATE", column: element(format.Int32, deprecated.Date), raw: -5, day: -5},
		{name: "TIMESTAMP_MILLIS", column: element(format.Int64, deprecated.TimestampMillis), raw: -1, day: -1},
		{name: "TIMESTAMP_MICROS", column: element(format.Int64, deprecated.TimestampMicros), raw: 2*86_400_000_000 + 1, day: 2},
		{name: "a DATE of 8 bytes", column: element(format.Int64, deprecated.Date), want: `column "c" is INT64 of converted type 6, not a DATE`},
		{name: "a time of day", column: element(format.Int64, deprecated.TimeMicros), want: "not a DATE or a TIMESTAMP"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d, err := date(tc.column)
			if tc.want != "" {
				require.ErrorContains(t, err, tc.want)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tc.day, d.fixed(uint64(tc.raw)))
		})
	}
	d, err := number(element(format.Int64, deprecated.Int64))
	require.NoError(t, err)
	require.Equal(t, float32(-3), d.fixed(uint64(math.MaxUint64-2)))
	_, err = number(element(format.Int64, deprecated.Uint64))
	require.ErrorContains(t, err, `column "c" is INT64 of converted type 14, not a plain number`)
}

func TestCutRuns(t *testing.T) {
	for _, tc := range []struct {
		name string
		data []byte
		bits uint
		n    int
		cut  int // length of what is kept
		want string
	}{
		{name: "one run", data: []byte{10, 1}, bits: 1, n: 5, cut: 2},
		{name: "bytes behind it", data: []byte{10, 1, 0xff, 0xff}, bits: 1, n: 5, cut: 2},
		{name: "packed with padding", data: []byte{3, 0b10101}, bits: 1, n: 5, cut: 2},
		{name: "a run and packed", data: []byte{10, 1, 3, 0xff}, bits: 1, n: 13, cut: 4},
		{name: "indexes of 12 bits", data: []byte{10, 1, 2}, bits: 12, n: 5, cut: 3},
		{name: "indexes of no bits", data: []byte{10}, bits: 0, n: 5, cut: 1},
		{name: "empty runs", data: []byte{0, 9, 10, 1}, bits: 1, n: 5, cut: 4},
		{name: "nothing wanted", data: []byte{10, 1}, bits: 1, n: 0, cut: 0},
		{name: "one too many", data: []byte{12, 1}, bits: 1, n: 5, want: "a run of 6 values; 5 are left"},
		{name: "eight too many", data: []byte{5, 1, 1}, bits: 1, n: 8, want: "a run of 2 times 8 values; 8 are left"},
		{name: "too few", data: []byte{8, 1}, bits: 1, n: 5, want: "they end before the last value"},
		{name: "a run without its value", data: []byte{10}, bits: 1, n: 5, want: "they end before the last value"},
		{name: "packed without its values", data: []byte{3, 1}, bits: 3, n: 5, want: "they end before the last value"},
		{name: "no runs", bits: 1, n: 5, want: "they end before the last value"},
		{name: "a head without an end", data: []byte{0xff, 0xff}, bits: 1, n: 5, want: "they end before the last value"},
		{name: "a head of 70 bits", data: []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1}, bits: 1, n: 5, want: "they end before the last value"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := cutRuns(tc.data, tc.bits, tc.n)
			if tc.want != "" {
				require.ErrorContains(t, err, tc.want)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tc.data[:tc.cut], got)
		})
	}
}
