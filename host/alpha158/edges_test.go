package alpha158

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/market"
)

var missing = float32(math.NaN())

// flatBars returns n equal bars.
func flatBars(n int, price, volume float32) market.Columns {
	return market.Columns{
		Open: slices.Repeat([]float32{price}, n), High: slices.Repeat([]float32{price}, n),
		Low: slices.Repeat([]float32{price}, n), Close: slices.Repeat([]float32{price}, n),
		Volume: slices.Repeat([]float32{volume}, n), VWAP: slices.Repeat([]float32{price}, n),
	}
}

// suspend takes the bar of row i away.
func suspend(c market.Columns, i int) market.Columns {
	for _, col := range [][]float32{c.Open, c.High, c.Low, c.Close, c.Volume, c.VWAP} {
		if col != nil {
			col[i] = missing
		}
	}
	return c
}

func TestEdges(t *testing.T) {
	infinite := func(at int) market.Columns {
		c := walk(3, 70)
		c.Close[at] = float32(math.Inf(1))
		return c
	}
	tests := []struct {
		name string
		bars market.Columns
		want map[string]float32 // of the newest row; a name without digits stands for all five windows
	}{
		{"first day of history", walk(1, 1), map[string]float32{
			"MA": 1, "RANK": 1, "QTLU": 1, "QTLD": 1, "IMAX5": 0.2, "IMIN60": 1 / float32(60), "IMXD": 0, "VMA": 1,
			"CNTP": 0, "CNTN": 0, "CNTD": 0, "ROC": missing, "STD": missing, "BETA": missing, "RSQR": missing, "RESI": missing,
			"CORR": missing, "CORD": missing, "SUMP": missing, "VSUMN": missing, "VSTD": missing, "WVMA": missing, "VWAP0": missing,
		}},
		{"second day", walk(1, 2), map[string]float32{"RSQR": 1, "RESI": 0, "ROC": missing, "WVMA": missing}},
		{"constant bars", flatBars(61, 12.3, 1000), map[string]float32{
			"KMID": 0, "KMID2": 0, "KUP2": 0, "KLOW2": 0, "KSFT2": 0, "RSV": 0, "MA": 1, "STD": 0, "BETA": 0, "RESI": 0,
			"RSQR": missing, "CORR": missing, "CORD": missing, "SUMP": 0, "SUMD": 0, "VSUMN": 0, "WVMA": 0, "RANK30": 15.5 / 30,
			"IMAX60": 1 / float32(60), "CNTP": 0, "VWAP0": 1, "ROC60": 1,
		}},
		{"suspended today", suspend(walk(2, 70), 69), map[string]float32{
			"KMID": missing, "OPEN0": missing, "ROC": missing, "MA": missing, "STD": missing, "BETA": missing, "RESI": missing,
			"MAX": missing, "MIN": missing, "QTLU": missing, "RANK": missing, "RSV": missing, "VMA": missing, "VSTD": missing,
			"IMAX": 1, "IMIN": 1, "IMXD": 0,
		}},
		{"suspended in the window", suspend(walk(2, 70), 67), map[string]float32{"IMAX5": 0.6, "IMIN10": 0.8, "IMXD": 0}},
		{"no volume at all", flatBars(61, 5, 0), map[string]float32{"VMA": 0, "VSTD": 0, "VSUMP": 0, "WVMA": 0, "CORD": missing}},
		{"infinite close", infinite(67), map[string]float32{"BETA": missing, "RSQR": missing, "RESI": missing}},
		{"infinite close before the window", infinite(0), map[string]float32{"BETA5": features(walk(3, 70))[69*Width+atBETA]}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := make([]float32, Width)
			Last(got, tt.bars)
			for k, name := range Names() {
				want, ok := tt.want[name]
				if !ok {
					want, ok = tt.want[strings.TrimRight(name, "0123456789")]
				}
				require.True(t, !ok || same(want, got[k]), "%s: %v, want %v", name, got[k], want)
			}
		})
	}
}

// TestSuspendedStillCounts: the features that do not look at today's close or
// volume keep their values on a day without a bar.
func TestSuspendedStillCounts(t *testing.T) {
	got := make([]float32, Width)
	Last(got, suspend(walk(2, 70), 69))
	for k, name := range Names() {
		switch strings.TrimRight(name, "0123456789") {
		case "RSQR", "CORR", "CORD", "CNTP", "CNTN", "CNTD", "SUMP", "SUMN", "SUMD", "VSUMP", "VSUMN", "VSUMD", "WVMA":
			require.False(t, math.IsNaN(float64(got[k])), name)
		}
	}
}

func TestMissingVWAP(t *testing.T) {
	with, without := flatBars(61, 3, 100), flatBars(61, 3, 100)
	without.VWAP = nil
	a, b := features(with), features(without)
	for i := range a {
		if i%Width == atVWAP0 {
			require.Equal(t, float32(1), a[i])
			require.True(t, math.IsNaN(float64(b[i])))
			continue
		}
		require.True(t, same(a[i], b[i]))
	}
}

func TestContract(t *testing.T) {
	ragged, raggedVWAP := walk(1, 5), flatBars(5, 1, 1)
	ragged.High = ragged.High[:4]
	raggedVWAP.VWAP = raggedVWAP.VWAP[:4]
	tests := []struct {
		name  string
		panic string
		call  func()
	}{
		{"dst too short", "alpha158: dst has 157 values, rows [4, 5) need 158", func() { Last(make([]float32, Width-1), walk(1, 5)) }},
		{"dst too long", "alpha158: dst has 317 values, rows [0, 2) need 316", func() { History(make([]float32, 2*Width+1), walk(1, 5), 0, 2) }},
		{"no rows", "alpha158: Last of columns without rows", func() { Last(make([]float32, Width), market.Columns{}) }},
		{"past the end", "alpha158: rows [4, 6) of columns with 5 rows", func() { History(make([]float32, 2*Width), walk(1, 5), 4, 6) }},
		{"before the start", "alpha158: rows [-1, 1) of columns with 5 rows", func() { History(make([]float32, 2*Width), walk(1, 5), -1, 1) }},
		{"backwards", "alpha158: rows [3, 2) of columns with 5 rows", func() { History(nil, walk(1, 5), 3, 2) }},
		{"ragged columns", "alpha158: column high has 4 rows, close has 5", func() { Last(make([]float32, Width), ragged) }},
		{"ragged vwap", "alpha158: column vwap has 4 rows, close has 5", func() { Last(make([]float32, Width), raggedVWAP) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { require.PanicsWithValue(t, tt.panic, tt.call) })
	}
	require.NotPanics(t, func() { History(nil, market.Columns{}, 0, 0) }, "no rows of nothing")
}

func TestNoAllocation(t *testing.T) {
	c := walk(1, 300)
	dst := make([]float32, 300*Width)
	require.Zero(t, testing.AllocsPerRun(20, func() { Last(dst[:Width], c) }))
	require.Zero(t, testing.AllocsPerRun(2, func() { History(dst, c, 0, 300) }))
}
