package alpha158

// counts computes the shares of rising and falling days, in float64, rounded
// at the end. A comparison with NaN is false and counts as a row, so the
// denominator is every calendar row of the window, suspended days and the
// first one included, and the features are never NaN. Source: Qlib's Gt, Lt
// (bool) and Mean of them.
//
//	CNTP  Mean($close>Ref($close,1),N)        CNTN  Mean($close<Ref($close,1),N)
//	CNTD  CNTP-CNTN, subtracted in float64
func (f *frame) counts(dst []float32, i int) {
	var rises, falls, rows float64
	for w, n := range windows {
		for ; int(rows) < n && int(rows) <= i; rows++ {
			day := i - int(rows)
			if f.rises[day] {
				rises++
			}
			if f.falls[day] {
				falls++
			}
		}
		put(&dst[atCNTP+w], rises/rows)
		put(&dst[atCNTN+w], falls/rows)
		put(&dst[atCNTD+w], rises/rows-falls/rows)
	}
}
