package model

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The bits that tell a zero are those of the threshold that LightGBM has.
func TestZeroBits(t *testing.T) {
	require.Equal(t, math.Float64bits(zeroThreshold), uint64(zeroBits))
	require.False(t, plain(zeroThreshold))
	require.True(t, plain(-math.Nextafter(zeroThreshold, 1)))
	require.True(t, plain(math.Inf(-1)))
	require.False(t, plain(math.NaN()))
	require.False(t, plain(math.Float64frombits(infinityBits+1)), "the least NaN")
	require.False(t, plain(math.Copysign(math.NaN(), -1)))
}

func TestWhichModelsAreEvaluatedByBatch(t *testing.T) {
	byCategory := map[string]bool{"cat_low_onehot": true, "cat_mixed": true, "v2_categorical": true}
	for _, g := range goldens(t) {
		if g.expect != "predict" {
			continue
		}
		want := Evaluator{Name: EvaluatorBatch}
		if byCategory[g.model] {
			want = Evaluator{Name: EvaluatorLeaves, Reason: "it splits by category"}
		}
		if strings.HasPrefix(g.model, "linear_") {
			want = Evaluator{Name: EvaluatorLinear, Reason: "it has linear trees"}
		}
		require.Equal(t, want, load(t, readModel(t, g.model)).Evaluator(), g.model)
	}
}

var batchSizes = []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 14, 63, 64, 500}

func TestBatchEqualsLeaves(t *testing.T) {
	for _, g := range goldens(t) {
		if g.expect != "predict" || strings.HasPrefix(g.model, "linear_") {
			continue
		}
		t.Run(g.model, func(t *testing.T) {
			rows, width := readMatrix(t, g.rows)
			requireLeaves(t, load(t, readModel(t, g.model)), rows, width)
		})
	}
}

// Trees of other shapes than LightGBM's objectives give: every way of missing
// values, every number of trees beside four.
func TestBatchEqualsLeavesOnGrownTrees(t *testing.T) {
	r := rand.New(rand.NewPCG(158, 8))
	for _, c := range []struct{ width, trees, leaves int }{
		{1, 1, 1}, {1, 1, 2}, {1, 2, 3}, {2, 3, 5}, {3, 4, 8}, {3, 5, 31}, {200, 7, 64}, {10, 9, 500},
	} {
		t.Run(fmt.Sprintf("%d columns, %d trees of %d leaves", c.width, c.trees, c.leaves), func(t *testing.T) {
			f := grown(r, c.width, c.trees, c.leaves)
			e, err := newByLeaves(f)
			require.NoError(t, err)
			b, err := newFlat(f)
			m := newModel(f, e, b, err)
			require.Equal(t, Evaluator{Name: EvaluatorBatch}, m.Evaluator())
			rows := append(randomRows(r, 300, c.width), probeRows(f, b.steps())...)
			requireLeaves(t, m, rows, c.width)
		})
	}
}

// requireLeaves requires the bits of leaves for rows in batches of every size,
// as float64 and as float32.
func requireLeaves(t testing.TB, m *Model, rows []float64, width int) {
	t.Helper()
	alone := m.onLeaves("a test")
	require.Equal(t, Evaluator{Name: EvaluatorLeaves, Reason: "a test"}, alone.Evaluator())
	for len(rows) < batchSizes[len(batchSizes)-1]*width {
		rows = append(rows[:len(rows):len(rows)], rows...)
	}
	for _, n := range batchSizes {
		given := append([]float64(nil), rows[:n*width]...)
		want, got := make([]float64, n), make([]float64, n)
		require.NoError(t, alone.Raw(want, given))
		require.NoError(t, m.Raw(got, given))
		requireBits(t, want, got)
		requireBits(t, rows[:n*width], given)
		require.NoError(t, alone.Predict(want, given))
		require.NoError(t, m.Predict(got, given))
		requireBits(t, want, got)

		narrow := make([]float32, len(given))
		for i, x := range given {
			narrow[i] = float32(x)
			given[i] = float64(narrow[i])
		}
		require.NoError(t, alone.Predict(want, given))
		for _, on := range []*Model{m, alone} {
			require.NoError(t, on.PredictFloat32(got, narrow))
			requireBits(t, want, got)
		}
	}
}

// grown returns a model as LightGBM grows them, leaf by leaf, with thresholds among
// the values of randomRows and every way of missing values.
func grown(r *rand.Rand, width, trees, leaves int) *forest {
	f := &forest{header: header{width: width}, trees: make([]tree, trees)}
	for i := range f.trees {
		t := tree{nodes: make([]node, leaves-1), leaves: make([]float64, leaves)}
		holder := make([]*int32, leaves) // where each leaf hangs
		for j := range t.nodes {
			split := 0
			if j > 0 {
				split = r.IntN(j + 1)
				*holder[split] = int32(j)
			}
			n := &t.nodes[j]
			*n = node{
				feature: uint32(r.IntN(width)), threshold: math.Round(r.NormFloat64()*8) / 8,
				decision: uint8(r.IntN(3)<<missingShift | r.IntN(2)*defaultLeftBit), left: int32(^split), right: int32(^(j + 1)),
			}
			holder[split], holder[j+1] = &n.left, &n.right
		}
		for j := range t.leaves {
			t.leaves[j] = r.NormFloat64()
		}
		f.trees[i] = t
	}
	return f
}

// randomRows returns normal values, some of them on a threshold of grown trees,
// and a few awkward ones.
func randomRows(r *rand.Rand, n, width int) []float64 {
	rows := make([]float64, n*width)
	for i := range rows {
		switch r.IntN(20) {
		case 0:
			rows[i] = probeValues[r.IntN(len(probeValues))]
		case 1:
			rows[i] = math.Round(r.NormFloat64()*8) / 8
		default:
			rows[i] = r.NormFloat64()
		}
	}
	return rows
}
