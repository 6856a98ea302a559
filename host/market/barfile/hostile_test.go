package barfile

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"math"
	"runtime"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/format"
	"github.com/pierrec/lz4/v4"
	"github.com/stretchr/testify/require"
)

// TestReadTakesNoMemoryForClaims gives the reader small files that claim to be
// enormous: each must be an error that cost little memory.
func TestReadTakesNoMemoryForClaims(t *testing.T) {
	const n, limit = 5, 30 << 20
	good := write(t, bars(n, nil))
	optional := write(t, bars(n, func(c map[string]*col) { c["close"].tag = ",optional" }))
	values := make([]byte, 8*n)
	zeros := make([]byte, 40<<20)
	uvarint := func(parts ...uint64) (b []byte) {
		for _, p := range parts {
			b = binary.AppendUvarint(b, p)
		}
		return b
	}
	huge := format.PageHeader{Type: format.DataPage, UncompressedPageSize: math.MaxInt32, CompressedPageSize: math.MaxInt32}
	manyValues := dataPage(t, math.MaxInt32, len(values), format.Plain, values)
	levels := append([]byte{6, 0, 0, 0}, append(uvarint(uint64(math.MaxInt32)<<1), 1)...)
	claims := func(list ...byte) []byte { return closeRaw(good[:len(good)-tail], list) }
	for _, tc := range []struct {
		name string
		file []byte
		want string
	}{
		{"rows", refit(t, good, func(m *format.FileMetaData) { m.NumRows, m.RowGroups[0].NumRows = 1<<40, 1<<40 }), "the limit of a file is 100000 rows"},
		{"rows of groups", refit(t, good, func(m *format.FileMetaData) {
			m.RowGroups = append(m.RowGroups, m.RowGroups[0])
			m.RowGroups[0].NumRows = math.MaxInt64
		}), "the limit of a file is 100000 rows"},
		// Field 2 is the schema: a list (9) of structures (12) with 2^31-1 of them; field 4 the row groups.
		{"schema", claims(append([]byte{0x15, 2, 0x19, 0xfc}, uvarint(math.MaxInt32)...)...), "metadata, byte 9: it ends too early"},
		{"row groups", claims(append([]byte{0x15, 2, 0x39, 0xfc}, uvarint(1<<22)...)...), "metadata, byte 8: it ends too early"},
		{"nesting", claims(bytes.Repeat([]byte{0x1c}, 1<<20)...), "nested deeper than 32"},
		{"nested lists", claims(append([]byte{0x19}, bytes.Repeat([]byte{0x19}, 1<<20)...)...), "nested deeper than 32"},
		{"map", claims(append([]byte{0x1b}, append(uvarint(math.MaxInt32), 0xcc)...)...), "a value of type 11"},
		{"page", withChunk(t, good, "close", format.Snappy, rawPage(t, huge, values)), "2147483647 bytes; 40 are left of the column"},
		{"uncompressed page", withChunk(t, good, "close", format.Snappy, dataPage(t, n, math.MaxInt32, format.Plain, values)), "2147483647 bytes uncompressed; the limit is 8388608"},
		{"values of a page", withChunk(t, good, "close", format.Uncompressed, manyValues), "2147483647 values; 5 rows are left"},
		{"levels", withChunk(t, optional, "close", format.Uncompressed, dataPage(t, n, len(levels), format.Plain, levels)), "definition levels: a run of 2147483647 values; 5 are left"},
		{"packed levels", withChunk(t, optional, "close", format.Uncompressed, dataPage(t, n, 9, format.Plain, append([]byte{5, 0, 0, 0}, uvarint(math.MaxInt32)...))), "the page ends before its last value"},
		{"deltas", withChunk(t, good, "volume", format.Uncompressed, dataPage(t, n, 9, format.DeltaBinaryPacked, uvarint(128, 4, math.MaxInt32, 0)[:9])), "2147483647 deltas for 5 values"},
		{"dictionary", withChunk(t, good, "close", format.Uncompressed, dictionaryPage(t, math.MaxInt32, values)), "a dictionary of 2147483647 values in 40 bytes"},
		{"dictionary indexes", withChunk(t, good, "close", format.Uncompressed, dictionaryPage(t, n, values),
			dataPage(t, n, 7, format.RLEDictionary, append([]byte{8}, append(uvarint(math.MaxInt32<<1), 0)...))), "dictionary indexes: a run of 2147483647 values; 5 are left"},
		{"snappy bomb", withChunk(t, good, "close", format.Snappy, dataPage(t, n, 40, format.Plain, snappy.Encode(nil, zeros))), "SNAPPY: comes to more bytes than its header says"},
		{"snappy length", withChunk(t, good, "close", format.Snappy, dataPage(t, n, 40, format.Plain, uvarint(math.MaxUint32))), "SNAPPY: comes to more bytes"},
		{"zstd bomb", withChunk(t, good, "close", format.Zstd, dataPage(t, n, 40, format.Plain, zstdBomb(t, zeros, true))), "ZSTD: decompressed size exceeds configured limit"},
		{"zstd bomb of unknown size", withChunk(t, good, "close", format.Zstd, dataPage(t, n, 40, format.Plain, zstdBomb(t, zeros, false))), "ZSTD: decompressed size exceeds configured limit"},
		{"brotli bomb", withChunk(t, good, "close", format.Brotli, dataPage(t, n, 40, format.Plain, brotliBomb(t, zeros))), "BROTLI: comes to more bytes than its header says"},
		{"lz4 bomb", withChunk(t, good, "close", format.Lz4Raw, dataPage(t, n, 40, format.Plain, lz4Bomb(t, zeros))), "LZ4_RAW: "},
		{"gzip bomb", withChunk(t, good, "close", format.Gzip, dataPage(t, n, 40, format.Plain, gzipBomb(t, zeros))), "GZIP: comes to more bytes than its header says"},
		{"many pages", withChunk(t, good, "close", format.Snappy, bytes.Repeat(dataPage(t, 0, maxPage, format.Plain, snappy.Encode(nil, zeros[:maxPage])), 20)), "more than 67108864 bytes of uncompressed pages"},
		{"strings", withChunk(t, write(t, append(bars(n, nil), col{"symbol", ",plain", []string{"AAPL", "", "", "", ""}})), "symbol", format.Uncompressed,
			dataPage(t, n, 8, format.Plain, []byte{0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4})), "the page ends before its last value"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			require.Less(t, len(tc.file), 10<<20)
			var r Reader
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := r.Read("AAPL", tc.file)
			runtime.ReadMemStats(&after)
			require.ErrorContains(t, err, tc.want)
			require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(limit), "bytes allocated")
			_, err = r.Read("AAPL", good)
			require.NoError(t, err, "the reader is unharmed")
		})
	}
}

