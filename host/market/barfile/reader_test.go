package barfile

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/stretchr/testify/require"
)

// TestReadVariants holds every form that a column may have against the same
// bars in the plainest form.
func TestReadVariants(t *testing.T) {
	const n = 40
	null := float32(math.NaN())
	volume := func(c map[string]*col) []int64 { return c["volume"].values.([]int64) }
	ticks := func(c map[string]*col, perDay, add int64) {
		days := into[int64](c["date"].values.([]int32))
		for i := range days {
			days[i] = days[i]*perDay + add
		}
		c["date"].values = days
	}
	for _, tc := range []struct {
		name    string
		change  func(map[string]*col)
		want    func(*Bars)
		options []parquet.WriterOption
	}{
		{name: "volume INT32", change: func(c map[string]*col) { c["volume"].values = into[int32](volume(c)) }},
		{name: "volume DOUBLE", change: func(c map[string]*col) { c["volume"].values = into[float64](volume(c)) }},
		{name: "prices FLOAT", change: func(c map[string]*col) { c["close"].values = into[float32](c["close"].values.([]float64)) }},
		{name: "TIMESTAMP(MILLIS)", change: func(c map[string]*col) { ticks(c, 86_400_000, 0); c["date"].tag = ",timestamp(millisecond)" }},
		{name: "TIMESTAMP(MICROS)", change: func(c map[string]*col) { ticks(c, 86_400_000_000, 0); c["date"].tag = ",timestamp(microsecond)" }},
		{name: "TIMESTAMP(NANOS)", change: func(c map[string]*col) { ticks(c, 86_400_000_000_000, 0); c["date"].tag = ",timestamp(nanosecond)" }},
		{name: "INT96", change: func(c map[string]*col) {
			var moments []deprecated.Int96
			for _, day := range c["date"].values.([]int32) {
				moments = append(moments, deprecated.Int96{0, 0, uint32(day) + 2_440_588})
			}
			c["date"].values, c["date"].tag = moments, ""
		}},
		{name: "texts", change: func(c map[string]*col) {
			var texts []string
			for _, day := range c["date"].values.([]int32) {
				texts = append(texts, dayString(int64(day)))
			}
			c["date"].values, c["date"].tag = texts, ",dict"
		}},
		{name: "names in any case", change: func(c map[string]*col) {
			for name, col := range c {
				col.name = strings.ToUpper(name[:1]) + name[1:]
			}
			c["low"].name = "LOW"
		}},
		{name: "volume UINT_64", change: func(c map[string]*col) {
			c["volume"].values = []uint64{math.MaxUint64, 1 << 63, 5}
			c["volume"].values = append(c["volume"].values.([]uint64), make([]uint64, n-3)...)
		}, want: func(b *Bars) {
			copy(b.Volume, []float32{1 << 64, 1 << 63, 5})
			clear(b.Volume[3:])
		}},
		{name: "volume UINT_32", change: func(c map[string]*col) {
			c["volume"].values = append([]uint32{math.MaxUint32, 1 << 31, 5}, make([]uint32, n-3)...)
		}, want: func(b *Bars) {
			copy(b.Volume, []float32{1 << 32, 1 << 31, 5})
			clear(b.Volume[3:])
		}},
		{name: "DECIMAL of INT64", change: func(c map[string]*col) {
			cents := make([]int64, n)
			for i, v := range c["close"].values.([]float64) {
				cents[i] = int64(math.Round(v * 100))
			}
			c["close"].values, c["close"].tag = cents, ",decimal(2:10)"
		}},
		{name: "before 1970", change: func(c map[string]*col) {
			days := c["date"].values.([]int32)
			for i := range days {
				days[i] -= 30_000
			}
			ticks(c, 86_400_000, 0)
			c["date"].tag = ",timestamp(millisecond)"
		}, want: func(b *Bars) {
			for i := range b.Days {
				b.Days[i] -= 30_000
			}
		}},
		{name: "nulls", change: func(c map[string]*col) {
			c["close"].values = holes(c["close"].values.([]float64))
			c["volume"].values = holes(volume(c))
		}, want: func(b *Bars) {
			for i := 1; i < n; i += 3 {
				b.Close[i], b.Volume[i] = null, null
			}
		}},
		{name: "all null", change: func(c map[string]*col) { c["open"].values = make([]*float64, n) }, want: func(b *Bars) {
			for i := range b.Open {
				b.Open[i] = null
			}
		}},
		{name: "optional without nulls", change: func(c map[string]*col) { c["date"].tag, c["close"].tag = ",optional,date", ",optional" }},
		{name: "dictionaries", change: func(c map[string]*col) {
			for _, name := range []string{"close", "open", "volume"} {
				c[name].tag = ",optional,dict"
			}
			c["date"].tag = ",date,dict"
		}},
		{name: "dictionary of one value", change: func(c map[string]*col) {
			c["volume"].tag, c["volume"].values = ",dict", slices.Repeat([]int64{7}, n)
		}, want: func(b *Bars) {
			for i := range b.Volume {
				b.Volume[i] = 7
			}
		}},
		{name: "deltas", change: func(c map[string]*col) { c["volume"].tag = ",delta" }},
		{name: "deltas of INT32", change: func(c map[string]*col) {
			c["volume"].tag, c["volume"].values = ",optional,delta", into[int32](volume(c))
		}},
		{name: "BYTE_STREAM_SPLIT", change: func(c map[string]*col) { c["close"].tag, c["open"].tag = ",split", ",optional,split" }},
		{name: "SNAPPY", options: []parquet.WriterOption{parquet.Compression(&parquet.Snappy)}},
		{name: "ZSTD", options: []parquet.WriterOption{parquet.Compression(&parquet.Zstd)}},
		{name: "BROTLI", options: []parquet.WriterOption{parquet.Compression(&parquet.Brotli)}},
		{name: "LZ4_RAW", options: []parquet.WriterOption{parquet.Compression(&parquet.Lz4Raw)}},
		{name: "GZIP", options: []parquet.WriterOption{parquet.Compression(&parquet.Gzip)}},
		{name: "a codec for each column", change: func(c map[string]*col) {
			c["open"].tag, c["high"].tag, c["low"].tag, c["close"].tag = ",snappy", ",zstd", ",gzip", ",uncompressed"
		}},
		{name: "row groups", options: []parquet.WriterOption{parquet.MaxRowsPerRowGroup(7), parquet.Compression(&parquet.Snappy)}},
		{name: "many pages", change: func(c map[string]*col) { c["close"].tag = ",optional" }, options: []parquet.WriterOption{parquet.PageBufferSize(64)}},
		{name: "huge int64 volume", change: func(c map[string]*col) {
			// Halfway cases of float64: through it the first would round twice.
			volume(c)[0], volume(c)[1] = 1<<62+1<<38+1, math.MaxInt64
		}, want: func(b *Bars) { b.Volume[0], b.Volume[1] = math.Float32frombits(0x5e800001), 1<<63 }},
		{name: "infinities stay", change: func(c map[string]*col) { c["close"].values.([]float64)[3] = 1e39 }, want: func(b *Bars) {
			b.Close[3] = float32(math.Inf(1))
		}},
	} {
		for _, version := range []int{1, 2} {
			t.Run(tc.name+" v"+strconv.Itoa(version), func(t *testing.T) {
				want := read(t, write(t, bars(n, nil)))
				if tc.want != nil {
					tc.want(want)
				}
				options := append([]parquet.WriterOption{parquet.DataPageVersion(version)}, tc.options...)
				sameBars(t, want, read(t, write(t, bars(n, tc.change), options...)))
			})
		}
	}
}

