package expr

import (
	"math"
	"strconv"
)

// flat is the deviation at and below which Qlib knows neither correlation nor
// fit: np.isclose(std, 0, atol=2e-05).
const flat = 2e-05

// buildCov is Cov: pandas' rolling covariance over the rows where both are there.
func buildCov(b *builder, at *tree, in []operand) (operand, error) {
	p, n, err := b.pair(at, in)
	if err != nil {
		return operand{}, err
	}
	if b.options.Numerics == Pandas3 {
		return rolls(b.jointMoments(p, n, false), n, in[0], in[1]), nil
	}
	return rolls(b.covariance(p, n), n, in[0], in[1]), nil
}

// buildCorr is Corr: pandas' rolling correlation, NaN where either operand by
// itself is flat, paired or not.
func buildCorr(b *builder, at *tree, in []operand) (operand, error) {
	p, n, err := b.pair(at, in)
	if err != nil {
		return operand{}, err
	}
	var c int
	if b.options.Numerics == Pandas3 {
		c = b.jointMoments(p, n, true)
	} else {
		c = b.add("corr", Float64, kernel{cost: 6, run: func(c *call) {
			covariance, varX, varY, dst := c.in[0].f64, c.in[1].f64, c.in[2].f64, c.out[0].f64
			for i := c.lo; i < c.hi; i++ {
				dst[i] = covariance[i] / math.Sqrt(float64(varX[i]*varY[i]))
			}
		}}, b.covariance(p, n), b.variance(p.x, n), b.variance(p.y, n))
	}
	c = b.unlessFlat(c, b.deviation(b.clean(in[0].column), n))
	c = b.unlessFlat(c, b.deviation(b.clean(in[1].column), n))
	return rolls(c, n, in[0], in[1]), nil
}

// unlessFlat returns the column with NaN where a deviation is next to nothing.
func (b *builder) unlessFlat(c, deviation int) int {
	return b.add("unless flat", Float64, kernel{cost: 1, run: func(c *call) {
		x, std, dst := c.in[0].f64, c.in[1].f64, c.out[0].f64
		for i := c.lo; i < c.hi; i++ {
			dst[i] = x[i]
			if std[i] <= flat {
				dst[i] = nan
			}
		}
	}}, c, deviation)
}

// pair are two columns of which each misses what the other misses.
type pair struct{ x, y int }

func (b *builder) pair(at *tree, in []operand) (p pair, n int, err error) {
	if in[1].column < 0 {
		return p, 0, errorAt(in[1].tree.position, "", "%s with a number, where a second column is needed", at.name)
	}
	if n, err = rows(at, in[2], 1); err != nil {
		return p, 0, err
	}
	if n == 0 {
		return p, 0, errorAt(in[2].tree.position, "give it a window", "%s over all rows, which Qlib cannot compute", at.name)
	}
	x, y := b.cast(in[0].column, wide(in[0].typ)), b.cast(in[1].column, wide(in[1].typ))
	return pair{b.paired(x, y), b.paired(y, x)}, n, nil
}

// wide returns the float64 type that holds a column of type t.
func wide(t Type) Type {
	if t == Object || t == Flags {
		return Object
	}
	return Float64
}

// paired is x+0*y, with infinities missing. Cov takes columns with different days; Corr
// fails on them where it looks whether one is flat.
func (b *builder) paired(x, y int) int {
	return b.add("paired", Float64, kernel{cost: 2, meet: meetUnion, run: func(c *call) {
		x, y, dst := c.in[0].f64, c.in[1].f64, c.out[0].f64
		for i := c.lo; i < c.hi; i++ {
			v := x[i] + float64(0*y[i])
			if !(-math.MaxFloat64 <= v && v <= math.MaxFloat64) {
				v = nan
			}
			dst[i] = v
		}
	}}, x, y)
}

