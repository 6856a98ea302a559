package barfile

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/format"
	"github.com/stretchr/testify/require"
)

func TestReadRefuses(t *testing.T) {
	const n = 5
	set := func(name, tag string, values any) func(map[string]*col) {
		return func(c map[string]*col) {
			if c[name] == nil {
				panic("no such column")
			}
			c[name].tag, c[name].values = tag, values
		}
	}
	rename := func(name, to string) func(map[string]*col) {
		return func(c map[string]*col) { c[name].name = to }
	}
	days := func(d ...int32) any { return d }
	for _, tc := range []struct {
		name    string
		change  func(map[string]*col)
		extra   []col
		options []parquet.WriterOption
		want    string
	}{
		{name: "no date", change: rename("date", "day"), want: `no column "date"`},
		{name: "no open", change: rename("open", "opened"), want: `no column "open"`},
		{name: "no high", change: rename("high", "hi"), want: `no column "high"`},
		{name: "no low", change: rename("low", "lo"), want: `no column "low"`},
		{name: "no close", change: rename("close", "adj_close"), want: `no column "close"`},
		{name: "no volume", change: rename("volume", "vol"), want: `no column "volume"`},
		{name: "close is text", change: set("close", "", slices.Repeat([]string{"1"}, n)), want: `column "close" is STRING, not a number`},
		{name: "close is a truth value", change: set("close", "", make([]bool, n)), want: `column "close" is BOOLEAN, not a number`},
		{name: "close is a list", change: set("close", "", slices.Repeat([][]float64{{1}}, n)), want: `column "close" holds lists`},
		{name: "two dates but for case", extra: []col{{"Date", ",date", make([]int32, n)}}, want: `two columns are named "date", without regard to case`},
		{name: "close is a group", change: set("close", "", make([]struct{ A, B float64 }, n)), want: `column "close" is a group of columns`},
		{name: "volume is a time", change: set("volume", ",timestamp", make([]int64, n)), want: `column "volume" is TIMESTAMP(MILLIS), not a number`},
		{name: "date is a number", change: set("date", "", make([]int32, n)), want: `column "date" is INT_32, not a DATE, a TIMESTAMP or a text YYYY-MM-DD`},
		{name: "date is another text", change: set("date", "", slices.Repeat([]string{"02/01/2024"}, n)), want: `row 0: the date is a text, but not a day in the form YYYY-MM-DD`},
		{name: "date is day 0 of INT96", change: set("date", "", make([]deprecated.Int96, n)), want: `row 0: date is day -2440588 since 1970-01-01`},
		{name: "a null date", change: set("date", ",date", holes([]int32{1, 2, 3, 4, 5})), want: `row 1 has no date`},
		{name: "a date twice", change: set("date", ",date", days(5, 1, 2, 5, 3)), want: `rows 0 and 3 have the same date 1970-01-06`},
		{name: "before 1900", change: set("date", ",date", days(1, 2, 3, 4, MinDay-1)), want: `row 4: date is day -25568 since 1970-01-01; dates go from 1900-01-01 to 2199-12-31`},
		{name: "after 2199", change: set("date", ",date", days(1, 2, 3, 4, MaxDay+1)), want: `row 4: date is day 84006 since 1970-01-01`},
		{name: "far away", change: set("date", ",timestamp(millisecond)", []int64{0, 0, 1 << 36 * 86_400_000, 0, 0}), want: `row 2: date is day 68719476736`},
		{name: "another symbol", extra: []col{{"symbol", "", slices.Repeat([]string{"AAPL", "MSFT"}, n)[:n]}}, want: `row 1: the symbol column has another symbol than "AAPL", for which the file is named`},
		{name: "a longer symbol", extra: []col{{"symbol", ",optional,dict", slices.Repeat([]string{"AAPLE"}, n)}}, want: `row 0: the symbol column has another symbol than "AAPL"`},
		{name: "symbol is a number", extra: []col{{"symbol", "", make([]int64, n)}}, want: `column "symbol" is INT_64, not text`},
		{name: "no values at all", change: func(c map[string]*col) {
			for _, name := range []string{"open", "high", "low", "close", "volume"} {
				c[name].tag, c[name].values = "", make([]*float64, n)
			}
		}, want: `no row has a value`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var r Reader
			b, err := r.Read("AAPL", write(t, append(bars(n, tc.change), tc.extra...), tc.options...))
			require.Nil(t, b)
			require.ErrorContains(t, err, tc.want)
			require.Less(t, len(err.Error()), 300)
			_, err = r.Read("AAPL", write(t, bars(n, nil)))
			require.NoError(t, err, "the reader is unharmed")
		})
	}
}

