package barfile

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestReadCases reads small files of other programs that were once refused or
// read wrong. Their bars follow a rule: bar i of close 100 + step * (i mod cycle).
func TestReadCases(t *testing.T) {
	files := parquetFiles(t, "testdata/cases")
	for _, tc := range []struct {
		name        string
		rows        int
		first, last string
		step        float32
		cycle       int
	}{
		{"duckdb-dictionary", 64, "2024-01-01", "2024-03-04", 0.25, 7},
		{"empty-row-group", 4, "2024-01-01", "2024-01-04", 0.125, 1000},
		{"metadata-key-without-value", 4, "2024-01-01", "2024-01-04", 0.125, 1000},
		{"null-typed-vwap", 4, "2024-01-01", "2024-01-04", 0.125, 1000},
		{"zone-shanghai", 70, "2024-03-25", "2024-06-28", 0.125, 1000},
		{"symbol-delta-byte-array", 4, "2024-01-01", "2024-01-04", 0.125, 1000},
		{"empty-row-repeats-a-date", 4, "2024-01-01", "2024-01-04", 0.125, 1000},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var r Reader
			b, err := r.Read("X", files[tc.name])
			require.NoError(t, err)
			require.Len(t, b.Days, tc.rows)
			require.Equal(t, tc.first, dayString(int64(b.Days[0])))
			require.Equal(t, tc.last, dayString(int64(b.Days[tc.rows-1])))
			require.True(t, slices.IsSorted(b.Days))
			for i := range b.Days {
				base := 100 + float32(i%tc.cycle)*tc.step
				require.Equal(t, []float32{base, base + 1, base - 1, base, 1000 + 17*float32(i)},
					[]float32{b.Open[i], b.High[i], b.Low[i], b.Close[i], b.Volume[i]}, "row %d", i)
			}
			require.Equal(t, tc.name == "null-typed-vwap", b.VWAP != nil)
		})
	}
	require.Len(t, files, 7)
}
