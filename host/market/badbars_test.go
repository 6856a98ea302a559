package market

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"edgesignal/host/market/barfile"
)

// ordinary returns the columns of n bars with nothing wrong.
func ordinary(n int) (days []int32, c [6][]float64) {
	for i := range n {
		days = append(days, 20_000+int32(i))
		for k, v := range []float64{10, 11, 9, 10.5, 1e6, 10.2} {
			c[k] = append(c[k], v)
		}
	}
	return days, c
}

func TestBarsThatCannotBe(t *testing.T) {
	const open, high, low, closes, volume, vwap = 0, 1, 2, 3, 4, 5
	inf, nan := math.Inf(1), math.NaN()
	type cell struct {
		row, column int
		value       float64
	}
	for _, c := range []struct {
		name  string
		cells []cell
		want  map[int]BarFault // by row
	}{
		{name: "ordinary bars"},
		{"the high is below the low", []cell{{2, high, 8.9}}, map[int]BarFault{2: HighBelowLow}},
		{"the high is the low", []cell{{2, high, 9}}, nil},
		{"a price of 0", []cell{{1, open, 0}}, map[int]BarFault{1: BadPrice}},
		{"a negative price", []cell{{1, low, -1}}, map[int]BarFault{1: BadPrice}},
		{"an infinite price", []cell{{1, high, inf}}, map[int]BarFault{1: BadPrice}},
		{"a price of minus infinity", []cell{{1, closes, -inf}}, map[int]BarFault{1: BadPrice}},
		{"a vwap of 0", []cell{{4, vwap, 0}}, map[int]BarFault{4: BadPrice}},
		{"a negative volume", []cell{{0, volume, -1}}, map[int]BarFault{0: BadVolume}},
		{"no volume is traded", []cell{{0, volume, 0}}, nil},
		{"an infinite volume", []cell{{0, volume, inf}}, map[int]BarFault{0: BadVolume}},
		{"a vwap under half the low", []cell{{3, vwap, 4.4}}, map[int]BarFault{3: BadVWAP}},
		{"a vwap of half the low", []cell{{3, vwap, 4.5}}, nil},
		{"a vwap over twice the high", []cell{{3, vwap, 22.1}}, map[int]BarFault{3: BadVWAP}},
		{"missing values have no fault", []cell{{2, open, nan}, {2, high, nan}, {2, low, nan}, {2, closes, nan}, {2, volume, nan}, {2, vwap, nan}}, nil},
		{"a close of ten times", []cell{{2, closes, 105}, {2, high, 105}}, nil},
		{"one close that jumps", []cell{{2, closes, 106}, {2, high, 106}}, map[int]BarFault{2: CloseJump}},
		{"one close that falls", []cell{{2, closes, 1}, {2, low, 1}}, map[int]BarFault{2: CloseJump}},
		{"a level that stays", []cell{{2, closes, 1}, {3, closes, 1}, {4, closes, 1}}, map[int]BarFault{2: CloseJump}},
		{"a jump over a missing close", []cell{{1, closes, nan}, {2, closes, 1}, {3, closes, 1}, {4, closes, 1}}, map[int]BarFault{2: CloseJump}},
		{"a bar that cannot be is nothing to hold the next against", []cell{{2, closes, 0}}, map[int]BarFault{2: BadPrice}},
		{"the last close jumps", []cell{{4, closes, 1000}, {4, high, 1000}}, map[int]BarFault{4: CloseJump}},
		{"a bar counts once", []cell{{1, high, 1}, {1, volume, -1}}, map[int]BarFault{1: HighBelowLow}},
	} {
		t.Run(c.name, func(t *testing.T) {
			days, columns := ordinary(5)
			for _, x := range c.cells {
				columns[x.column][x.row] = x.value
			}
			rows, s := suspect(days, columns)
			require.Len(t, rows, len(c.want))
			faults := map[BarFault]int{}
			for _, row := range rows {
				require.Contains(t, c.want, row)
				faults[c.want[row]]++
			}
			require.Equal(t, faults, s.Faults)
			require.Equal(t, len(rows), s.Bars)
			if len(rows) > 0 {
				require.Equal(t, Date(days[rows[0]]), s.FirstDay)
			}
		})
	}
}

