package signal

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"edgesignal/host/market"
	"edgesignal/host/portfolio"
)

// benchMarket has n symbols with 100 days of a geometric random walk each.
func benchMarket(n int) *market.Market {
	const days = 100
	random := rand.New(rand.NewPCG(20, 60))
	m := &market.Market{Calendar: make([]market.Date, days)}
	for k := range 11 {
		m.Sectors = append(m.Sectors, fmt.Sprintf("sector %02d", k))
	}
	for i := range n {
		closes := make([]float32, days)
		price := 50.0
		for k := range closes {
			price *= 1 + 0.02*random.NormFloat64()
			closes[k] = float32(price)
		}
		s := from(0, closes...)
		s.Symbol, s.Sector = fmt.Sprintf("S%05d", i), m.Sectors[i%len(m.Sectors)]
		m.Series = append(m.Series, s)
	}
	return m
}

// BenchmarkColumns is one day of each column for 500 symbols, cold; all is
// what a rule that wants every one of them pays.
func BenchmarkColumns(b *testing.B) {
	m := benchMarket(500)
	day := len(m.Calendar) - 1
	members := make([]member, len(m.Series))
	for i, s := range m.Series {
		members[i] = last(s)
	}
	all := []string{}
	for _, c := range portfolio.Columns {
		all = append(all, c.Name)
	}
	run := func(name string, columns []string) {
		b.Run(name, func(b *testing.B) {
			engine := &Engine{Universe: m.Symbols()}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := engine.columns(columns, m, day, members, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	for _, name := range all {
		run(name, []string{name})
	}
	run("all", all)
}
