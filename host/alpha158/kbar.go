package alpha158

// kbar computes the nine shapes of today's bar, in float32 throughout. NaN in
// any input gives NaN; a division by a zero open keeps its infinity. With
// open, high, low and close equal the four over the range (KMID2, KUP2, KLOW2,
// KSFT2) are 0, as 0/1e-12. Source: Qlib's Alpha158, $field expressions of
// Sub, Mul, Div, Greater and Less.
//
//	KMID  (close-open)/open                   KMID2  (close-open)/(high-low+1e-12)
//	KLEN  (high-low)/open
//	KUP   (high-max(open,close))/open         KUP2   (high-max(open,close))/(high-low+1e-12)
//	KLOW  (min(open,close)-low)/open          KLOW2  (min(open,close)-low)/(high-low+1e-12)
//	KSFT  (2*close-high-low)/open             KSFT2  (2*close-high-low)/(high-low+1e-12)
func (f *frame) kbar(dst []float32, i int) {
	open, high, low, price := f.bars.Open[i], f.bars.High[i], f.bars.Low[i], f.bars.Close[i]
	length := high - low + epsilon32
	mid := price - open
	up := high - greater(open, price)
	down := less(open, price) - low
	shift := float32(2*price) - high - low

	put32(&dst[atKMID], mid/open)
	put32(&dst[atKLEN], (high-low)/open)
	put32(&dst[atKMID2], mid/length)
	put32(&dst[atKUP], up/open)
	put32(&dst[atKUP2], up/length)
	put32(&dst[atKLOW], down/open)
	put32(&dst[atKLOW2], down/length)
	put32(&dst[atKSFT], shift/open)
	put32(&dst[atKSFT2], shift/length)
}