func TestReadRefusesBytes(t *testing.T) {
	good := write(t, bars(5, nil))
	flipped := bytes.Clone(good)
	flipped[len(magic)+60] ^= 1 // in the first column's values
	for _, tc := range []struct {
		name string
		file []byte
		want string
	}{
		{"nothing", nil, "0 bytes are too few"},
		{"magic alone", []byte("PAR1PAR1"), "8 bytes are too few"},
		{"text", []byte(strings.Repeat("symbol,date\n", 9)), `not a Parquet file: it does not begin with PAR1`},
		{"cut", good[:len(good)-1], "not a whole Parquet file: it does not end with PAR1"},
		{"encrypted", append([]byte("PARE"), good[4:]...), "encrypted"},
		{"large", make([]byte, MaxBytes+1), "67108865 bytes; the limit is 67108864"},
		{"flipped bit", flipped, "its checksum does not match"},
		{"no metadata", closeRaw([]byte(magic), nil), "metadata, byte 0: it ends too early"},
		{"metadata longer than the file", append(bytes.Clone(good[:len(good)-tail]), "\xff\xff\xff\x7fPAR1"...), "metadata of 2147483647 bytes"},
		{"no rows", write(t, bars(0, nil)), "no rows"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var r Reader
			b, err := r.Read("AAPL", tc.file)
			require.Nil(t, b)
			require.ErrorContains(t, err, tc.want)
		})
	}
}

func TestReadRefusesMetadata(t *testing.T) {
	good := write(t, bars(5, nil))
	for _, tc := range []struct {
		name   string
		change func(*format.FileMetaData)
		want   string
	}{
		{"too many rows", func(m *format.FileMetaData) { m.RowGroups[0].NumRows = MaxRows + 1 }, "row group 0 of 100001 rows; the limit of a file is 100000 rows"},
		{"negative rows", func(m *format.FileMetaData) { m.RowGroups[0].NumRows = -1 }, "row group 0 of -1 rows"},
		{"rows do not add up", func(m *format.FileMetaData) { m.NumRows = 6 }, "metadata says 6 rows, its row groups 5"},
		{"no row groups", func(m *format.FileMetaData) { m.RowGroups, m.NumRows = nil, 0 }, "no rows"},
		{"no schema", func(m *format.FileMetaData) { m.Schema = nil }, "no schema"},
		{"short schema", func(m *format.FileMetaData) { m.Schema[0].NumChildren.V = 1000 }, "the schema ends before its last column"},
		{"one name twice", func(m *format.FileMetaData) { m.Schema[2].Name = "close" }, `two columns are named "close"`},
		{"type of the data", func(m *format.FileMetaData) { m.RowGroups[0].Columns[1].MetaData.Type = format.Int64 }, `column "open", row group 0: the schema says DOUBLE, the data INT64`},
		{"values of the data", func(m *format.FileMetaData) { m.RowGroups[0].Columns[1].MetaData.NumValues = 4 }, `column "open", row group 0: 4 values for 5 rows`},
		{"no data", func(m *format.FileMetaData) { m.RowGroups[0].Columns = m.RowGroups[0].Columns[:4] }, `column "close", row group 0: it has no data`},
		{"data elsewhere", func(m *format.FileMetaData) { m.RowGroups[0].Columns[1].FilePath = "/etc/passwd" }, `its data is in another file`},
		{"offset outside", func(m *format.FileMetaData) { m.RowGroups[0].Columns[1].MetaData.DataPageOffset = math.MaxInt64 }, "lie outside the file"},
		{"negative offset", func(m *format.FileMetaData) { m.RowGroups[0].Columns[1].MetaData.DataPageOffset = -9 }, "lie outside the file"},
		{"size outside", func(m *format.FileMetaData) { m.RowGroups[0].Columns[1].MetaData.TotalCompressedSize = math.MaxInt64 }, "lie outside the file"},
		{"negative size", func(m *format.FileMetaData) { m.RowGroups[0].Columns[1].MetaData.TotalCompressedSize = -1 }, "lie outside the file"},
		{"size too small", func(m *format.FileMetaData) { m.RowGroups[0].Columns[1].MetaData.TotalCompressedSize = 0 }, "page 0: the column's data ends before its last row"},
		{"another column's data", func(m *format.FileMetaData) { m.RowGroups[0].Columns[1].MetaData.DataPageOffset++ }, `column "open", row group 0: page 0`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var r Reader
			b, err := r.Read("AAPL", refit(t, good, tc.change))
			require.Nil(t, b)
			require.ErrorContains(t, err, tc.want)
		})
	}
}
