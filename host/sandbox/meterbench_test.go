package sandbox_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/tetratelabs/wazero"
)

// One call of each guest over 500 symbols: plain, with fuel, and with
// wazero's deadline checks, in turns.
func BenchmarkMeteredRun(b *testing.B) {
	const n = 500
	for name, module := range guests(b) {
		params := "{}"
		if name == "C" {
			params = `{"top_n":50,"bottom_n":50}`
		}
		b.Run(name, func(b *testing.B) {
			config := wazero.NewRuntimeConfig()
			runs := []struct {
				unit string
				*instance
				took []float64
			}{
				{unit: "plain-µs", instance: start(b, config, module)},
				{unit: "fuel-µs", instance: start(b, config, meter(b, module).Module)},
				{unit: "checks-µs", instance: start(b, config.WithCloseOnContextDone(true), module)},
			}
			const calls = 32
			ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
			defer cancel()
			var args [3][]uint64
			for r := range runs {
				i := &runs[r]
				i.construct(params, shuffled(n))
				args[r] = []uint64{n, 1, i.floats(shuffled(n)), i.floats(shuffled(n))}
			}
			rounds := 0
			for b.Loop() {
				rounds++
				for r := range runs {
					i := &runs[r]
					f := i.ExportedFunction("rule_construct")
					begin := time.Now()
					for range calls {
						if i.fuel != nil {
							i.fuel.Set(plenty)
						}
						if _, err := f.Call(ctx, args[r]...); err != nil {
							b.Fatal(err)
						}
					}
					i.took = append(i.took, float64(time.Since(begin).Nanoseconds())/1000/calls)
				}
			}
			var medians [3]float64
			for r := range runs {
				slices.Sort(runs[r].took)
				medians[r] = runs[r].took[len(runs[r].took)/2]
				b.ReportMetric(medians[r], runs[r].unit)
			}
			b.ReportMetric(medians[1]/medians[0], "fuel/plain")
			b.ReportMetric(float64(plenty-runs[1].fuel.Get()), "units/call")
			b.ReportMetric(0, "ns/op")
		})
	}
}
