package expr

import (
	"strconv"

	"edgesignal/host/numpy"
)

// buildEMA is EMA(x,N): an exponential mean of span N, which may have a point; of
// weight N where it lies between 0 and 1; over all rows where it is 0.
func buildEMA(b *builder, at *tree, in []operand) (operand, error) {
	if alpha, ok := weight(in[1]); ok {
		return b.ewma(alpha, in[0]), nil
	}
	if n := in[1].number; !n.isInt() {
		switch {
		case !(n.float >= 1 && n.float <= MaxWindow):
			return operand{}, errorAt(in[1].tree.position, "", "EMA: the span lies outside of 1 to %d", MaxWindow)
		case b.options.Window:
			return operand{}, errorAt(in[1].tree.position, "give it a whole span, or use the full history",
				"EMA with a span that has a point, which Qlib cannot load for one day")
		}
		out := loads(b.exponential((n.float-1)/2, b.clean(in[0].column)), in[0])
		out.left += int(n.float - 1)
		return out, nil
	}
	n, err := rows(at, in[1], 1)
	if err != nil {
		return operand{}, err
	}
	x := b.clean(in[0].column)
	if n == 0 {
		return rolls(b.add("ema 0", Float64, eachWindow(0, 8, expandingMean), x), 0, in[0]), nil
	}
	return rolls(b.exponential((float64(n)-1)/2, x), n, in[0]), nil
}

// ewma is what Qlib makes of a window between 0 and 1.
func (b *builder) ewma(alpha float64, in operand) operand {
	out := loads(b.exponential((1-alpha)/alpha, b.clean(in.column)), in)
	out.left += alphaRows(alpha)
	return out
}

// exponential is pandas' ewm(com).mean(): adjusted, and a missing row ages the weights.
func (b *builder) exponential(com float64, x int) int {
	factor := 1 - 1/(1+com)
	name := "ewm " + strconv.FormatFloat(com, 'x', -1, 64)
	return b.add(name, Float64, kernel{cost: 12, words: 2, run: func(c *call) {
		x, dst := c.in[0].f64, c.out[0].f64
		mean, weight := c.state[0], c.state[1]
		if c.lo == 0 {
			mean, weight = nan, 1
		}
		for i := c.lo; i < c.hi; i++ {
			v := x[i]
			if mean != mean {
				mean = v
			} else {
				weight = float64(weight * factor)
				if v == v {
					if mean != v {
						mean = (float64(weight*mean) + v) / (weight + 1)
					}
					weight++
				}
			}
			dst[i] = mean
		}
		c.state[0], c.state[1] = mean, weight
	}}, x)
}

// expandingMean is Qlib's exponential mean over all rows so far: its weights
// depend on their number, so each row is computed anew.
func expandingMean(window []float64, s *scratch) float64 {
	n := len(window)
	a := 1 - 2/(1+float64(n))
	weights := room(&s.values, n)
	count := 0
	for i, v := range window {
		weights[i] = pow(a, float64(n-1-i))
		if v == v {
			count++
		}
	}
	if count == 0 {
		return nan
	}
	total := numpy.Sum(weights)
	for i, v := range window {
		w := weights[i] / total
		weights[i] = 0
		if v == v {
			weights[i] = float64(w * v)
		}
	}
	return numpy.Sum(weights)
}
