package alpha158

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"edgesignal/host/market"
)

// drawBars draws up to 130 days: holes, single missing or infinite fields,
// constant stretches, ties, flat bars, zero prices, zero, tiny, constant and
// huge volumes, penny prices and shares of 100,000, with or without a vwap.
// Closes stay within a factor of 900, where the sums of a regression are exact.
func drawBars(t *rapid.T) market.Columns {
	n := rapid.SampledFrom([]int{1, 2, 3, 7, 20, 45, 60, 61, 62, 75, 130}).Draw(t, "rows")
	scale := math.Pow(10, float64(rapid.IntRange(-4, 5).Draw(t, "scale")))
	moving := rapid.IntRange(0, 9).Draw(t, "moving") // 0 = constant
	gaps := rapid.IntRange(0, 9).Draw(t, "gaps")     // 0 = none
	nan, inf := math.NaN(), math.Inf(1)

	var c market.Columns
	price, volume := scale, 1e6
	for range n {
		if rapid.IntRange(0, 9).Draw(t, "move") < moving {
			price *= 1 + float64(rapid.IntRange(-200, 250).Draw(t, "change"))/1000
			price = min(max(price, scale/30), scale*30)
		}
		open := price * rapid.SampledFrom([]float64{1, 1, 0.999, 1.01, 0.9}).Draw(t, "open")
		high := max(open, price) * rapid.SampledFrom([]float64{1, 1, 1.001, 1.1}).Draw(t, "high")
		low := min(open, price) * rapid.SampledFrom([]float64{1, 1, 0.999, 0.9}).Draw(t, "low")
		switch rapid.IntRange(0, 4).Draw(t, "trade") {
		case 0:
			volume = rapid.SampledFrom([]float64{0, 0, 1, 0.5, 1e-3, 3e9, 1 << 25}).Draw(t, "odd")
		case 1, 2:
			volume = float64(rapid.IntRange(1, 2e8).Draw(t, "volume"))
		}
		row := []float64{open, high, low, price, volume, (high + low + price) / 3}
		switch event := rapid.IntRange(0, 40).Draw(t, "event"); {
		case event < gaps:
			row = []float64{nan, nan, nan, nan, nan, nan}
		case event == 40 && gaps > 0:
			field := rapid.IntRange(0, 5).Draw(t, "field")
			row[field] = rapid.SampledFrom([]float64{nan, nan, inf, -inf, 0}).Draw(t, "value")
		}
		for i, col := range []*[]float32{&c.Open, &c.High, &c.Low, &c.Close, &c.Volume, &c.VWAP} {
			*col = append(*col, float32(row[i]))
		}
	}
	if rapid.Bool().Draw(t, "no vwap") {
		c.VWAP = nil
	}
	return c
}

// TestOracle: every cell of random bars equals the expressions' own reading.
func TestOracle(t *testing.T) {
	table := readTable(t)
	rapid.Check(t, func(rt *rapid.T) {
		c := drawBars(rt)
		got, o := features(c), newOracle(t, c)
		for k, formula := range table {
			for i, want := range o.feature(formula) {
				if have := got[i*Width+k]; !same(want, have) {
					rt.Fatalf("row %d %s: %v, the expression gives %v", i, formula.name, have, want)
				}
			}
		}
	})
}

// TestHistoryIsLast: each row of any range is Last of its prefix's last 61
// rows, and Last looks no further back.
func TestHistoryIsLast(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := drawBars(rt)
		from := rapid.IntRange(0, c.Len()).Draw(rt, "from")
		to := rapid.IntRange(from, c.Len()).Draw(rt, "to")
		got := make([]float32, (to-from)*Width)
		History(got, c, from, to)
		row := make([]float32, Width)
		for i := from; i < to; i++ {
			for _, first := range []int{0, max(0, i+1-Rows)} {
				Last(row, c.Slice(first, i+1))
				for k, have := range row {
					if want := got[(i-from)*Width+k]; !same(want, have) {
						rt.Fatalf("row %d from %d %s: Last %v, History %v", i, first, Names()[k], have, want)
					}
				}
			}
		}
	})
}

// TestGoldenOracle holds the oracle itself against Qlib's values, one cell in
// a hundred thousand off by one ulp at most.
func TestGoldenOracle(t *testing.T) {
	table := readTable(t)
	_, truth := readCSV(t, "testdata/features_f32.csv")
	row, off := 0, 0
	for _, h := range readBars(t, "testdata/input.csv") {
		o := newOracle(t, h.Columns)
		for k, formula := range table {
			for i, have := range o.feature(formula) {
				want := parse32(t, truth[row+i][2+k])
				if !same(want, have) {
					off++
					require.LessOrEqual(t, ulps(want, have), 1, "%s %s %s", h.symbol, h.dates[i], formula.name)
				}
			}
		}
		row += len(h.dates)
	}
	require.LessOrEqual(t, off, 2)
}
