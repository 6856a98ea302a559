package expr

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// universe returns so many symbols with days of plausible bars: geometric random walks
// with volumes of millions.
func universe(symbols, days int) *bars {
	b := &bars{calendar: make([]string, days), first: map[string]int{}, columns: map[string]map[string][]float32{}}
	for k := range symbols {
		r := rand.New(rand.NewPCG(uint64(k), 158))
		price := 20 + 200*r.Float64()
		columns := map[string][]float32{}
		for range days {
			open := price * (1 + 0.004*r.NormFloat64())
			price *= 1 + 0.02*r.NormFloat64()
			for field, v := range map[string]float64{
				"open": open, "close": price,
				"high": max(open, price) * (1 + 0.01*r.Float64()), "low": min(open, price) * (1 - 0.01*r.Float64()),
				"volume": float64(int(5e6 * (0.3 + r.ExpFloat64()))), "vwap": (open + price) / 2,
			} {
				columns[field] = append(columns[field], float32(v))
			}
		}
		symbol := fmt.Sprintf("S%03d", k)
		b.symbols, b.columns[symbol] = append(b.symbols, symbol), columns
	}
	return b
}

// alpha158Fields are the built-in set's, of the golden data.
func alpha158Fields(t testing.TB) []Field {
	return slices.DeleteFunc(goldenFields(t, "alpha_expressions.csv"), func(f Field) bool {
		return f.Name != "VWAP0" && slices.Contains([]string{"CLOSE", "OPEN5", "HIGH5", "VWAP", "VOLUM"}, f.Name[:min(5, len(f.Name))])
	})[:158]
}

// BenchmarkHistory is ten years of a symbol.
func BenchmarkHistory(b *testing.B) {
	const symbols, days = 20, 2500
	for _, numerics := range []Numerics{Pandas2, Pandas3} {
		b.Run(fmt.Sprintf("pandas%d", numerics+2), func(b *testing.B) {
			source := universe(symbols, days)
			p, err := Compile(alpha158Fields(b), Options{Numerics: numerics})
			require.NoError(b, err)
			e := NewEvaluator(p)
			dst := make([]float32, p.Width()*days)
			b.ReportAllocs()
			before := cpu(b)
			for b.Loop() {
				for _, s := range source.symbols {
					require.NoError(b, e.History(dst, source, s, days, 0, days))
				}
			}
			b.ReportMetric(float64((cpu(b)-before).Nanoseconds())/float64(b.N*symbols*days), "cpu-ns/row")
		})
	}
}

// BenchmarkDay is the newest day of 500 symbols x 158 expressions.
func BenchmarkDay(b *testing.B) {
	const symbols, days = 500, 300
	source := universe(symbols, days)
	p, err := Compile(alpha158Fields(b), Options{Numerics: Pandas3})
	require.NoError(b, err)
	e := NewEvaluator(p)
	dst := make([]float32, p.Width())
	kept := map[string]*Checkpoint{}
	for _, s := range source.symbols {
		c, _, err := e.Pass(source, s, days, nil, []int{days - 1})
		require.NoError(b, err)
		kept[s] = c[0]
	}
	for name, day := range map[string]func(symbol string) error{
		"window":     func(symbol string) error { return e.Day(dst, source, symbol, days-1) },
		"checkpoint": func(symbol string) error { return e.From(kept[symbol], dst, source, symbol, days-1, days) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			before := cpu(b)
			for b.Loop() {
				for _, s := range source.symbols {
					require.NoError(b, day(s))
				}
			}
			b.ReportMetric(float64((cpu(b)-before).Microseconds())/float64(b.N)/1000, "cpu-ms/day")
		})
	}
	b.ReportMetric(float64(p.Bytes()), "checkpoint-bytes")
}

// BenchmarkCompile is what a release's expressions cost once.
func BenchmarkCompile(b *testing.B) {
	fields := alpha158Fields(b)
	b.ReportAllocs()
	for b.Loop() {
		_, err := Compile(fields, Options{})
		require.NoError(b, err)
	}
}

// cpu returns the time that this process had a core: on a shared machine it says
// more than the clock.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
