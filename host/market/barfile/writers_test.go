package barfile

import (
	"encoding/csv"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// expected reads date,open,high,low,close,volume.
func expected(t testing.TB, name string) *Bars {
	t.Helper()
	f, err := os.Open(name)
	require.NoError(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	want := &Bars{}
	var columns columns[float32]
	for _, row := range rows[1:] {
		day, err := isoDay(row[0])
		require.NoError(t, err)
		want.Days = append(want.Days, day)
		for k, text := range row[1:] {
			v, err := strconv.ParseFloat(text, 64)
			require.NoError(t, err)
			columns[k] = append(columns[k], float32(v))
		}
	}
	return &Bars{want.Days, columns[0], columns[1], columns[2], columns[3], columns[4], nil}
}

// parquetFiles returns the contents of a folder's Parquet files by name.
func parquetFiles(t testing.TB, folder string) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*.parquet"))
	require.NoError(t, err)
	files := map[string][]byte{}
	for _, name := range names {
		content, err := os.ReadFile(name)
		require.NoError(t, err)
		files[strings.TrimSuffix(filepath.Base(name), ".parquet")] = content
	}
	return files
}

// TestReadWriters reads what pandas, pyarrow, polars, DuckDB, Spark and
// fastparquet wrote (testdata/README.md): in each folder the same bars in
// every file.
func TestReadWriters(t *testing.T) {
	for folder, count := range map[string]int{"testdata/pandas": 16, "testdata/writers": 71} {
		want := expected(t, folder+"/expected.csv")
		files := parquetFiles(t, folder)
		require.Len(t, slices.Collect(maps.Keys(files)), count)
		var r Reader
		for name, content := range files {
			t.Run(name, func(t *testing.T) {
				b, err := r.Read("brk-b", content)
				require.NoError(t, err)
				require.Equal(t, want.Days, b.Days)
				got, columns := b.columns(), want.columns()
				for k := range columns[:5] {
					same(t, columns[k], got[k], fields[k])
				}
				if folder == "testdata/pandas" {
					_, err = r.Read("BRK-A", content)
					require.ErrorContains(t, err, `row 0: the symbol column has another symbol than "BRK-A", for which the file is named`)
				}
			})
		}
	}
}
