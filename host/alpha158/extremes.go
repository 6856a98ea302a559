package alpha158

// extremes computes the features of the window's highest high and lowest low.
// Values are float64, denominators with $close mix in its float32; rounded at
// the end. Windows count calendar rows: 1 is the oldest row of the window,
// also of a short one at the start of history.
//
//	MAX  Max($high,N)/$close      MIN  Min($low,N)/$close
//	RSV  ($close-Min($low,N))/(Max($high,N)-Min($low,N)+1e-12)
//	IMAX IdxMax($high,N)/N        IMIN IdxMin($low,N)/N
//	IMXD (IdxMax($high,N)-IdxMin($low,N))/N
func (f *frame) extremes(dst []float32, i int) {
	for w, n := range windows {
		high, highAt := highest(tail(f.high[:], i, n))
		low, lowAt := lowest(tail(f.low[:], i, n))
		f.putExtremes(dst, i, w, high, highAt, low, lowAt)
	}
}

// putExtremes puts the features of window w, from its extremes and their positions.
func (f *frame) putExtremes(dst []float32, i, w int, high, highAt, low, lowAt float64) {
	price, n := float64(f.bars.Close[i]), float64(windows[w])
	put(&dst[atMAX+w], high/price)
	put(&dst[atMIN+w], low/price)
	put(&dst[atRSV+w], (price-low)/(high-low+epsilon64))
	put(&dst[atIMAX+w], highAt/n)
	put(&dst[atIMIN+w], lowAt/n)
	put(&dst[atIMXD+w], (highAt-lowAt)/n)
}

// highest returns Qlib's Max and IdxMax of one window, in float64. Max is over the
// non-NaN values. IdxMax is numpy's argmax + 1 over all rows: the first of
// ties, but the position of the first NaN when there is one. Both are NaN when
// every value is. Source: pandas' rolling max, and rolling apply of argmax.
func highest(x []float64) (value, position float64) {
	value, position = nan64, nan64
	firstNaN := -1
	for i, v := range x {
		switch {
		case v != v:
			if firstNaN < 0 {
				firstNaN = i
			}
		case !(v <= value):
			value, position = v, float64(i+1)
		}
	}
	return value, argument(position, firstNaN)
}

// lowest returns Qlib's Min and IdxMin of one window: highest the other way round.
func lowest(x []float64) (value, position float64) {
	value, position = nan64, nan64
	firstNaN := -1
	for i, v := range x {
		switch {
		case v != v:
			if firstNaN < 0 {
				firstNaN = i
			}
		case !(v >= value):
			value, position = v, float64(i+1)
		}
	}
	return value, argument(position, firstNaN)
}

// argument returns the position that argmax and argmin answer: a NaN beats every
// value, but a window without values has no answer.
func argument(position float64, firstNaN int) float64 {
	if position == position && firstNaN >= 0 {
		return float64(firstNaN + 1)
	}
	return position
}