func TestReadPlainest(t *testing.T) {
	cols := bars(3, nil)
	b := read(t, write(t, cols))
	require.Equal(t, []int32{19000, 19001, 19002}, b.Days)
	same(t, into[float32](cols[4].values.([]float64)), b.Close, "close")
	same(t, []float32{16_777_216, 16_777_224, 16_777_230}, b.Volume, "volume") // float32 holds even numbers here
	require.Nil(t, b.VWAP)
}

func TestReadColumnsInAnyOrderAmongOthers(t *testing.T) {
	want := read(t, write(t, bars(10, nil)))
	cols := bars(10, nil)
	slices.Reverse(cols)
	cols = slices.Insert(cols, 2, col{"timestamp", ",timestamp(microsecond)", make([]int64, 10)}, col{"__index_level_0__", "", make([]int64, 10)})
	cols = append(cols, col{"tags", ",list", slices.Repeat([][]string{{"a", "b"}}, 10)},
		col{"nested", "", slices.Repeat([]struct{ Close, Date float64 }{{1, 2}}, 10)},
		col{"symbol", ",optional,dict", slices.Repeat([]string{"aapl"}, 10)})
	sameBars(t, want, read(t, write(t, cols)))
}

func TestReadSortsRowsAndLeavesOutEmptyOnes(t *testing.T) {
	want := read(t, write(t, bars(9, nil)))
	cols := bars(9, func(c map[string]*col) {
		for name, column := range c {
			switch v := column.values.(type) {
			case []float64:
				column.values = holes(v)
			case []int64:
				column.values = holes(v)
			}
			c[name] = column
		}
	})
	order := []int{8, 0, 3, 4, 7, 2, 1, 5, 6}
	for i := range cols {
		cols[i].values = reorder(cols[i].values, order)
	}
	got := read(t, write(t, cols))
	require.Equal(t, []int32{19000, 19002, 19003, 19005, 19006, 19008}, got.Days)
	for i, row := range []int{0, 2, 3, 5, 6, 8} {
		require.Equal(t, want.Close[row], got.Close[i])
		require.Equal(t, want.Volume[row], got.Volume[i])
	}
}

func reorder(values any, order []int) any {
	switch v := values.(type) {
	case []int32:
		return permute(v, order)
	case []*int64:
		return permute(v, order)
	case []*float64:
		return permute(v, order)
	}
	panic("a type that this test does not use")
}

func permute[T any](values []T, order []int) []T {
	out := make([]T, len(values))
	for i, k := range order {
		out[i] = values[k]
	}
	return out
}

func TestDaysOfTheLimits(t *testing.T) {
	require.Equal(t, "1900-01-01", dayString(int64(MinDay)))
	require.Equal(t, "2199-12-31", dayString(int64(MaxDay)))
}