// TestReadTakesNoTimeForClaims gives the reader files that are as laborious as
// their size allows. What takes more than some seconds here would hold up a
// market.
func TestReadTakesNoTimeForClaims(t *testing.T) {
	const n = 60_000
	value := func(i int) []byte { return binary.LittleEndian.AppendUint64(nil, math.Float64bits(float64(i))) }
	good := write(t, bars(n, nil))
	brotlis := make([][]byte, n)
	for i := range brotlis {
		var out bytes.Buffer
		w := brotli.NewWriterOptions(&out, brotli.WriterOptions{Quality: 1, LGWin: 24})
		_, err := w.Write(value(i))
		require.NoError(t, err)
		require.NoError(t, w.Close())
		brotlis[i] = dataPage(t, 1, 8, format.Plain, out.Bytes())
	}
	for _, tc := range []struct {
		name string
		file []byte
		want string
	}{
		{"a page a value, in BROTLI with a window of 16 MB", withChunk(t, good, "open", format.Brotli, brotlis...), ""},
		{"a million pages without values", withChunk(t, good, "open", 0, bytes.Repeat(dataPage(t, 0, 0, format.Plain, nil), 1_000_000)), "the column's data ends before its last row"},
		{"a million row groups without rows", refit(t, good, func(m *format.FileMetaData) {
			m.RowGroups = append(m.RowGroups, make([]format.RowGroup, 1_000_000)...)
		}), ""},
		{"a million columns", refit(t, good, func(m *format.FileMetaData) {
			m.Schema = append(m.Schema, make([]format.SchemaElement, 1_000_000)...)
		}), "a schema of more than 32768 elements"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			require.Less(t, len(tc.file), MaxBytes)
			var r Reader
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := r.Read("AAPL", tc.file)
			runtime.ReadMemStats(&after)
			if tc.want == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, tc.want)
			}
			require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(256<<20), "bytes allocated")
		})
	}
}

func dictionaryPage(t *testing.T, n int, values []byte) []byte {
	h := format.PageHeader{Type: format.DictionaryPage, UncompressedPageSize: int32(len(values))}
	h.DictionaryPageHeader.Valid = true
	h.DictionaryPageHeader.V = format.DictionaryPageHeader{NumValues: int32(n), Encoding: format.Plain}
	return rawPage(t, h, values)
}

func zstdBomb(t *testing.T, data []byte, sized bool) []byte {
	var out bytes.Buffer
	w, err := zstd.NewWriter(&out, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20))
	require.NoError(t, err)
	if sized {
		return w.EncodeAll(data, nil)
	}
	_, err = w.Write(data)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return out.Bytes()
}

func brotliBomb(t *testing.T, data []byte) []byte {
	var out bytes.Buffer
	w := brotli.NewWriter(&out)
	_, err := w.Write(data)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return out.Bytes()
}

