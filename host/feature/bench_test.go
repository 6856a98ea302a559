package feature

import (
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/market"
)

// walks returns so many symbols with days of plausible bars.
func walks(symbols, days int) *market.Market {
	m := &market.Market{Calendar: make([]market.Date, days)}
	for i := range m.Calendar {
		m.Calendar[i] = market.Date(i)
	}
	for k := range symbols {
		r := rand.New(rand.NewPCG(uint64(k), 158))
		price := 20 + 200*r.Float64()
		s := &market.Series{Symbol: fmt.Sprintf("S%03d", k)}
		for range days {
			open := price * (1 + 0.004*r.NormFloat64())
			price *= 1 + 0.02*r.NormFloat64()
			s.Open, s.Close = append(s.Open, float32(open)), append(s.Close, float32(price))
			s.High = append(s.High, float32(max(open, price)*(1+0.01*r.Float64())))
			s.Low = append(s.Low, float32(min(open, price)*(1-0.01*r.Float64())))
			s.Volume = append(s.Volume, float32(int(5e6*(0.3+r.ExpFloat64()))))
		}
		m.Series = append(m.Series, s)
	}
	m.Arrange()
	return m
}

// BenchmarkKept is what the history of Alpha158 costs: the pass over ten years of 100
// symbols, the same for one more day, and the columns of the newest day and of one far from
// a checkpoint, on one core.
func BenchmarkKept(b *testing.B) {
	const symbols, days = 100, 2500
	m := walks(symbols, days)
	set, _ := BuiltIn("alpha158")
	p, err := Compile(set, Serving)
	require.NoError(b, err)
	before, err := p.Keep(b.Context(), until(m, days-1), nil, 1)
	require.NoError(b, err)
	kept, err := p.Keep(b.Context(), m, before, 1)
	require.NoError(b, err)
	all := make([]int, symbols)
	for i := range all {
		all[i] = i
	}
	for name, work := range map[string]func() error{
		"pass":       func() error { _, err := p.Keep(b.Context(), m, nil, 1); return err },
		"one more":   func() error { _, err := p.Keep(b.Context(), m, before, 1); return err },
		"newest day": func() error { _, err := kept.Day(b.Context(), all, days-1, 1); return err },
		"past day":   func() error { _, err := kept.Day(b.Context(), all, 9*every-1, 1); return err },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			start := cpu(b)
			for b.Loop() {
				require.NoError(b, work())
			}
			b.ReportMetric(float64((cpu(b)-start).Microseconds())/float64(b.N*symbols), "cpu-us/symbol")
			b.ReportMetric(float64(kept.Bytes())/symbols, "kept-bytes/symbol")
		})
	}
}

// cpu returns the time that this process had a core.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
