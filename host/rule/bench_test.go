package rule

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/guest/rules"
)

func BenchmarkConstruct(b *testing.B) {
	for _, n := range []int{5, 500, 3000} {
		for _, k := range []int{3, n / 2} {
			b.Run(fmt.Sprintf("n=%d/k=%d", n, k), func(b *testing.B) {
				m := topBottom(b)
				predictions := make([]float64, n)
				for i := range predictions {
					predictions[i] = float64(i*7919%n) / float64(n)
				}
				in := over(predictions...)
				in.Params = parsed(b, counts(k, k))
				b.ReportAllocs()
				for b.Loop() {
					_, err := m.Construct(b.Context(), in)
					require.NoError(b, err)
				}
			})
		}
	}
}

func BenchmarkConstructParallel(b *testing.B) {
	m := topBottom(b)
	in := over(make([]float64, 500)...)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := m.Construct(b.Context(), in); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

// Parameters that change with each call, as POST requests bring them.
func BenchmarkConstructOtherParams(b *testing.B) {
	m := topBottom(b)
	in := over(make([]float64, 5)...)
	b.ReportAllocs()
	for k := 0; b.Loop(); k++ {
		in.Params = parsed(b, counts(k%3, 3))
		_, err := m.Construct(b.Context(), in)
		require.NoError(b, err)
	}
}

// What a request's parameters cost: read, laid over the release's, checked.
func BenchmarkParams(b *testing.B) {
	m := topBottom(b)
	own := parsed(b, counts(3, 3))
	b.ReportAllocs()
	for b.Loop() {
		p, err := own.With(parsed(b, `{"top_n":2}`))
		require.NoError(b, err)
		_, err = m.Accept(p)
		require.NoError(b, err)
	}
}

func BenchmarkCompile(b *testing.B) {
	wasm := stock(b, rules.TopBottom)
	b.ReportAllocs()
	for b.Loop() {
		m, err := Compile(b.Context(), wasm, Options{})
		require.NoError(b, err)
		require.NoError(b, m.Close())
	}
}
