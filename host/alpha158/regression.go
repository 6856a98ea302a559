package alpha158

import "math"

// flat is the standard deviation at and below which RSQR, CORR and CORD are
// NaN. It is absolute: Qlib asks np.isclose(std, 0, atol=2e-05).
const flat = 2e-05

// regression computes the features of a straight line through the closes of
// the window, against their position 1..N, today at N. Slope and residual are
// float64 over the float32 close.
//
//	BETA  Slope($close,N)/$close
//	RSQR  Rsquare($close,N), NaN where Std($close,N) <= 2e-5
//	RESI  Resi($close,N)/$close
func (f *frame) regression(dst []float32, i int) {
	for w, n := range windows {
		f.putRegression(dst, i, w, fit(tail(f.bars.Close, i, n), n), stdOf(tail(f.close[:], i, n)))
	}
}

// putRegression puts the features of window w, from its line and the standard deviation of its closes.
func (f *frame) putRegression(dst []float32, i, w int, l line, std float64) {
	price := float64(f.bars.Close[i])
	put(&dst[atBETA+w], l.slope()/price)
	put(&dst[atRESI+w], l.residual(price)/price)
	rsquare := l.rsquare()
	if std <= flat {
		rsquare = nan64
	}
	put(&dst[atRSQR+w], rsquare)
}

// line holds the sums of a least squares line through a window, in float64.
type line struct {
	window     float64
	n          float64 // values that are not NaN
	x, y       float64 // sums of positions and of values
	xx, xy, yy float64 // sums of their products
}

// fit takes the sums over the non-NaN values of a window, the last of which
// has position window. Source: Qlib's Slope, Rsquare and Resi (rolling.pyx),
// which weigh each new value with the window's length and take one off every
// earlier weight. These three alone do not turn an infinity into NaN: a window
// that holds one has no slope, fit or residual.
func fit(values []float32, window int) line {
	l := line{window: float64(window)}
	position := l.window - float64(len(values))
	for _, v32 := range values {
		position++
		l.xy -= l.y
		if v32 != v32 {
			continue
		}
		v := float64(v32)
		l.n++
		l.x += position
		l.xx += float64(position * position)
		l.y += v
		l.yy += float64(v * v)
		l.xy += float64(l.window * v)
	}
	return l
}

// covariance returns n*n times the covariance of position and value.
func (l *line) covariance() float64 { return float64(l.n*l.xy) - float64(l.x*l.y) }

// spread returns n*n times the variance of the positions.
func (l *line) spread() float64 { return float64(l.n*l.xx) - float64(l.x*l.x) }

// slope returns Qlib's Slope: (n*Sxy-Sx*Sy)/(n*Sxx-Sx*Sx), 0/0 = NaN for a single value.
func (l *line) slope() float64 { return l.covariance() / l.spread() }

// rsquare returns Qlib's Rsquare without its mask: the square of
// (n*Sxy-Sx*Sy)/sqrt((n*Sxx-Sx*Sx)*(n*Syy-Sy*Sy)). Rounding can take it slightly over 1.
func (l *line) rsquare() float64 {
	r := l.covariance() / math.Sqrt(float64(l.spread()*(float64(l.n*l.yy)-float64(l.y*l.y))))
	return float64(r * r)
}

// residual returns Qlib's Resi: today's value less the line's value at today's
// position, NaN if today is NaN.
func (l *line) residual(today float64) float64 {
	slope := l.slope()
	intercept := l.y/l.n - float64(slope*(l.x/l.n))
	return today - (float64(slope*l.window) + intercept)
}
