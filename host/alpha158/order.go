package alpha158

import "slices"

// order computes the features that sort the window's closes. Quantiles are
// float64 over the float32 close, ranks float64; rounded at the end.
//
//	QTLU  Quantile($close,N,0.8)/$close       QTLD  Quantile($close,N,0.2)/$close
//	RANK  Rank($close,N)
//
// The windows share one sorted list that grows from today backwards.
func (f *frame) order(dst []float32, i int) {
	var (
		buffer      [Rows]float64
		sorted      = buffer[:0]
		less, equal int // values below today's, and equal to it with today itself
		today       = f.close[i]
		age         int
	)
	for w, n := range windows {
		for ; age < n && age <= i; age++ {
			v := f.close[i-age]
			if v != v {
				continue
			}
			at, _ := slices.BinarySearch(sorted, v)
			sorted = slices.Insert(sorted, at, v)
			if v < today {
				less++
			} else if v == today {
				equal++
			}
		}
		f.putOrder(dst, i, w, sorted, less, equal)
	}
}

// putOrder puts the features of window w, from its sorted closes and how many
// of them lie below today's and equal it.
func (f *frame) putOrder(dst []float32, i, w int, sorted []float64, less, equal int) {
	price := float64(f.bars.Close[i])
	put(&dst[atQTLU+w], quantile(sorted, 0.8)/price)
	put(&dst[atQTLD+w], quantile(sorted, 0.2)/price)
	put(&dst[atRANK+w], rank(less, equal, len(sorted)))
}

// quantile returns Qlib's Quantile over a window's sorted non-NaN values, in
// float64: at k = q*(n-1) between two neighbours, linearly; NaN for none.
// Source: pandas' roll_quantile, interpolation "linear".
func quantile(sorted []float64, q float64) float64 {
	switch len(sorted) {
	case 0:
		return nan64
	case 1:
		return sorted[0]
	}
	k := float64(q * float64(len(sorted)-1))
	i := int(k)
	if float64(i) == k {
		return sorted[i]
	}
	return sorted[i] + float64((sorted[i+1]-sorted[i])*(k-float64(i)))
}

// rank returns Qlib's Rank: the average rank of today's value among the window's n
// non-NaN values, over n, in (0, 1]; NaN if today is NaN (then nothing equals
// it). Source: pandas' roll_rank, method "average", pct.
func rank(less, equal, n int) float64 {
	if equal == 0 {
		return nan64
	}
	first, last := less+1, less+equal
	return float64(first+last) / 2 / float64(n)
}
