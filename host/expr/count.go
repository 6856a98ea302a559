package expr

import "strconv"

// buildCount is Count: the rows of the window that are not NaN. An infinity
// counts. It is never NaN.
func buildCount(b *builder, at *tree, in []operand) (operand, error) {
	if alpha, ok := weight(in[1]); ok {
		return b.ewma(alpha, in[0]), nil
	}
	n, err := rows(at, in[1], 1)
	if err != nil {
		return operand{}, err
	}
	return rolls(b.count(b.cast(in[0].column, wide(in[0].typ)), n), n, in[0]), nil
}

// count returns the number of rows of the window that are not NaN, of a float64 column.
func (b *builder) count(x, n int) int {
	return b.add("count "+strconv.Itoa(n), Float64, kernel{cost: 2, back: n, words: 1, run: func(c *call) {
		x, dst := c.in[0].f64, c.out[0].f64
		count := c.state[0]
		if c.lo == 0 {
			count = 0
		}
		for i := c.lo; i < c.hi; i++ {
			if n > 0 && i >= n && x[i-n] == x[i-n] {
				count--
			}
			if x[i] == x[i] {
				count++
			}
			dst[i] = count
		}
		c.state[0] = count
	}}, x)
}
