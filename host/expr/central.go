package expr

import (
	"math"
	"strconv"
)

// centralMoments is pandas 3's roll_skew or roll_kurt: moments around the mean,
// measured from the first value, added up afresh where too much was lost.
func (b *builder) centralMoments(x, n, order int) int {
	return b.add("central moments "+strconv.Itoa(order)+" "+strconv.Itoa(n), Float64,
		kernel{cost: 60 + reckoned(n)/50, back: n, words: 8, run: func(c *call) {
			x, dst := c.in[0].f64, c.out[0].f64
			s := loadCentral(c.state)
			for i := c.lo; i < c.hi; i++ {
				switch {
				case i == 0 || n == 1:
					s = central{}
				case n > 0 && i >= n:
					s.drop(x[i-n], order)
				}
				s.take(x[i], order)
				if s.unstable {
					s = central{}
					for _, v := range x[windowStart(i, n) : i+1] {
						s.take(v, order)
					}
					s.unstable = false
				}
				if order == 3 {
					dst[i] = s.skew()
				} else {
					dst[i] = s.kurt()
				}
			}
			s.store(c.state)
		}}, x)
}

type central struct {
	n, origin, mean, m2, m3, m4 float64
	peak                        float64 // the largest distance from the mean so far
	unstable                    bool
}

func loadCentral(w []float64) central {
	return central{n: w[0], origin: w[1], mean: w[2], m2: w[3], m3: w[4], m4: w[5], peak: w[6]}
}

func (s *central) store(w []float64) {
	w[0], w[1], w[2], w[3], w[4], w[5], w[6] = s.n, s.origin, s.mean, s.m2, s.m3, s.m4, s.peak
}

var rootOfMax = math.Sqrt(math.MaxFloat64)

func (s *central) take(x float64, order int) {
	if x != x {
		return
	}
	if s.n == 0 {
		s.origin = 0
		if math.Abs(x) < rootOfMax {
			s.origin = x
		}
	}
	v := x - s.origin
	d := v - s.mean
	s.n++
	n := s.n
	dn := d / n
	t := float64(float64(d*dn) * (n - 1))
	if order == 4 {
		s.m4 += float64(dn * (float64(-4*s.m3) + float64(dn*(float64(6*s.m2)+float64(t*(float64(n*n)-float64(3*n)+3))))))
	}
	s.m3 += float64(dn * (float64(t*(n-2)) - float64(3*s.m2)))
	s.m2 += t
	s.mean += dn
	s.watch(v)
}

func (s *central) drop(x float64, order int) {
	if x != x {
		return
	}
	s.n--
	n := s.n
	if n == 0 {
		*s = central{}
		return
	}
	v := x - s.origin
	d := v - s.mean
	dn := d / n
	t := float64(float64(dn*d) * (n + 1))
	if order == 4 {
		s.m4 += float64(dn * (float64(4*s.m3) + float64(dn*(float64(6*s.m2)-float64(t*(float64(n*n)+float64(3*n)+3))))))
	}
	s.m3 -= float64(dn * (float64(t*(n+2)) - float64(3*s.m2)))
	s.m2 -= t
	s.mean -= dn
	s.watch(v)
}

// watch marks the state when too little of it is left of too much.
func (s *central) watch(v float64) {
	s.peak = max(s.peak, math.Abs(v-s.mean))
	const share = 0x1p-52 / lost
	if s.mean != s.mean || s.m2 != s.m2 || s.m3 != s.m3 || s.m4 != s.m4 ||
		float64(float64(s.mean*s.mean)*(1.0/16)) > s.m2 || float64(float64(s.peak*s.peak)*share) > s.m2 {
		s.unstable = true
	}
}

func (s *central) skew() float64 {
	n := s.n
	if n < 3 {
		return nan
	}
	return float64(s.m3 / float64(s.m2*math.Sqrt(s.m2)) * (float64(n*math.Sqrt(n-1)) / (n - 2)))
}

func (s *central) kurt() float64 {
	n := s.n
	if n < 4 {
		return nan
	}
	inner := float64(float64(n*(n+1))*(s.m4/float64(s.m2*s.m2))) - float64(3*(n-1))
	return float64((n - 1) / float64((n-2)*(n-3)) * inner)
}
