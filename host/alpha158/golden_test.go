package alpha158

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestGolden holds the engine against what Qlib makes of six awkward symbols:
// suspensions, constant prices, a penny stock, a listing, a delisting and
// missing fields.
func TestGolden(t *testing.T) {
	bars := readBars(t, "testdata/input.csv")
	header, truth := readCSV(t, "testdata/features_f32.csv")
	require.Equal(t, append([]string{"symbol", "date"}, Names()...), header)

	row, cells, off := 0, 0, 0
	for _, h := range bars {
		got := features(h.Columns)
		for i, date := range h.dates {
			require.Equal(t, []string{h.symbol, date}, truth[row][:2], "row %d", row)
			for k, name := range Names() {
				want, have := parse32(t, truth[row][2+k]), got[i*Width+k]
				cells++
				if same(want, have) {
					continue
				}
				off++
				t.Logf("%s %s %s: %v, Qlib has %v", h.symbol, date, name, have, want)
				require.LessOrEqual(t, ulps(want, have), 1, "%s %s %s", h.symbol, date, name)
			}
			row++
		}
	}
	require.Equal(t, len(truth), row)
	require.Equal(t, 180278, cells)
	require.LessOrEqual(t, off, 2, "cells one ulp off; Qlib itself differs in one between a query of the range and of the day")
}

// TestGoldenLast holds Last, which sees 61 rows, against the same truth.
func TestGoldenLast(t *testing.T) {
	got := make([]float32, Width)
	for _, h := range readBars(t, "testdata/input.csv") {
		want := features(h.Columns)
		for i := range h.dates {
			Last(got, h.Slice(max(0, i+1-Rows), i+1))
			for k, name := range Names() {
				require.True(t, same(want[i*Width+k], got[k]), "%s %s %s: %v, history has %v", h.symbol, h.dates[i], name, got[k], want[i*Width+k])
			}
		}
	}
}
