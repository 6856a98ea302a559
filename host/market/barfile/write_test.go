package barfile

import (
	"bytes"
	"math"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"
)

func TestWriteSchema(t *testing.T) {
	nan := math.NaN()
	for _, tc := range []struct {
		name   string
		volume []float64
		vwap   []float64
		want   string
	}{
		{name: "whole volume", volume: []float64{1, nan, 1<<53 - 1}, want: "optional int64 volume (INT(64,true));"},
		{name: "volume after a split", volume: []float64{1, nan, 0.5}, want: "optional double volume;"},
		{name: "volume beyond 2^53", volume: []float64{1, 2, 1 << 53}, want: "optional double volume;"},
		{name: "vwap", volume: []float64{1, 2, 3}, vwap: []float64{nan, nan, nan}, want: "optional double vwap;"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := []float64{1, 2, 3}
			var out bytes.Buffer
			require.NoError(t, Write(&out, &Table{Symbol: "A", Days: []int32{1, 2, 3}, Open: p, High: p, Low: p, Close: p, Volume: tc.volume, VWAP: tc.vwap}))
			f, err := parquet.OpenFile(bytes.NewReader(out.Bytes()), int64(out.Len()))
			require.NoError(t, err)
			schema := f.Schema().String()
			require.Contains(t, schema, "optional binary symbol (STRING);\n\toptional int32 date (DATE);\n\toptional double open;\n\toptional double high;\n\toptional double low;\n\toptional double close;")
			require.Contains(t, schema, tc.want)
			require.Equal(t, tc.vwap != nil, bytes.Contains([]byte(schema), []byte("vwap")))
			require.Len(t, f.RowGroups(), 1)
			require.Equal(t, int64(3), f.NumRows())
			for _, c := range f.Metadata().RowGroups[0].Columns {
				require.Equal(t, parquet.Snappy.CompressionCodec(), c.MetaData.Codec)
			}
		})
	}
}
