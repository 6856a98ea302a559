package expr

import (
	"math"
	"strconv"
)

type momentKind int

const (
	sumOf momentKind = iota
	meanOf
	varOf
	stdOf
)

// moment returns the builder of Sum, Mean, Var and Std: pandas' online sums over
// the valid values of the window. A window between 0 and 1 is an exponential mean.
func moment(kind momentKind) func(*builder, *tree, []operand) (operand, error) {
	return func(b *builder, at *tree, in []operand) (operand, error) {
		if alpha, ok := weight(in[1]); ok {
			return b.ewma(alpha, in[0]), nil
		}
		n, err := rows(at, in[1], 1)
		if err != nil {
			return operand{}, err
		}
		x := b.clean(in[0].column)
		switch kind {
		case varOf:
			return rolls(b.variance(x, n), n, in[0]), nil
		case stdOf:
			return rolls(b.deviation(x, n), n, in[0]), nil
		}
		return rolls(b.sum(x, n, kind == meanOf), n, in[0]), nil
	}
}

// sum returns pandas' roll_sum or roll_mean of a clean column.
func (b *builder) sum(x, n int, mean bool) int {
	name, finish := "sum ", (*online).total
	if mean {
		name, finish = "mean ", (*online).mean
	}
	return b.add(name+strconv.Itoa(n), Float64, kernel{cost: 10, back: n, words: 8, run: func(c *call) {
		x, dst := c.in[0].f64, c.out[0].f64
		s := loadOnline(c.state)
		for i := c.lo; i < c.hi; i++ {
			switch {
			case i == 0 || n == 1:
				s = online{prev: x[i]}
			case n > 0 && i >= n:
				s.drop(x[i-n])
			}
			s.take(x[i])
			dst[i] = finish(&s)
		}
		s.store(c.state)
	}}, x)
}

// online is a sum that rows enter and leave, with a compensation for each way
// (pandas, add_sum and remove_sum).
type online struct {
	n, sum, added, removed float64
	run, prev, negative    float64 // equal values in a row, the last one, signs that are set
	_                      float64
}

func loadOnline(w []float64) online {
	return online{n: w[0], sum: w[1], added: w[2], removed: w[3], run: w[4], prev: w[5], negative: w[6]}
}

func (s *online) store(w []float64) {
	w[0], w[1], w[2], w[3], w[4], w[5], w[6] = s.n, s.sum, s.added, s.removed, s.run, s.prev, s.negative
}

func (s *online) take(v float64) {
	if v != v {
		return
	}
	s.n++
	y := v - s.added
	t := s.sum + y
	s.added = t - s.sum - y
	s.sum = t
	if v != s.prev {
		s.run = 0
		s.prev = v
	}
	s.run++
	if math.Signbit(v) {
		s.negative++
	}
}

func (s *online) drop(v float64) {
	if v != v {
		return
	}
	s.n--
	y := -v - s.removed
	t := s.sum + y
	s.removed = t - s.sum - y
	s.sum = t
	if math.Signbit(v) {
		s.negative--
	}
}

func (s *online) total() float64 {
	switch {
	case s.n == 0:
		return nan
	case s.run >= s.n:
		return float64(s.prev * s.n)
	}
	return s.sum
}

func (s *online) mean() float64 {
	if s.n == 0 {
		return nan
	}
	v := s.sum / s.n
	switch {
	case s.run >= s.n:
		return s.prev
	case s.negative == 0 && v < 0, s.negative == s.n && v > 0:
		return 0
	}
	return v
}

// deviation returns the root of a column's variance: 0 where rounding made that
// negative (pandas, zsqrt).
func (b *builder) deviation(x, n int) int {
	return b.add("root", Float64, kernel{cost: 4, run: func(c *call) {
		x, dst := c.in[0].f64, c.out[0].f64
		for i := c.lo; i < c.hi; i++ {
			if v := x[i]; v < 0 {
				dst[i] = 0
			} else {
				dst[i] = math.Sqrt(v)
			}
		}
	}}, b.variance(x, n))
}

// variance returns pandas' roll_var, ddof 1, of a clean column.
func (b *builder) variance(x, n int) int {
	recompute := b.options.Numerics == Pandas3
	k := kernel{cost: 20, back: n, words: 8}
	if recompute {
		k.cost += reckoned(n) / 100
	}
	k.run = func(c *call) {
		x, dst := c.in[0].f64, c.out[0].f64
		s := loadWelford(c.state)
		for i := c.lo; i < c.hi; i++ {
			switch {
			case i == 0 || n == 1:
				s = welford{prev: x[i]}
			case n > 0 && i >= n:
				s.drop(x[i-n])
			}
			s.take(x[i])
			if recompute {
				if s.unstable {
					s = welford{}
					for _, v := range x[windowStart(i, n) : i+1] {
						s.take(v)
					}
					s.unstable = false
				}
				s.run = 0
			}
			dst[i] = s.variance()
		}
		s.store(c.state)
	}
	return b.add("var "+strconv.Itoa(n), Float64, k, x)
}

// windowStart returns the first row of the window of n rows that ends with row i; 0 = of all rows.
func windowStart(i, n int) int {
	if n == 0 {
		return 0
	}
	return max(i+1-n, 0)
}

// welford is a sum of squared deviations that rows enter and leave, with a
// compensation of the mean for each way (pandas, add_var and remove_var).
type welford struct {
	n, mean, squares, added, removed float64
	run, prev                        float64
	unstable                         bool
}

func loadWelford(w []float64) welford {
	return welford{n: w[0], mean: w[1], squares: w[2], added: w[3], removed: w[4], run: w[5], prev: w[6]}
}

func (s *welford) store(w []float64) {
	w[0], w[1], w[2], w[3], w[4], w[5], w[6] = s.n, s.mean, s.squares, s.added, s.removed, s.run, s.prev
}

// lost is the share of its sum that a step may leave before pandas 3 adds the
// window up afresh.
const lost = 1e3 / (1 << 52)

func (s *welford) take(v float64) {
	if v != v {
		return
	}
	s.n++
	if v != s.prev {
		s.run = 0
		s.prev = v
	}
	s.run++
	before := s.mean - s.added
	y := v - s.added
	t := y - s.mean
	s.added = t + s.mean - y
	s.mean += t / s.n
	squares := s.squares
	s.squares += float64((v - before) * (v - s.mean))
	if s.squares < float64(squares*lost) {
		s.unstable = true
	}
}

func (s *welford) drop(v float64) {
	if v != v {
		return
	}
	s.n--
	if s.n == 0 {
		s.mean, s.squares, s.unstable = 0, 0, false
		return
	}
	before := s.mean - s.removed
	y := v - s.removed
	t := y - s.mean
	s.removed = t + s.mean - y
	s.mean -= t / s.n
	squares := s.squares
	s.squares -= float64((v - before) * (v - s.mean))
	if s.squares < float64(squares*lost) {
		s.unstable = true
	}
}

func (s *welford) variance() float64 {
	switch {
	case s.n < 2:
		return nan
	case s.run >= s.n:
		return 0
	}
	return s.squares / (s.n - 1)
}
