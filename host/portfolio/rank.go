package portfolio

import (
	"cmp"
	"slices"
)

// DenseRanks returns the rank of each prediction: 1 is the highest, equal
// predictions share a rank, and no rank is left out.
func DenseRanks(predictions []float64) []int {
	order := make([]int32, len(predictions))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Compare(predictions[b], predictions[a]) })
	return RanksInOrder(order, predictions)
}

// RanksInOrder returns what DenseRanks does, from the positions in descending order
// of their predictions.
func RanksInOrder(order []int32, predictions []float64) []int {
	ranks := make([]int, len(order))
	rank := 0
	for k, i := range order {
		if k == 0 || predictions[i] != predictions[order[k-1]] {
			rank++
		}
		ranks[i] = rank
	}
	return ranks
}
