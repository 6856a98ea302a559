package signal

import (
	"math"
	"testing"
)

func TestSector(t *testing.T) {
	names := []string{"Energy", "Financials", "energy"}
	for _, tc := range []struct {
		name, sector string
		names        []string
		want         float64
	}{
		{"the first", "Energy", names, 0},
		{"the second", "Financials", names, 1},
		{"another case is another name", "energy", names, 2},
		{"unknown", "", names, math.NaN()},
		{"not in the list", "Tech", names, math.NaN()},
		{"no symbols.csv", "", nil, math.NaN()},
	} {
		t.Run(tc.name, func(t *testing.T) {
			requireBits(t, tc.want, sector(tc.names, tc.sector))
		})
	}
}
