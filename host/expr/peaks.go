package expr

import "strconv"

// peak returns the builder of Max and Min: of the valid values; of equal ones the
// latest, which shows in the sign of 0 alone.
func peak(highest bool) func(*builder, *tree, []operand) (operand, error) {
	name := map[bool]string{true: "max ", false: "min "}[highest]
	return func(b *builder, at *tree, in []operand) (operand, error) {
		if alpha, ok := weight(in[1]); ok {
			return b.ewma(alpha, in[0]), nil
		}
		n, err := rows(at, in[1], 1)
		if err != nil {
			return operand{}, err
		}
		k := kernel{cost: 6, back: windowed(n), run: slidingPeak(highest, n)}
		if n == 0 {
			k.back, k.words, k.run = 0, 1, risingPeak(highest)
		}
		return rolls(b.add(name+strconv.Itoa(n), Float64, k, b.clean(in[0].column)), n, in[0]), nil
	}
}

// slidingPeak keeps the rows of the window that no later one exceeds, oldest first.
func slidingPeak(highest bool, n int) func(*call) {
	return func(c *call) {
		x, dst := c.in[0].f64, c.out[0].f64
		from := windowStart(c.lo, n)
		queue := c.scratch.queue(c.hi - from)
		head, tail := 0, 0
		for i := from; i < c.hi; i++ {
			if head < tail && int(queue[head]) <= i-n {
				head++
			}
			if v := x[i]; v == v {
				if highest {
					for head < tail && x[queue[tail-1]] <= v {
						tail--
					}
				} else {
					for head < tail && x[queue[tail-1]] >= v {
						tail--
					}
				}
				queue[tail] = int32(i)
				tail++
			}
			if i < c.lo {
				continue
			}
			dst[i] = nan
			if head < tail {
				dst[i] = x[queue[head]]
			}
		}
	}
}

// risingPeak is the extremum of all rows up to each.
func risingPeak(highest bool) func(*call) {
	return func(c *call) {
		x, dst := c.in[0].f64, c.out[0].f64
		if c.lo == 0 {
			c.state[0] = nan
		}
		best := c.state[0]
		for i := c.lo; i < c.hi; i++ {
			if v := x[i]; best != best || highest && v >= best || !highest && v <= best {
				best = v
			}
			dst[i] = best
		}
		c.state[0] = best
	}
}

// peakRow returns the builder of IdxMax and IdxMin: numpy's argmax + 1, the first
// of ties, 1 being the oldest row of the window, and the first NaN before all
// others; NaN where the window holds no value.
func peakRow(highest bool) func(*builder, *tree, []operand) (operand, error) {
	name := map[bool]string{true: "idxmax ", false: "idxmin "}[highest]
	return func(b *builder, at *tree, in []operand) (operand, error) {
		n, err := rows(at, in[1], 1)
		if err != nil {
			return operand{}, err
		}
		k := kernel{cost: 8, back: windowed(n), run: slidingPeakRow(highest, n)}
		if n == 0 {
			k.back, k.words, k.run = 0, 3, risingPeakRow(highest)
		}
		return rolls(b.add(name+strconv.Itoa(n), Float64, k, b.clean(in[0].column)), n, in[0]), nil
	}
}

func slidingPeakRow(highest bool, n int) func(*call) {
	return func(c *call) {
		x, dst := c.in[0].f64, c.out[0].f64
		from := windowStart(c.lo, n)
		queue := c.scratch.queue(c.hi - from)
		head, tail, missing := 0, 0, from // missing: the first NaN of the window, or a row before it
		for i := from; i < c.hi; i++ {
			start := windowStart(i, n)
			if head < tail && int(queue[head]) < start {
				head++
			}
			if v := x[i]; v == v {
				if highest {
					for head < tail && x[queue[tail-1]] < v {
						tail--
					}
				} else {
					for head < tail && x[queue[tail-1]] > v {
						tail--
					}
				}
				queue[tail] = int32(i)
				tail++
			}
			if i < c.lo {
				continue
			}
			missing = max(missing, start)
			for missing <= i && x[missing] == x[missing] {
				missing++
			}
			switch {
			case head == tail:
				dst[i] = nan
			case missing <= i:
				dst[i] = float64(missing - start + 1)
			default:
				dst[i] = float64(int(queue[head]) - start + 1)
			}
		}
	}
}

func risingPeakRow(highest bool) func(*call) {
	return func(c *call) {
		x, dst := c.in[0].f64, c.out[0].f64
		if c.lo == 0 {
			c.state[0], c.state[1], c.state[2] = nan, nan, nan
		}
		best, row, missing := c.state[0], c.state[1], c.state[2]
		for i := c.lo; i < c.hi; i++ {
			switch v := x[i]; {
			case v != v:
				if missing != missing {
					missing = float64(i + 1)
				}
			case best != best || highest && v > best || !highest && v < best:
				best, row = v, float64(i+1)
			}
			dst[i] = row
			if row == row && missing == missing {
				dst[i] = missing
			}
		}
		c.state[0], c.state[1], c.state[2] = best, row, missing
	}
}