// A file without some columns is looked at for the others.
func TestBarsThatCannotBeWithoutColumns(t *testing.T) {
	days, columns := ordinary(3)
	columns[5] = nil
	columns[1][1] = 1
	rows, _ := suspect(days, columns)
	require.Equal(t, []int{1}, rows)
}

func TestBadBarsPolicies(t *testing.T) {
	bad := encode(t, &barfile.Table{
		Symbol: "BAD", Days: []int32{20000, 20001, 20002}, Open: []float64{1, 1, 1}, High: []float64{2, 0.5, 2},
		Low: []float64{1, 1, 1}, Close: []float64{1, 1, 1}, Volume: []float64{5, 5, 5},
	})
	fsys := folder(map[string][]byte{"2024-12-31/AAA.parquet": barsOn(t, "AAA", "2024-10-04", "2024-10-05", "2024-10-06"), "2024-12-31/BAD.parquet": bad})
	read := func(b BadBars) *Market {
		l, err := Directory(fsys).List(t.Context(), AnyDay)
		require.NoError(t, err)
		m, err := LoadListed(t.Context(), fsys, l, Options{BadBars: b})
		require.NoError(t, err)
		require.Len(t, m.Suspicions, 1)
		require.Equal(t, Suspicion{Symbol: "BAD", File: "2024-12-31/BAD.parquet", Bars: 1, Faults: map[BarFault]int{HighBelowLow: 1}, FirstDay: 20001}, m.Suspicions[0])
		return m
	}
	plain := load(t, fsys)
	warn, drop, refuse := read(WarnBadBars), read(DropBadBars), read(RefuseBadBars)
	require.Equal(t, plain.Revision, warn.Revision, "warn changes nothing")
	same(t, []float32{2, 0.5, 2}, warn.Find("BAD").High, "warn")
	same(t, []float32{2, nan32, 2}, drop.Find("BAD").High, "drop")
	require.False(t, drop.Find("BAD").HasBar(1))
	require.Empty(t, drop.Failures)
	require.Nil(t, refuse.Find("BAD"))
	require.Equal(t, []Failure{{Symbol: "BAD", File: "2024-12-31/BAD.parquet", Kind: Impossible, Reason: "1 bars that cannot be; the first, 2024-10-05 (high_below_low 1)"}}, refuse.Failures)
	require.NotEqual(t, warn.Revision, drop.Revision, "other numbers are another market")
	require.NotEqual(t, drop.Revision, refuse.Revision)

	none := folder(map[string][]byte{"2024-12-31/AAA.parquet": barsOn(t, "AAA", "2024-10-04"), "2024-12-31/BAD.parquet": encode(t, &barfile.Table{
		Symbol: "BAD", Days: []int32{20000}, Open: []float64{-1}, High: []float64{1}, Low: []float64{1}, Close: []float64{1}, Volume: []float64{1},
	})})
	l, err := Directory(none).List(t.Context(), AnyDay)
	require.NoError(t, err)
	m, err := LoadListed(t.Context(), none, l, Options{BadBars: DropBadBars})
	require.NoError(t, err)
	require.ErrorContains(t, &fault{m.Failures[0].Reason}, "none of its 1 bars can be")
}

type fault struct{ text string }

func (f *fault) Error() string { return f.text }

// Whatever the numbers: rows are ascending and within, leaving them out leaves
// the others as they were, and of what is left no bar has a fault of its own.
func TestBarsThatCannotBeOfAny(t *testing.T) {
	value := rapid.SampledFrom([]float64{1, 2, 9, 10, 11, 100, 1000, 0, -1, math.Inf(1), math.NaN()})
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "n")
		var days []int32
		var columns [6][]float64
		for i := range n {
			days = append(days, int32(i))
		}
		for k := range columns {
			columns[k] = rapid.SliceOfN(value, n, n).Draw(t, "column")
		}
		rows, s := suspect(days, columns)
		bad := map[int]bool{}
		for i, row := range rows {
			require.True(t, row >= 0 && row < n && (i == 0 || row > rows[i-1]))
			bad[row] = true
		}
		kept := leaveOut(days, rows)
		require.Len(t, kept, n-len(rows))
		for _, d := range kept {
			require.False(t, bad[int(d)])
			require.Empty(t, faultOf(columns, int(d)))
		}
		total := 0
		for _, v := range s.Faults {
			total += v
		}
		require.Equal(t, len(rows), total)
	})
}
