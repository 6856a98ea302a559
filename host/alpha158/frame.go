package alpha158

import (
	"edgesignal/host/market"
	"edgesignal/host/numpy"
)

// block is how many rows share one frame; span adds the rows that their windows reach back.
const (
	block = 64
	span  = block + Rows - 1
)

// frame is what the features of up to block rows are computed from: the bars
// and the element-wise columns of the expressions, each made once a row. The
// float64 columns are float32 results as a rolling operator sees them (see
// rolling). It lives on the caller's stack.
//
// Row 0 has no row before it: Ref($x,1) is NaN there. When history goes back
// further, row 0 lies outside every window that looks at such a column.
type frame struct {
	bars market.Columns

	close, high, low, volume [span]float64

	logVolume [span]float64 // Log($volume+1)
	ratio     [span]float64 // $close/Ref($close,1)
	logRatio  [span]float64 // Log($volume/Ref($volume,1)+1)
	turnover  [span]float64 // Abs($close/Ref($close,1)-1)*$volume

	closeMove, volumeMove moves

	rises, falls [span]bool // $close>Ref($close,1), $close<Ref($close,1)
}

// moves are a column's changes from row to row, d = $x-Ref($x,1), by sign.
type moves struct {
	up   [span]float64 // Greater($x-Ref($x,1),0)
	down [span]float64 // Greater(Ref($x,1)-$x,0)
	size [span]float64 // Abs($x-Ref($x,1))
}

// load fills the frame from at most span rows.
func (f *frame) load(bars market.Columns) {
	f.bars = bars
	priceBefore, volumeBefore := nan32, nan32
	for i, price := range bars.Close {
		volume := bars.Volume[i]
		f.close[i] = rolling(price)
		f.high[i] = rolling(bars.High[i])
		f.low[i] = rolling(bars.Low[i])
		f.volume[i] = rolling(volume)

		ratio := price / priceBefore
		f.logVolume[i] = rolling(numpy.Log32(volume + 1))
		f.ratio[i] = rolling(ratio)
		f.logRatio[i] = rolling(numpy.Log32(volume/volumeBefore + 1))
		f.turnover[i] = rolling(float32(abs(ratio-1) * volume))

		f.closeMove.set(i, price-priceBefore)
		f.volumeMove.set(i, volume-volumeBefore)

		f.rises[i] = price > priceBefore
		f.falls[i] = price < priceBefore
		priceBefore, volumeBefore = price, volume
	}
}

// set stores the change d of row i. Ref($x,1)-$x is exactly -d.
func (m *moves) set(i int, d float32) {
	m.up[i] = rolling(greater(d, 0))
	m.down[i] = rolling(greater(-d, 0))
	m.size[i] = rolling(abs(d))
}

// greater returns Qlib's Greater, np.maximum in float32: NaN if either is NaN.
func greater(a, b float32) float32 { return max(a, b) }

// less returns Qlib's Less, np.minimum in float32: NaN if either is NaN.
func less(a, b float32) float32 { return min(a, b) }

// abs returns Qlib's Abs, np.abs in float32.
func abs(v float32) float32 {
	if v < 0 {
		return -v
	}
	return v
}
