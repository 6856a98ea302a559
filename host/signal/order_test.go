package signal

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"edgesignal/host/portfolio"
)

// Both ways to order a book give what a plain sort gives, whatever part of the
// market it is of.
func TestOrderOf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 60).Draw(t, "market")
		of := rapid.SliceOfN(rapid.SampledFrom([]float64{-2, -1, 0, 0.5, 0.25, 1, 3}), n, n).Draw(t, "predictions")
		var all, series []int32
		for i := range n {
			all = append(all, int32(i))
			if rapid.IntRange(0, rapid.SampledFrom([]int{0, 1, 12}).Draw(t, "sparse")).Draw(t, "in") == 0 {
				series = append(series, int32(i))
			}
		}
		slices.SortStableFunc(all, func(a, b int32) int { return cmp.Compare(of[b], of[a]) })
		predictions := make([]float64, len(series))
		var want []int32
		for k, i := range series {
			predictions[k] = of[i]
			want = append(want, int32(k))
		}
		slices.SortStableFunc(want, func(a, b int32) int { return cmp.Compare(predictions[b], predictions[a]) })
		order := orderOf(all, series, predictions, n)
		require.Len(t, order, len(want))
		for k := range want {
			require.Equal(t, want[k], order[k])
		}
		require.Equal(t, portfolio.DenseRanks(predictions), portfolio.RanksInOrder(order, predictions))
	})
}

func TestASignalHasOneZero(t *testing.T) {
	minus := math.Copysign(0, -1)
	a := &Answer{
		Inputs:  &Inputs{Symbols: []string{"A"}, Predictions: []float64{minus}, Decimals: []string{"0"}, Ranks: []int{1}},
		Weights: []float64{minus}, Order: []int32{0},
	}
	text, err := json.Marshal(a.Signals())
	require.NoError(t, err)
	require.NotContains(t, string(text), "-0")
	require.JSONEq(t, `[{"symbol":"A","predicted_return":0,"rank":1,"target_weight":0}]`, string(text))
}
