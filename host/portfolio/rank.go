package portfolio

import (
	"cmp"
	"slices"
)

// DenseRanks gives each prediction its rank: 1 is the highest, equal
// predictions share a rank, and no rank is left out.
func DenseRanks(predictions []float64) []int {
	order := make([]int, len(predictions))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(predictions[b], predictions[a]) })
	ranks := make([]int, len(predictions))
	rank := 0
	for k, i := range order {
		if k == 0 || predictions[i] != predictions[order[k-1]] {
			rank++
		}
		ranks[i] = rank
	}
	return ranks
}