// covariance is pandas 1.5's and 2's: from the means of the products and of the parts.
func (b *builder) covariance(p pair, n int) int {
	product := b.add("product", Float64, kernel{cost: 1, run: func(c *call) {
		x, y, dst := c.in[0].f64, c.in[1].f64, c.out[0].f64
		for i := c.lo; i < c.hi; i++ {
			dst[i] = float64(x[i] * y[i])
		}
	}}, p.x, p.y)
	return b.add("covariance", Float64, kernel{cost: 4, run: func(c *call) {
		xy, x, y, count, dst := c.in[0].f64, c.in[1].f64, c.in[2].f64, c.in[3].f64, c.out[0].f64
		for i := c.lo; i < c.hi; i++ {
			dst[i] = float64((xy[i] - float64(x[i]*y[i])) * (count[i] / (count[i] - 1)))
		}
	}}, b.sum(product, n, true), b.sum(p.x, n, true), b.sum(p.y, n, true), b.count(p.x, n))
}

// jointMoments is pandas 3's covariance or correlation: Welford's sums around
// the first pair, added up afresh where too much was lost.
func (b *builder) jointMoments(p pair, n int, correlation bool) int {
	name := "joint cov "
	if correlation {
		name = "joint corr "
	}
	return b.add(name+strconv.Itoa(n), Float64, kernel{cost: 60 + reckoned(n)/50, back: n, words: 12, run: func(c *call) {
		x, y, dst := c.in[0].f64, c.in[1].f64, c.out[0].f64
		s := loadJoint(c.state)
		for i := c.lo; i < c.hi; i++ {
			switch {
			case i == 0 || n == 1:
				s = joint{}
			case i >= n:
				s.drop(x[i-n], y[i-n])
			}
			s.take(x[i], y[i])
			if s.unstable {
				s = joint{}
				from := windowStart(i, n)
				for k, v := range x[from : i+1] {
					s.take(v, y[from+k])
				}
				s.unstable = false
			}
			if correlation {
				dst[i] = s.correlation()
			} else {
				dst[i] = s.covariance()
			}
		}
		s.store(c.state)
	}}, p.x, p.y)
}

type joint struct {
	n, originX, originY, meanX, meanY float64
	xy, xx, yy, peakX, peakY          float64
	unstable                          bool
}

func loadJoint(w []float64) joint {
	return joint{w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8], w[9], false}
}

func (s *joint) store(w []float64) {
	w[0], w[1], w[2], w[3], w[4] = s.n, s.originX, s.originY, s.meanX, s.meanY
	w[5], w[6], w[7], w[8], w[9] = s.xy, s.xx, s.yy, s.peakX, s.peakY
}

func (s *joint) take(x, y float64) {
	if x != x || y != y {
		return
	}
	if s.n == 0 {
		s.originX, s.originY = x, y
	}
	x -= s.originX
	y -= s.originY
	s.n++
	dx, dy := x-s.meanX, y-s.meanY
	s.meanX += dx / s.n
	s.meanY += dy / s.n
	s.xy += float64((x - s.meanX) * dy)
	s.xx += float64((x - s.meanX) * dx)
	s.yy += float64((y - s.meanY) * dy)
	s.watch(x, y)
}

func (s *joint) drop(x, y float64) {
	if x != x || y != y {
		return
	}
	s.n--
	if s.n == 0 {
		*s = joint{}
		return
	}
	x -= s.originX
	y -= s.originY
	dx, dy := x-s.meanX, y-s.meanY
	s.meanX -= dx / s.n
	s.meanY -= dy / s.n
	s.xy -= float64((x - s.meanX) * dy)
	s.xx -= float64((x - s.meanX) * dx)
	s.yy -= float64((y - s.meanY) * dy)
	s.watch(x, y)
}

func (s *joint) watch(x, y float64) {
	s.peakX = max(s.peakX, math.Abs(x-s.meanX))
	s.peakY = max(s.peakY, math.Abs(y-s.meanY))
	if s.xy != s.xy || s.xx != s.xx || s.yy != s.yy ||
		float64(float64(s.peakX*s.peakY)*lost) > math.Abs(s.xy) ||
		float64(float64(s.peakX*s.peakX)*lost) > s.xx || float64(float64(s.peakY*s.peakY)*lost) > s.yy {
		s.unstable = true
	}
}

func (s *joint) covariance() float64 {
	if s.n < 2 {
		return nan
	}
	return s.xy / (s.n - 1)
}

func (s *joint) correlation() float64 {
	if s.n < 2 || s.xx == 0 || s.yy == 0 {
		return nan
	}
	return min(max(s.xy/math.Sqrt(float64(s.xx*s.yy)), -1), 1)
}
