package expr

import (
	"math"
	"strconv"
)

// shape returns the builder of Skew (order 3) and Kurt (order 4).
func shape(order int) func(*builder, *tree, []operand) (operand, error) {
	return func(b *builder, at *tree, in []operand) (operand, error) {
		n, err := rows(at, in[1], order)
		if err != nil {
			return operand{}, err
		}
		x := b.clean(in[0].column)
		if b.options.Numerics == Pandas3 {
			return rolls(b.centralMoments(x, n, order), n, in[0]), nil
		}
		return rolls(b.rawMoments(b.centred(x, order), n, order), n, in[0]), nil
	}
}

// centred takes the mean of the whole loaded column, rounded half away from zero, off
// every value, unless the smallest lies too far below it. So pandas before 3 lets
// the last bits of a skewness depend on all loaded rows.
func (b *builder) centred(x, order int) int {
	limit := -1e5
	if order == 4 {
		limit = -1e4
	}
	return b.add("centred "+strconv.Itoa(order), Float64, kernel{cost: 4, words: 2, whole: true, run: func(c *call) {
		x, dst := c.in[0].f64, c.out[0].f64
		if c.state[0] == 0 {
			n, sum, least := 0.0, 0.0, nan
			for _, v := range x {
				if v == v {
					n++
					sum += v
					if !(v >= least) {
						least = v
					}
				}
			}
			c.state[0], c.state[1] = 1, 0
			if mean := sum / n; least-mean > limit {
				c.state[1] = math.Round(mean)
			}
		}
		shift := c.state[1]
		for i := c.lo; i < c.hi; i++ {
			dst[i] = x[i] - shift
		}
	}}, x)
}

// rawMoments is pandas 1.5's and 2's roll_skew or roll_kurt: compensated sums of powers.
func (b *builder) rawMoments(x, n, order int) int {
	return b.add("raw moments "+strconv.Itoa(order)+" "+strconv.Itoa(n), Float64,
		kernel{cost: 40, back: n, words: 16, run: func(c *call) {
			x, dst := c.in[0].f64, c.out[0].f64
			s := loadPowers(c.state)
			for i := c.lo; i < c.hi; i++ {
				switch {
				case i == 0 || n == 1:
					s = powerSums{prev: x[i]}
				case n > 0 && i >= n:
					s.drop(x[i-n], order)
				}
				s.take(x[i], order)
				if order == 3 {
					dst[i] = s.skew()
				} else {
					dst[i] = s.kurt()
				}
			}
			s.store(c.state)
		}}, x)
}

// powerSums are sums of the first to fourth power, a compensation for each way.
type powerSums struct {
	n, run, prev float64
	sums         [4]compensated
}

type compensated struct{ sum, added, removed float64 }

func loadPowers(w []float64) (s powerSums) {
	s.n, s.run, s.prev = w[0], w[1], w[2]
	w = w[3:]
	for k := range s.sums {
		s.sums[k] = compensated{w[0], w[1], w[2]}
		w = w[3:]
	}
	return s
}

func (s *powerSums) store(w []float64) {
	w[0], w[1], w[2] = s.n, s.run, s.prev
	w = w[3:]
	for _, p := range s.sums {
		w[0], w[1], w[2] = p.sum, p.added, p.removed
		w = w[3:]
	}
}

func (s *powerSums) take(v float64, order int) {
	if v != v {
		return
	}
	s.n++
	if v != s.prev {
		s.run, s.prev = 0, v
	}
	s.run++
	power := v
	for k := range s.sums[:order] {
		p := &s.sums[k]
		y := power - p.added
		t := p.sum + y
		p.added = t - p.sum - y
		p.sum = t
		power = float64(power * v)
	}
}

func (s *powerSums) drop(v float64, order int) {
	if v != v {
		return
	}
	s.n--
	power := -v
	for k := range s.sums[:order] {
		p := &s.sums[k]
		y := power - p.removed
		t := p.sum + y
		p.removed = t - p.sum - y
		p.sum = t
		power = float64(power * v)
	}
}

// flatVariance is the variance at and below which pandas before 3 knows no skewness.
const flatVariance = 1e-14

func (s *powerSums) skew() float64 {
	n := s.n
	if n < 3 {
		return nan
	}
	a := s.sums[0].sum / n
	b := s.sums[1].sum/n - float64(a*a)
	c := s.sums[2].sum/n - float64(float64(a*a)*a) - float64(float64(3*a)*b)
	switch {
	case s.run >= n:
		return 0
	case b <= flatVariance:
		return nan
	}
	r := math.Sqrt(b)
	return float64(math.Sqrt(float64(n*(n-1)))*c) / float64(float64(float64((n-2)*r)*r)*r)
}

func (s *powerSums) kurt() float64 {
	n := s.n
	if n < 4 {
		return nan
	}
	a := s.sums[0].sum / n
	r := float64(a * a)
	b := s.sums[1].sum/n - r
	r = float64(r * a)
	c := s.sums[2].sum/n - r - float64(float64(3*a)*b)
	r = float64(r * a)
	d := s.sums[3].sum/n - r - float64(float64(float64(6*b)*a)*a) - float64(float64(4*c)*a)
	switch {
	case s.run >= n:
		return -3
	case b <= flatVariance:
		return nan
	}
	k := float64((float64(n*n)-1)*d)/float64(b*b) - float64(3*float64((n-1)*(n-1)))
	return k / float64((n-2)*(n-3))
}
