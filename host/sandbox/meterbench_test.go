package sandbox_test

import (
	"context"
	"encoding/binary"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/tetratelabs/wazero"

	"edgesignal/guest/rules"
	"edgesignal/host/internal/programtest"
)

// measured is a rule of which a benchmark runs rule_construct.
type measured struct {
	name   string
	module []byte
	params string
	column bool                                     // it takes one column beside prediction and rank
	native func(predictions, x []float64) []float64 // the same in Go; nil = there is none
}

func measuredRules(b testing.TB) []measured {
	extra := map[string]bool{rules.InverseVolatility: true, rules.SectorNeutral: true, rules.NoTradeBand: true, rules.TurnoverLimited: true}
	var all []measured
	for _, name := range rules.Names() {
		wasm, ok := rules.Stock(name)
		require.True(b, ok)
		m := measured{name: name, module: wasm, params: "{}", column: extra[name]}
		if name == rules.TopBottom {
			m.params, m.native = `{"top_n":50,"bottom_n":50}`, nativeTopBottom
		}
		all = append(all, m)
	}
	tilt := func(language string, module []byte) {
		all = append(all, measured{"risk_tilt in " + language, module, "{}", true, nativeRiskTilt})
	}
	tilt("C", readFile(b, "..", "..", "guest", "c", "risk_tilt.wasm"))
	tilt("AssemblyScript", readFile(b, "..", "..", "guest", "assemblyscript", "risk_tilt.wasm"))
	tilt("Go", programtest.Guest(b, "../../guest/go"))
	return all
}

// nativeTopBottom returns top_bottom of 50 and 50, by sorting.
func nativeTopBottom(predictions, _ []float64) []float64 {
	order := make([]int, len(predictions))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		switch {
		case predictions[a] > predictions[b]:
			return -1
		case predictions[a] < predictions[b]:
			return 1
		}
		return a - b
	})
	weights := make([]float64, len(predictions))
	for k := range 50 {
		weights[order[k]] += 1.0 / 50
		weights[order[len(order)-1-k]] -= 1.0 / 50
	}
	return weights
}

// nativeRiskTilt returns risk_tilt with its defaults.
func nativeRiskTilt(predictions, volatility []float64) []float64 {
	sum := 0.0
	for _, p := range predictions {
		sum += p - predictions[0]
	}
	mean := sum/float64(len(predictions)) + predictions[0]
	weights := make([]float64, len(predictions))
	gross := 0.0
	for i, p := range predictions {
		weights[i] = (p - mean) / volatility[i]
		gross += math.Abs(weights[i])
	}
	for i := range weights {
		weights[i] /= gross
	}
	return weights
}

// BenchmarkMeteredRun is one call of rule_construct over 500 symbols: plain,
// with fuel, with wazero's deadline checks, and in Go, in turns. calls/s is
// with fuel, on one core.
func BenchmarkMeteredRun(b *testing.B) {
	const n, calls = 500, 16
	predictions, x := shuffled(n), shuffled(n)
	for i := range x {
		x[i] = 0.01 + math.Abs(x[i])
	}
	for _, m := range measuredRules(b) {
		b.Run(m.name, func(b *testing.B) {
			config := wazero.NewRuntimeConfig()
			ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
			defer cancel()
			columns := [][]float64{predictions, x}
			if m.column {
				columns = append(columns, x)
			}
			runs := []*run{
				newRun(start(b, config, m.module), m.params, columns),
				newRun(start(b, config, meter(b, m.module).Module), m.params, columns),
				newRun(start(b, config.WithCloseOnContextDone(true), m.module), m.params, columns),
			}
			var native []float64
			for b.Loop() {
				for _, r := range runs {
					r.round(ctx, b, calls)
				}
				if m.native != nil {
					begin := time.Now()
					for range calls {
						m.native(predictions, x)
					}
					native = append(native, micros(begin, calls))
				}
			}
			plain, fuel := median(runs[0].took), median(runs[1].took)
			b.ReportMetric(plain, "plain-µs")
			b.ReportMetric(fuel, "fuel-µs")
			b.ReportMetric(median(runs[2].took), "checks-µs")
			if native != nil {
				b.ReportMetric(median(native), "native-µs")
			}
			b.ReportMetric(fuel/plain, "fuel/plain")
			b.ReportMetric(float64(plenty-runs[1].fuel.Get()), "units/call")
			b.ReportMetric(1e6/fuel, "calls/s")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// run is an instance that is called again and again.
type run struct {
	*instance
	input []byte
	args  []uint64
	took  []float64 // µs a call, one a round
}

func newRun(i *instance, params string, columns [][]float64) *run {
	r := &run{instance: i}
	at := i.call("rule_alloc", uint64(len(params)))
	i.Memory().WriteString(uint32(at), params)
	i.call("rule_configure", at, uint64(len(params)))
	for _, column := range columns {
		for _, v := range column {
			r.input = binary.LittleEndian.AppendUint64(r.input, math.Float64bits(v))
		}
	}
	n := uint64(len(columns[0]))
	r.args = []uint64{n, uint64(len(columns)), i.call("rule_alloc", uint64(len(r.input))), i.call("rule_alloc", 8*n)}
	return r
}

func (r *run) round(ctx context.Context, b *testing.B, calls int) {
	f := r.ExportedFunction("rule_construct")
	begin := time.Now()
	for range calls {
		if r.fuel != nil {
			r.fuel.Set(plenty)
		}
		r.Memory().Write(uint32(r.args[2]), r.input) // a rule may use it as scratch
		status, err := f.Call(ctx, r.args...)
		if err != nil || status[0] != 0 {
			b.Fatal(status, err)
		}
	}
	r.took = append(r.took, micros(begin, calls))
}

func micros(begin time.Time, calls int) float64 {
	return float64(time.Since(begin).Nanoseconds()) / 1000 / float64(calls)
}

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}
