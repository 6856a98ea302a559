package barfile

import (
	"bytes"
	"math"
	"slices"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// plainRow is a bar as parquet-go's own row reader understands it.
type plainRow struct {
	Symbol *string  `parquet:"symbol,optional,dict"`
	Date   int32    `parquet:"date,date"`
	Open   *float64 `parquet:"open,optional"`
	High   *float64 `parquet:"high,optional,dict"`
	Low    *float64 `parquet:"low,optional,split"`
	Close  *float64 `parquet:"close,optional,zstd"`
	Volume *int64   `parquet:"volume,optional"`
	VWAP   *float32 `parquet:"vwap,optional"`
}

func drawRows(t *rapid.T) []plainRow {
	days := rapid.SliceOfNDistinct(rapid.Int32Range(MinDay, MaxDay), 1, 60, rapid.ID).Draw(t, "days")
	price := rapid.Ptr(rapid.OneOf(rapid.Float64(), rapid.Float64Range(0, 1000), rapid.Just(0.0)), true)
	rows := make([]plainRow, len(days))
	symbol := "aapl"
	for i := range rows {
		rows[i] = plainRow{
			Date: days[i], Open: price.Draw(t, "open"), High: price.Draw(t, "high"), Low: price.Draw(t, "low"), Close: price.Draw(t, "close"),
			Volume: rapid.Ptr(rapid.Int64(), true).Draw(t, "volume"), VWAP: rapid.Ptr(rapid.Float32(), true).Draw(t, "vwap"),
		}
		if rapid.Bool().Draw(t, "symbol") {
			rows[i].Symbol = &symbol
		}
	}
	return rows
}

// TestReadEqualsRowReader holds the reader against parquet-go's row reader on
// files of random rows, pages, row groups and codecs.
func TestReadEqualsRowReader(t *testing.T) {
	codecs := []compress.Codec{&parquet.Uncompressed, &parquet.Snappy, &parquet.Zstd, &parquet.Gzip, &parquet.Brotli, &parquet.Lz4Raw}
	rapid.Check(t, func(t *rapid.T) {
		var file bytes.Buffer
		w := parquet.NewGenericWriter[plainRow](&file,
			parquet.Compression(rapid.SampledFrom(codecs).Draw(t, "codec")),
			parquet.DataPageVersion(rapid.IntRange(1, 2).Draw(t, "version")),
			parquet.PageBufferSize(rapid.IntRange(16, 4096).Draw(t, "page")),
			parquet.MaxRowsPerRowGroup(rapid.Int64Range(1, 70).Draw(t, "group")))
		_, err := w.Write(drawRows(t))
		require.NoError(t, err)
		require.NoError(t, w.Close())

		rows, err := parquet.Read[plainRow](bytes.NewReader(file.Bytes()), int64(file.Len()))
		require.NoError(t, err)
		var r Reader
		got, err := r.Read("AAPL", file.Bytes())
		want := fromRows(rows)
		if len(want.Days) == 0 {
			require.ErrorContains(t, err, "no row has a value")
			return
		}
		require.NoError(t, err)
		sameBars(t, want, got)
	})
}

// fromRows says row by row what Read promises.
func fromRows(rows []plainRow) *Bars {
	slices.SortFunc(rows, func(a, b plainRow) int { return int(a.Date) - int(b.Date) })
	f64 := func(v *float64) float32 {
		if v == nil {
			return float32(math.NaN())
		}
		return float32(*v)
	}
	b := &Bars{VWAP: []float32{}}
	for _, r := range rows {
		volume, vwap := float32(math.NaN()), float32(math.NaN())
		if r.Volume != nil {
			volume = float32(*r.Volume)
		}
		if r.VWAP != nil {
			vwap = *r.VWAP
		}
		all := []float32{f64(r.Open), f64(r.High), f64(r.Low), f64(r.Close), volume, vwap}
		if !slices.ContainsFunc(all, func(v float32) bool { return v == v }) {
			continue
		}
		b.Days = append(b.Days, r.Date)
		b.Open, b.High, b.Low, b.Close = append(b.Open, all[0]), append(b.High, all[1]), append(b.Low, all[2]), append(b.Close, all[3])
		b.Volume, b.VWAP = append(b.Volume, all[4]), append(b.VWAP, all[5])
	}
	return b
}

// TestWriteThenRead: what was written is read as float32, whatever the values,
// and volume is INT64 only where no bit is lost.
func TestWriteThenRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		days := rapid.SliceOfNDistinct(rapid.Int32Range(MinDay, MaxDay), 1, 40, rapid.ID).Draw(t, "days")
		slices.Sort(days)
		n := len(days)
		missing := rapid.Just(math.NaN())
		column := func(name string, values *rapid.Generator[float64]) []float64 {
			return rapid.SliceOfN(rapid.OneOf(values, values, missing), n, n).Draw(t, name)
		}
		table := &Table{Symbol: "BF.B", Days: days,
			Open: column("open", rapid.Float64()), High: column("high", rapid.Float64()), Low: column("low", rapid.Float64()),
			Close:  rapid.SliceOfN(rapid.Float64(), n, n).Draw(t, "close"),
			Volume: column("volume", rapid.SampledFrom([]float64{0, 1, 1 << 24, 1<<24 + 1, 1<<53 - 1, 1 << 53, -7, math.Copysign(0, -1), 0.5, 1e300})),
		}
		if rapid.Bool().Draw(t, "has vwap") {
			table.VWAP = column("vwap", rapid.Float64())
		}
		var file, again bytes.Buffer
		require.NoError(t, Write(&file, table))
		require.NoError(t, Write(&again, table))
		require.Equal(t, file.Bytes(), again.Bytes(), "equal tables, equal bytes")
		var r Reader
		got, err := r.Read("bf.b", file.Bytes())
		require.NoError(t, err)
		want := &Bars{Days: days}
		want.Open, want.High, want.Low = into[float32](table.Open), into[float32](table.High), into[float32](table.Low)
		want.Close, want.Volume = into[float32](table.Close), into[float32](table.Volume)
		if table.VWAP != nil {
			want.VWAP = into[float32](table.VWAP)
		}
		sameBars(t, want, got)
	})
}
