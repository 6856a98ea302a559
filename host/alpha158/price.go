package alpha158

// price computes OPEN0, HIGH0, LOW0 and VWAP0, today's $field/$close in
// float32. NaN in either gives NaN; without a vwap column VWAP0 is NaN, and
// keeps its place. Source: Qlib's Div.
func (f *frame) price(dst []float32, i int) {
	price := f.bars.Close[i]
	put32(&dst[atOPEN0], f.bars.Open[i]/price)
	put32(&dst[atHIGH0], f.bars.High[i]/price)
	put32(&dst[atLOW0], f.bars.Low[i]/price)
	vwap := nan32
	if f.bars.VWAP != nil {
		vwap = f.bars.VWAP[i]
	}
	put32(&dst[atVWAP0], vwap/price)
}

// roc computes ROC, Ref($close,N)/$close in float32: the close of N calendar
// rows ago over today's. It is NaN when either is missing or history is
// shorter. Source: Qlib's Ref (pandas shift) and Div.
func (f *frame) roc(dst []float32, i int) {
	for w, n := range windows {
		before := nan32
		if i >= n {
			before = f.bars.Close[i-n]
		}
		put32(&dst[atROC+w], before/f.bars.Close[i])
	}
}
