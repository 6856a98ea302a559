package rules_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/guest/rules"
)

// BenchmarkRules is one book of each rule with its defaults, ranks and limits
// included: over a universe as people trade it, and over the largest there can be.
func BenchmarkRules(b *testing.B) {
	for _, name := range rules.Names() {
		for _, n := range []int{500, 20_000} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				m := module(b, name)
				predictions := shape(n, func(i int) float64 { return float64(i*7919%n) / 1e5 })
				columns := largeColumns(n)
				for b.Loop() {
					_, err := construct(m, input{predictions: predictions, columns: columns})
					require.NoError(b, err)
				}
			})
		}
	}
}
