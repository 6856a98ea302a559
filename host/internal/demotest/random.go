package demotest

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"edgesignal/host/market"
)

// RandomMarket has n symbols, S00000 and so on in eleven sectors, with a
// geometric random walk of so many days each, the same every time.
func RandomMarket(n, days int) *market.Market {
	random := rand.New(rand.NewPCG(20, 60))
	m := &market.Market{Revision: strings.Repeat("5", 64), Calendar: make([]market.Date, days)}
	for i := range m.Calendar {
		m.Calendar[i] = market.Date(18_000 + i)
	}
	for k := range 11 {
		m.Sectors = append(m.Sectors, fmt.Sprintf("sector %02d", k))
	}
	for i := range n {
		s := &market.Series{Symbol: fmt.Sprintf("S%05d", i), Sector: m.Sectors[i%len(m.Sectors)]}
		columns := []*[]float32{&s.Open, &s.High, &s.Low, &s.Close, &s.Volume}
		for _, c := range columns {
			*c = make([]float32, days)
		}
		price := 50.0
		for k := range days {
			open := price
			price *= 1 + 0.02*random.NormFloat64()
			high, low := max(open, price)*(1+0.005*random.Float64()), min(open, price)*(1-0.005*random.Float64())
			for j, v := range []float64{open, high, low, price, 1e6 * (0.5 + random.Float64())} {
				(*columns[j])[k] = float32(v)
			}
		}
		m.Series = append(m.Series, s)
	}
	m.Arrange()
	return m
}