func lz4Bomb(t *testing.T, data []byte) []byte {
	out := make([]byte, lz4.CompressBlockBound(len(data)))
	n, err := new(lz4.Compressor).CompressBlock(data, out)
	require.NoError(t, err)
	return out[:n]
}

func gzipBomb(t *testing.T, data []byte) []byte {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	require.NoError(t, err)
	_, err = w.Write(data)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return out.Bytes()
}

// TestReadPages covers what a page may be and what it may not.
func TestReadPages(t *testing.T) {
	const n = 5
	plain := write(t, bars(n, nil))
	values := make([]byte, 8*n)
	v2 := func(change func(*format.DataPageHeaderV2)) []byte {
		h := format.PageHeader{Type: format.DataPageV2, UncompressedPageSize: int32(len(values))}
		h.DataPageHeaderV2.Valid = true
		h.DataPageHeaderV2.V = format.DataPageHeaderV2{NumValues: n, NumRows: n, Encoding: format.Plain}
		change(&h.DataPageHeaderV2.V)
		return rawPage(t, h, values)
	}
	index := append(dictionaryPage(t, 2, values[:16]), dataPage(t, n, 3, oldDictionary, []byte{8, n << 1, 2})...)
	for _, tc := range []struct {
		name  string
		codec format.CompressionCodec
		pages []byte
		want  string // "" = fine
	}{
		{"an empty page between", 0, append(dataPage(t, 0, 0, format.Plain, nil), dataPage(t, n, 40, format.Plain, values)...), ""},
		{"bytes behind the last value", 0, dataPage(t, n, 41, format.Plain, append(values, 7)), ""},
		{"version 2", 0, v2(func(*format.DataPageHeaderV2) {}), ""},
		{"version 2, not compressed", format.Zstd, v2(func(h *format.DataPageHeaderV2) { h.IsCompressed.Valid = true }), ""},
		{"version 2, compressed", format.Zstd, v2(func(*format.DataPageHeaderV2) {}), "ZSTD: "},
		{"version 2, long levels", 0, v2(func(h *format.DataPageHeaderV2) { h.DefinitionLevelsByteLength = 41 }), "levels longer than the page"},
		{"version 2, negative levels", 0, v2(func(h *format.DataPageHeaderV2) { h.RepetitionLevelsByteLength = -1 }), "levels longer than the page"},
		{"version 2, sum of levels", 0, v2(func(h *format.DataPageHeaderV2) {
			h.RepetitionLevelsByteLength, h.DefinitionLevelsByteLength = math.MaxInt32, math.MaxInt32
		}), "levels longer than the page"},
		{"index out of the dictionary", 0, index, "value 0 is dictionary entry 2, which is not there"},
		{"no dictionary", 0, dataPage(t, n, 3, format.RLEDictionary, []byte{8, n << 1, 0}), "value 0 is dictionary entry 0, which is not there"},
		{"wide indexes", 0, dataPage(t, n, 3, format.RLEDictionary, []byte{33, n << 1, 0}), "dictionary indexes of 33 bits"},
		{"short dictionary", 0, dictionaryPage(t, 6, values), "a dictionary of 6 values in 40 bytes"},
		{"short page", 0, dataPage(t, n, 39, format.Plain, values[:39]), "the page ends before its last value"},
		{"splits that the column's metadata does not have", 0, dataPage(t, n, 40, format.ByteStreamSplit, values), "values in the encoding BYTE_STREAM_SPLIT"},
		{"size of the header", 0, dataPage(t, n, 41, format.Plain, values), "40 bytes; its header says 41"},
		{"an encoding for others", 0, dataPage(t, n, 40, format.DeltaByteArray, values), "values in the encoding DELTA_BYTE_ARRAY"},
		{"an unknown encoding", 0, dataPage(t, n, 40, 99, values), "values in"},
		{"an unknown codec", 77, dataPage(t, n, 40, format.Plain, values), "compressed with"},
		{"an index page", 0, rawPage(t, format.PageHeader{Type: format.IndexPage, UncompressedPageSize: 40}, values), "a page of type INDEX_PAGE among the data"},
		{"a header of another kind", 0, rawPage(t, format.PageHeader{Type: format.DataPageV2, UncompressedPageSize: 40}, values), "a page without the header of its kind"},
		{"negative size", 0, rawPage(t, format.PageHeader{Type: format.DataPage, CompressedPageSize: -1}, values), "-1 bytes; 40 are left"},
		{"negative values", 0, dataPage(t, -1, 40, format.Plain, values), "a data page of -1 values"},
		{"not a header", 0, values, "page 0: a page without the header of its kind"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var r Reader
			b, err := r.Read("AAPL", withChunk(t, plain, "open", tc.codec, tc.pages))
			if tc.want == "" {
				require.NoError(t, err)
				require.Equal(t, make([]float32, n), b.Open)
				return
			}
			require.ErrorContains(t, err, tc.want)
		})
	}
}
