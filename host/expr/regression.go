package expr

import (
	"math"
	"strconv"
)

type lineKind int

const (
	slopeOf lineKind = iota
	rsquareOf
	residualOf
)

// regression returns the builder of Slope, Rsquare and Resi: of the straight line
// through the window, today at position N also where the window is short. An
// infinity is not taken for missing here: every later row is NaN.
func regression(kind lineKind) func(*builder, *tree, []operand) (operand, error) {
	return func(b *builder, at *tree, in []operand) (operand, error) {
		n, err := rows(at, in[1], 1)
		if err != nil {
			return operand{}, err
		}
		x := b.cast(in[0].column, wide(in[0].typ))
		c := b.lineOf(kind, b.lines(x, n), x, n)
		if kind == rsquareOf && n > 0 {
			c = b.unlessFlat(c, b.deviation(b.clean(in[0].column), n))
		}
		return rolls(c, n, in[0]), nil
	}
}

// lines returns the first of the six columns of sums that the lines of a
// window are made of; the others follow it.
func (b *builder) lines(x, n int) int {
	name := key("lines "+strconv.Itoa(n), []int{x})
	if c, ok := b.index[name]; ok {
		return c
	}
	first := b.column(Float64)
	nd := node{in: []int{x}, out: []int{first}}
	for range 5 {
		nd.out = append(nd.out, b.column(Float64))
	}
	window := float64(n)
	nd.kernel = kernel{cost: 12, back: n, words: 6, run: func(c *call) {
		x := c.in[0].f64
		var s [6]float64
		if c.lo > 0 {
			copy(s[:], c.state)
		}
		count, px, pxx, y, yy, xy := s[0], s[1], s[2], s[3], s[4], s[5]
		for i := c.lo; i < c.hi; i++ {
			position := window
			if n == 0 {
				position = float64(i + 1)
			} else {
				xy -= y
				pxx = pxx + count - float64(2*px)
				px -= count
				if i >= n {
					if v := x[i-n]; v == v {
						count--
						y -= v
						yy -= float64(v * v)
					}
				}
			}
			if v := x[i]; v == v {
				count++
				px += position
				pxx += float64(position * position)
				y += v
				yy += float64(v * v)
				xy += float64(position * v)
			}
			c.out[0].f64[i], c.out[1].f64[i], c.out[2].f64[i] = count, px, pxx
			c.out[3].f64[i], c.out[4].f64[i], c.out[5].f64[i] = y, yy, xy
		}
		copy(c.state, []float64{count, px, pxx, y, yy, xy})
	}}
	b.nodes = append(b.nodes, nd)
	b.index[name] = first
	return first
}

// lineOf computes one property of the lines whose sums begin with a column.
func (b *builder) lineOf(kind lineKind, sums, x, n int) int {
	name := [...]string{"slope ", "rsquare ", "residual "}[kind] + strconv.Itoa(n)
	return b.add(name, Float64, kernel{cost: 8, run: func(c *call) {
		count, px, pxx := c.in[0].f64, c.in[1].f64, c.in[2].f64
		y, yy, xy, today := c.in[3].f64, c.in[4].f64, c.in[5].f64, c.in[6].f64
		dst := c.out[0].f64
		position, all := float64(n), n == 0
		for i := c.lo; i < c.hi; i++ {
			n, x := count[i], px[i]
			covariance := float64(n*xy[i]) - float64(x*y[i])
			spread := float64(n*pxx[i]) - float64(x*x)
			switch kind {
			case slopeOf:
				dst[i] = covariance / spread
			case rsquareOf:
				r := covariance / math.Sqrt(float64(spread*(float64(n*yy[i])-float64(y[i]*y[i]))))
				dst[i] = float64(r * r)
			case residualOf:
				slope := covariance / spread
				if all {
					position = float64(i + 1)
				}
				dst[i] = today[i] - (float64(slope*position) + (y[i]/n - float64(slope*(x/n))))
			}
		}
	}}, sums, sums+1, sums+2, sums+3, sums+4, sums+5, x)
}
