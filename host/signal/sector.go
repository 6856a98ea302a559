package signal

import (
	"math"
	"slices"
)

// sector returns the number of a sector: its place, from 0, among the names that
// symbols.csv has, in ascending order of their bytes. NaN when the symbol's
// sector is unknown.
//
// A number says which symbols share a sector and nothing else. It holds for
// one market revision: a name that comes or goes in symbols.csv moves those
// after it.
func sector(names []string, name string) float64 {
	i, known := slices.BinarySearch(names, name)
	if !known {
		return math.NaN()
	}
	return float64(i)
}
