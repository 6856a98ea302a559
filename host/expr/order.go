package expr

import (
	"slices"
	"strconv"
)

// An order statistic reads one value off the sorted valid values of a window. Those
// of one column and window share the sorting: they are columns of one node.
type orderStatistic func(sorted []float64, today float64) float64

// statistic returns the column of a statistic of a clean column's window.
func (b *builder) statistic(name string, x, n int, of orderStatistic) int {
	own := key("order "+strconv.Itoa(n)+" "+name, []int{x})
	if c, ok := b.index[own]; ok {
		return c
	}
	shared := key("order "+strconv.Itoa(n), []int{x})
	at, ok := b.index[shared]
	if !ok {
		at = len(b.nodes)
		b.index[shared] = at
		s := &statistics{}
		b.nodes = append(b.nodes, node{in: []int{x}, statistics: s,
			kernel: kernel{cost: 20 + reckoned(n)/16, back: windowed(n), run: func(c *call) { s.run(c, n) }}})
	}
	node := &b.nodes[at]
	c := b.column(Float64)
	node.out = append(node.out, c)
	node.statistics.of = append(node.statistics.of, of)
	b.index[own] = c
	return c
}

type statistics struct{ of []orderStatistic }

// run keeps the window sorted: a row is found by halving, and moves those above
// it, which is a copy of at most a window.
func (s *statistics) run(c *call, n int) {
	x := c.in[0].f64
	from := windowStart(c.lo, n)
	size := c.hi - from
	if n > 0 {
		size = min(size, n+1)
	}
	sorted := room(&c.scratch.sorted, size)[:0]
	for _, v := range x[from:c.lo] {
		if v == v {
			sorted = append(sorted, v)
		}
	}
	slices.Sort(sorted)
	for i := c.lo; i < c.hi; i++ {
		if out := i - n; n > 0 && out >= from {
			if v := x[out]; v == v {
				at := lowerBound(sorted, v)
				sorted = append(sorted[:at], sorted[at+1:]...)
			}
		}
		today := x[i]
		if today == today {
			at := upperBound(sorted, today)
			sorted = sorted[:len(sorted)+1]
			copy(sorted[at+1:], sorted[at:])
			sorted[at] = today
		}
		for k, of := range s.of {
			c.out[k].f64[i] = of(sorted, today)
		}
	}
}

// lowerBound returns how many of the sorted values are less than v.
func lowerBound(sorted []float64, v float64) int {
	low, high := 0, len(sorted)
	for low < high {
		if middle := (low + high) / 2; sorted[middle] < v {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}

// upperBound returns how many of the sorted values are no greater than v.
func upperBound(sorted []float64, v float64) int {
	low, high := 0, len(sorted)
	for low < high {
		if middle := (low + high) / 2; sorted[middle] <= v {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}

// buildMed is Med: the middle value, or the mean of the two in the middle.
func buildMed(b *builder, at *tree, in []operand) (operand, error) {
	if alpha, ok := weight(in[1]); ok {
		return b.ewma(alpha, in[0]), nil
	}
	n, err := rows(at, in[1], 1)
	if err != nil {
		return operand{}, err
	}
	return rolls(b.statistic("med", b.clean(in[0].column), n, func(sorted []float64, _ float64) float64 {
		k := len(sorted)
		switch {
		case k == 0:
			return nan
		case k%2 == 1:
			return sorted[k/2]
		}
		return (sorted[k/2-1] + sorted[k/2]) / 2
	}), n, in[0]), nil
}

// buildRank is Rank: the average rank of today's value among the valid ones, over
// their number (pandas, roll_rank).
func buildRank(b *builder, at *tree, in []operand) (operand, error) {
	n, err := rows(at, in[1], 1)
	if err != nil {
		return operand{}, err
	}
	return rolls(b.statistic("rank", b.clean(in[0].column), n, func(sorted []float64, today float64) float64 {
		if today != today {
			return nan
		}
		low, high := float64(lowerBound(sorted, today)+1), float64(upperBound(sorted, today))
		rank := (float64(high*(high+1))/2 - float64((low-1)*low)/2) / (high - low + 1)
		return rank / float64(len(sorted))
	}), n, in[0]), nil
}

// buildQuantile is Quantile(x,N,q), between two neighbours linearly (pandas, roll_quantile).
func buildQuantile(b *builder, at *tree, in []operand) (operand, error) {
	n, err := rows(at, in[1], 1)
	if err != nil {
		return operand{}, err
	}
	q, _ := in[2].number.float64()
	if !(q >= 0 && q <= 1) {
		return operand{}, errorAt(in[2].tree.position, "", "Quantile: the quantile lies outside of 0 to 1")
	}
	return rolls(b.statistic("quantile "+floatNumber(q).key(), b.clean(in[0].column), n, func(sorted []float64, _ float64) float64 {
		switch {
		case len(sorted) == 0:
			return nan
		case q == 0:
			return sorted[0]
		case q == 1:
			return sorted[len(sorted)-1]
		}
		k := float64(q * float64(len(sorted)-1))
		i := int(k)
		if float64(i) == k {
			return sorted[i]
		}
		return sorted[i] + float64((sorted[i+1]-sorted[i])*(k-float64(i)))
	}), n, in[0]), nil
}
