package alpha158

import (
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/market"
)

// walk returns n days of a plausible stock: a geometric random walk with volumes of millions.
func walk(seed uint64, n int) market.Columns {
	r := rand.New(rand.NewPCG(seed, 158))
	c := market.Columns{
		Open: make([]float32, n), High: make([]float32, n), Low: make([]float32, n),
		Close: make([]float32, n), Volume: make([]float32, n),
	}
	price := 20 + 200*r.Float64()
	for i := range n {
		open := price * (1 + 0.004*r.NormFloat64())
		price *= 1 + 0.02*r.NormFloat64()
		c.Open[i], c.Close[i] = float32(open), float32(price)
		c.High[i] = float32(max(open, price) * (1 + 0.01*r.Float64()))
		c.Low[i] = float32(min(open, price) * (1 - 0.01*r.Float64()))
		c.Volume[i] = float32(int(5e6 * (0.3 + r.ExpFloat64())))
	}
	return c
}

// BenchmarkLast is one day of a universe, cold: each symbol's features from its last 61 rows.
func BenchmarkLast(b *testing.B) {
	for _, symbols := range []int{1, 30, 500} {
		b.Run(fmt.Sprintf("symbols=%d", symbols), func(b *testing.B) {
			universe := make([]market.Columns, symbols)
			for i := range universe {
				universe[i] = walk(uint64(i), 100)
			}
			dst := make([]float32, symbols*Width)
			b.ReportAllocs()
			before := cpu(b)
			for b.Loop() {
				for i, c := range universe {
					Last(dst[i*Width:(i+1)*Width], c)
				}
			}
			b.ReportMetric(float64((cpu(b)-before).Nanoseconds())/float64(b.N*symbols), "cpu-ns/row")
		})
	}
}

// BenchmarkHistory is ten years of a symbol, 20 of the 500 that the full
// history is measured with: rolling, and a window at a time beside it.
func BenchmarkHistory(b *testing.B) {
	const symbols, rows = 20, 2500
	universe := make([]market.Columns, symbols)
	for i := range universe {
		universe[i] = walk(uint64(i), rows)
	}
	dst := make([]float32, rows*Width)
	for name, history := range map[string]func(dst []float32, c market.Columns, from, to int){
		"rolling":          History,
		"window at a time": func(dst []float32, c market.Columns, from, to int) { windowAtATime(dst, &c, from, to) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			before := cpu(b)
			for b.Loop() {
				for _, c := range universe {
					history(dst, c, 0, rows)
				}
			}
			b.ReportMetric(float64((cpu(b)-before).Nanoseconds())/float64(b.N*symbols*rows), "cpu-ns/row")
		})
	}
}

// cpu returns the time that this process had a core: on a shared machine it says
// more than the clock.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
