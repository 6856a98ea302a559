package alpha158

// sums computes the shares of gains and losses in all movement of a column x,
// $close for the first three and $volume for the rest. Changes are float32,
// their sums float64; rounded at the end. No movement at all gives 0, as
// 0/1e-12; a window without a change that is known gives NaN.
//
//	SUMP  VSUMP  Sum(Greater(x-Ref(x,1),0),N)/(Sum(Abs(x-Ref(x,1)),N)+1e-12)
//	SUMN  VSUMN  Sum(Greater(Ref(x,1)-x,0),N)/(Sum(Abs(x-Ref(x,1)),N)+1e-12)
//	SUMD  VSUMD  (Sum(Greater(x-Ref(x,1),0),N)-Sum(Greater(Ref(x,1)-x,0),N))/(Sum(Abs(x-Ref(x,1)),N)+1e-12)
func (f *frame) sums(dst []float32, i int) {
	for w, n := range windows {
		up, down, size := f.closeMove.sum(i, n)
		putSums(dst[atSUMP+w:], up, down, size)
		up, down, size = f.volumeMove.sum(i, n)
		putSums(dst[atVSUMP+w:], up, down, size)
	}
}

// putSums puts the three shares of one window, the first of which is dst[0].
func putSums(dst []float32, up, down, size float64) {
	put(&dst[0], up/(size+epsilon64))
	put(&dst[atSUMN-atSUMP], down/(size+epsilon64))
	put(&dst[atSUMD-atSUMP], (up-down)/(size+epsilon64))
}

// sum returns Qlib's Sum of the three columns over one window of n rows that ends
// with row i: the Kahan sum of the non-NaN values in float64, NaN for none.
// Source: pandas' roll_sum. The three differ in what is missing only where a
// change is infinite.
func (m *moves) sum(i, n int) (up, down, size float64) {
	var (
		u, d, s    kahan
		nu, nd, ns int
	)
	us, ds, ss := tail(m.up[:], i, n), tail(m.down[:], i, n), tail(m.size[:], i, n)
	ds, ss = ds[:len(us)], ss[:len(us)]
	for k, v := range us {
		if v == v {
			u, nu = u.add(v), nu+1
		}
		if v := ds[k]; v == v {
			d, nd = d.add(v), nd+1
		}
		if v := ss[k]; v == v {
			s, ns = s.add(v), ns+1
		}
	}
	return known(u, nu), known(d, nd), known(s, ns)
}

// known returns a sum of n values, NaN when there were none.
func known(k kahan, n int) float64 {
	if n == 0 {
		return nan64
	}
	return k.sum
}
