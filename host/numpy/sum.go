package numpy

// Sum returns np.sum of contiguous values: NumPy adds fewer than 8 one by one,
// up to 128 in eight partial sums, and more in two halves, and all that to 0, so
// that zeros with a sign give one without. Source: pairwise_sum of NumPy's
// loops_utils.h.
func Sum[T float32 | float64](x []T) T { return 0 + pairwise(x) }

func pairwise[T float32 | float64](x []T) T {
	n := len(x)
	switch {
	case n < 8:
		var sum T
		for _, v := range x {
			sum += v
		}
		return sum
	case n <= 128:
		r := [8]T(x[:8])
		i := 8
		for ; i < n-n%8; i += 8 {
			for k := range r {
				r[k] += x[i+k]
			}
		}
		sum := ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]))
		for ; i < n; i++ {
			sum += x[i]
		}
		return sum
	}
	half := n / 2
	half -= half % 8
	return pairwise(x[:half]) + pairwise(x[half:])
}
