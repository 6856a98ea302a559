package alpha158

// moments computes the features made of means and standard deviations. The
// denominators $close and $volume+1e-12 are float32, the rest is float64, so
// the quotient is float64, rounded at the end. On a day without a bar all but
// WVMA are NaN; zero volume today divides by 1e-12.
//
//	MA    Mean($close,N)/$close               STD   Std($close,N)/$close
//	VMA   Mean($volume,N)/($volume+1e-12)     VSTD  Std($volume,N)/($volume+1e-12)
//	WVMA  Std(t,N)/(Mean(t,N)+1e-12),  t = Abs($close/Ref($close,1)-1)*$volume in float32
func (f *frame) moments(dst []float32, i int) {
	for w, n := range windows {
		f.putMoments(dst, i, w, meanStd(tail(f.close[:], i, n)), meanStd(tail(f.volume[:], i, n)), meanStd(tail(f.turnover[:], i, n)))
	}
}

// putMoments puts the features of window w, from its columns' moments.
func (f *frame) putMoments(dst []float32, i, w int, price, volume, turnover moment) {
	today := float64(f.bars.Close[i])
	put(&dst[atMA+w], price.mean/today)
	put(&dst[atSTD+w], price.std/today)
	today = float64(f.bars.Volume[i] + epsilon32)
	put(&dst[atVMA+w], volume.mean/today)
	put(&dst[atVSTD+w], volume.std/today)
	put(&dst[atWVMA+w], turnover.std/(turnover.mean+epsilon64))
}

// moment is a window's Mean and Std.
type moment struct{ mean, std float64 }

// meanStd returns Qlib's Mean and Std of one window, in float64 over its non-NaN
// values: pandas' Kahan sum over their number, NaN for none, and Welford's
// sample standard deviation (ddof 1), NaN for fewer than two. Values that are
// all equal give that value (n times a float32 and back is exact) and exactly 0.
func meanStd(x []float64) moment {
	var (
		n   float64
		sum kahan
		dev welford
	)
	for _, v := range x {
		if v != v {
			continue
		}
		n++
		sum = sum.add(v)
		dev = dev.add(v, n)
	}
	if n == 0 {
		return moment{nan64, nan64}
	}
	return moment{sum.sum / n, dev.std(n)}
}

// stdOf returns Qlib's Std of one window, as in meanStd.
func stdOf(x []float64) float64 {
	var (
		n   float64
		dev welford
	)
	for _, v := range x {
		if v == v {
			n++
			dev = dev.add(v, n)
		}
	}
	return dev.std(n)
}
