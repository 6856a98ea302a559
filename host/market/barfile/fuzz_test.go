package barfile

import (
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"
)

// seeds returns small files of every kind that is read. Those of pandas have no
// checksums, so that damage to their pages reaches the decoders.
func seeds(t testing.TB) [][]byte {
	rich := bars(6, func(c map[string]*col) {
		c["date"].tag = ",optional,date"
		c["open"].tag, c["open"].values = ",optional", holes(c["open"].values.([]float64))
		c["high"].tag, c["low"].tag, c["volume"].tag = ",dict", ",optional,split", ",delta"
	})
	rich = append(rich, col{"symbol", ",optional,dict", slices.Repeat([]string{"BRK-B"}, 6)})
	files := [][]byte{
		write(t, bars(3, nil), parquet.DataPageStatistics(false)),
		write(t, rich, parquet.Compression(&parquet.Snappy), parquet.DataPageVersion(1)),
		write(t, rich, parquet.Compression(&parquet.Zstd), parquet.DataPageVersion(2)),
		write(t, rich, parquet.Compression(&parquet.Gzip), parquet.MaxRowsPerRowGroup(4)),
	}
	for _, name := range []string{"date32", "delta", "byte_stream_split", "uncompressed_plain_v2", "category_row_groups", "int32_volume_gzip"} {
		file, err := os.ReadFile("testdata/pandas/" + name + ".parquet")
		require.NoError(t, err)
		files = append(files, file)
	}
	return files
}

// holdsTogether reads any bytes and checks what Read promises of the result.
func holdsTogether(t testing.TB, r *Reader, file []byte) {
	b, err := r.Read("BRK-B", file)
	if err != nil {
		require.Nil(t, b)
		require.NotEmpty(t, err.Error())
		return
	}
	require.NotEmpty(t, b.Days)
	require.LessOrEqual(t, len(b.Days), MaxRows)
	for i, d := range b.Days {
		require.True(t, d >= MinDay && d <= MaxDay, "day %d", d)
		require.True(t, i == 0 || b.Days[i-1] < d, "days ascend")
		require.False(t, empty(b.columns(), i), "row %d is empty", i)
	}
	for i, c := range b.columns() {
		require.True(t, len(c) == len(b.Days) || c == nil && fields[i] == "vwap", fields[i])
	}
}

func FuzzReadFile(f *testing.F) {
	for _, file := range seeds(f) {
		f.Add(file)
	}
	small := seeds(f)[0]
	for n := range small {
		f.Add(small[:n])
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		holdsTogether(t, &Reader{}, file)
		runtime.ReadMemStats(&after)
		// Everything ever allocated, garbage included.
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(256<<20))
	})
}

func TestReadTruncations(t *testing.T) {
	var r Reader
	for _, file := range seeds(t) {
		for n := range file {
			_, err := r.Read("BRK-B", file[:n])
			require.Error(t, err, "cut to %d of %d bytes", n, len(file))
		}
		_, err := r.Read("BRK-B", file)
		require.NoError(t, err)
	}
}

func TestReadMutations(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var r Reader
	for _, file := range seeds(t) {
		for range 500 {
			mutant := slices.Clone(file)
			for range 1 + random.IntN(3) {
				mutant[random.IntN(len(mutant))] = byte(random.Uint32())
			}
			holdsTogether(t, &r, mutant)
		}
	}
}
