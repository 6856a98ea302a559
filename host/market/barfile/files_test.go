package barfile

import (
	"bytes"
	"fmt"
	"math"
	"reflect"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
	"github.com/stretchr/testify/require"
)

// col is one column of a file that a test makes: a parquet-go struct tag
// without the name, and a slice of values or, where nil is a null, of pointers.
type col struct {
	name   string
	tag    string
	values any
}

// write returns a Parquet file of these columns in this order.
func write(t testing.TB, cols []col, options ...parquet.WriterOption) []byte {
	t.Helper()
	var fields []reflect.StructField
	for i, c := range cols {
		tag := reflect.StructTag(`parquet:"` + c.name + c.tag + `"`)
		fields = append(fields, reflect.StructField{Name: fmt.Sprintf("C%d", i), Type: reflect.TypeOf(c.values).Elem(), Tag: tag})
	}
	row := reflect.New(reflect.StructOf(fields))
	var out bytes.Buffer
	w := parquet.NewWriter(&out, append([]parquet.WriterOption{parquet.SchemaOf(row.Interface())}, options...)...)
	for i := range reflect.ValueOf(cols[0].values).Len() {
		for k, c := range cols {
			row.Elem().Field(k).Set(reflect.ValueOf(c.values).Index(i))
		}
		require.NoError(t, w.Write(row.Interface()))
	}
	require.NoError(t, w.Close())
	return out.Bytes()
}

// bars returns n bars in the plainest form; change says what is different.
func bars(n int, change func(cols map[string]*col)) []col {
	days, volume := make([]int32, n), make([]int64, n)
	price := func(add float64) []float64 {
		p := make([]float64, n)
		for i := range p {
			p[i] = 100 + add + math.Round(1000*math.Sin(float64(i)))/100
		}
		return p
	}
	for i := range n {
		days[i], volume[i] = int32(19000+i), int64(16_777_216+i*7)
	}
	cols := []col{
		{"date", ",date", days}, {"open", "", price(0.1)}, {"high", "", price(1)},
		{"low", "", price(-1)}, {"close", "", price(0)}, {"volume", "", volume},
	}
	if change != nil {
		byName := map[string]*col{}
		for i := range cols {
			byName[cols[i].name] = &cols[i]
		}
		change(byName)
	}
	return cols
}

// holes makes every third value of a slice a null.
func holes[T any](values []T) []*T {
	out := make([]*T, len(values))
	for i := range values {
		if i%3 != 1 {
			out[i] = &values[i]
		}
	}
	return out
}

// into converts numbers.
func into[To, From int32 | int64 | float32 | float64](values []From) []To {
	out := make([]To, len(values))
	for i, v := range values {
		out[i] = To(v)
	}
	return out
}

func read(t testing.TB, file []byte) *Bars {
	t.Helper()
	var r Reader
	b, err := r.Read("AAPL", file)
	require.NoError(t, err)
	return b
}

// same compares bit for bit, with NaN equal to NaN.
func same(t require.TestingT, want, got []float32, what string) {
	require.Len(t, got, len(want), what)
	for i := range want {
		if want[i] != want[i] && got[i] != got[i] {
			continue
		}
		require.Equal(t, math.Float32bits(want[i]), math.Float32bits(got[i]), "%s[%d]: want %v, got %v", what, i, want[i], got[i])
	}
}

func sameBars(t require.TestingT, want, got *Bars) {
	require.Equal(t, want.Days, got.Days)
	w, g := want.columns(), got.columns()
	for i := range fields {
		require.Equal(t, w[i] == nil, g[i] == nil, fields[i])
		same(t, w[i], g[i], fields[i])
	}
}

// refit decodes a file's metadata, lets change do its worst, and puts the
// result behind the same pages.
func refit(t testing.TB, file []byte, change func(*format.FileMetaData)) []byte {
	t.Helper()
	meta := decodeFooter(t, file)
	pages := len(file) - tail - int(footerLength(file))
	change(meta)
	return closeFile(t, file[:pages], meta)
}

func decodeFooter(t testing.TB, file []byte) *format.FileMetaData {
	t.Helper()
	encoded, err := footer(file)
	require.NoError(t, err)
	meta := new(format.FileMetaData)
	require.NoError(t, thrift.Unmarshal(new(thrift.CompactProtocol), encoded, meta))
	return meta
}

func footerLength(file []byte) uint32 {
	b := file[len(file)-tail:]
	return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24
}

func closeFile(t testing.TB, pages []byte, meta *format.FileMetaData) []byte {
	t.Helper()
	footer, err := thrift.Marshal(new(thrift.CompactProtocol), meta)
	require.NoError(t, err)
	return closeRaw(pages, footer)
}

func closeRaw(pages, footer []byte) []byte {
	n := len(footer)
	out := append(bytes.Clone(pages), footer...)
	out = append(out, byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
	return append(out, magic...)
}

// withChunk replaces the data of a column by pages of the test's making.
func withChunk(t testing.TB, file []byte, column string, codec format.CompressionCodec, pages ...[]byte) []byte {
	t.Helper()
	end := len(file) - tail - int(footerLength(file))
	meta := decodeFooter(t, file)
	chunk := bytes.Join(pages, nil)
	for i := range meta.RowGroups[0].Columns {
		m := &meta.RowGroups[0].Columns[i].MetaData
		if m.PathInSchema[0] == column {
			m.Codec, m.DataPageOffset, m.DictionaryPageOffset, m.TotalCompressedSize = codec, int64(end), 0, int64(len(chunk))
		}
	}
	return closeFile(t, append(bytes.Clone(file[:end]), chunk...), meta)
}

// rawPage returns a page header and a body.
func rawPage(t testing.TB, h format.PageHeader, body []byte) []byte {
	t.Helper()
	if h.CompressedPageSize == 0 {
		h.CompressedPageSize = int32(len(body))
	}
	b, err := thrift.Marshal(new(thrift.CompactProtocol), &h)
	require.NoError(t, err)
	return append(b, body...)
}

// dataPage returns a version 1 data page of n values that comes to whole bytes.
func dataPage(t testing.TB, n, whole int, e format.Encoding, body []byte) []byte {
	t.Helper()
	h := format.PageHeader{Type: format.DataPage, UncompressedPageSize: int32(whole)}
	h.DataPageHeader.Valid = true
	h.DataPageHeader.V = format.DataPageHeader{NumValues: int32(n), Encoding: e, DefinitionLevelEncoding: format.RLE, RepetitionLevelEncoding: format.RLE}
	return rawPage(t, h, body)
}
