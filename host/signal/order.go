package signal

import (
	"cmp"
	"slices"
)

// orderOf returns the positions of a book's symbols by prediction, the highest
// first, equal ones by symbol. series are their series, ascending, of the
// market's n; all is the order of every series of the market. Predictions are
// finite.
func orderOf(all, series []int32, predictions []float64, n int) []int32 {
	order := make([]int32, 0, len(series))
	if len(series)*8 < len(all) {
		for k := range series {
			order = append(order, int32(k))
		}
		slices.SortFunc(order, func(a, b int32) int {
			return cmp.Or(cmp.Compare(predictions[b], predictions[a]), cmp.Compare(a, b))
		})
		return order
	}
	// Sorting most of a market takes longer than walking all of it.
	place := make([]int32, n) // of a series, 1 = the first; 0 = it is not in the book
	for k, i := range series {
		place[i] = int32(k) + 1
	}
	for _, i := range all {
		if p := place[i]; p > 0 {
			order = append(order, p-1)
		}
	}
	return order
}
