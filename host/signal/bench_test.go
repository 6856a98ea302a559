package signal

import (
	"testing"

	"edgesignal/host/internal/demotest"
	"edgesignal/host/portfolio"
	"edgesignal/host/score"
)

// BenchmarkColumns is one day of each column for 500 symbols, cold; all is
// what a rule that wants every one of them pays.
func BenchmarkColumns(b *testing.B) {
	m := demotest.RandomMarket(500, 100)
	day := len(m.Calendar) - 1
	series := make([]int32, len(m.Series))
	for i := range series {
		series[i] = int32(i)
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
				if _, err := engine.columns(b.Context(), columns, dayOf{market: m, day: day, gaps: make([]score.Gap, len(m.Series))}, series, nil); err != nil {
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
