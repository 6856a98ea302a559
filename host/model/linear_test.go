package model

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"edgesignal/host/release"
)

// linearText is a model of one tree of three linear leaves over two columns:
// no term, one, two.
const linearText = `tree
version=v4
num_class=1
num_tree_per_iteration=1
label_index=0
max_feature_idx=1
objective=regression
feature_names=a b
feature_infos=[0:1] [0:1]
tree_sizes=0

Tree=0
num_leaves=3
num_cat=0
split_feature=0 0
threshold=0 1
decision_type=10 10
left_child=-1 -2
right_child=1 -3
leaf_value=1 2 4
is_linear=1
leaf_const=8 0.5 -0.25
num_features=0 1 2
leaf_features= 1  0 1  
leaf_coeff= 3  0.1 -0.7  
shrinkage=1


end of trees
`

func linearModel(t testing.TB) document { return takeApart(t, []byte(linearText)) }

func TestLinearLeaves(t *testing.T) {
	m := load(t, linearModel(t).text())
	require.Equal(t, Evaluator{Name: EvaluatorLinear, Reason: "it has linear trees"}, m.Evaluator())
	require.Same(t, m, m.Hold(make([]float64, 4)), "there is nothing to hold it against")
	nan, inf := math.NaN(), math.Inf(1)
	third := func(a, b float64) float64 { // -0.25 + 0.1*a - 0.7*b with LightGBM's roundings
		sum := -0.25 + float64(0.1*a)
		return sum + float64(-0.7*b)
	}
	for _, c := range []struct {
		name       string
		a, b, want float64
	}{
		{"a leaf without terms", -1, nan, 8},
		{"one term", 0.5, 2, 6.5},
		{"a missing value of another column", nan, 2, 8}, // the default way, left
		{"a missing value of the leaf's column", 0.5, nan, 2},
		{"two terms", 3, 1.1, third(3, 1.1)},
		{"any missing value", 3, nan, 4},
		{"infinite", 3, inf, -inf},
		{"infinite twice", inf, inf, nan},
		{"as good as zero", 0.5, zeroThreshold, 0.5},
		{"just above zero", 0.5, math.Nextafter(zeroThreshold, 1), 0.5 + 3*math.Nextafter(zeroThreshold, 1)},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := make([]float64, 1)
			require.NoError(t, m.Predict(got, []float64{c.a, c.b}))
			requireBits(t, []float64{c.want}, got)
		})
	}
}

func TestRefusedLinearTrees(t *testing.T) {
	for _, c := range []struct{ name, key, value, words string }{
		{"too few constants", "leaf_const", "1 2", "leaf_const has 2 values, want 3"},
		{"infinite constant", "leaf_const", "1 2 inf", "leaf_const[2] is not a finite number"},
		{"too few counts", "num_features", "0 3", "num_features has 2 values, want 3"},
		{"negative count", "num_features", "0 -1 2", "num_features[1] is not the number of terms"},
		{"a count that overflows", "num_features", "0 2147483647 2147483647", "num_features[1] is not the number of terms"},
		{"more terms than there are", "num_features", "0 1 3", "leaf_features of leaf 2"},
		{"fewer terms than there are", "num_features", "0 1 1", "leaf_features of leaf 2: want 1 values and two spaces"},
		{"no terms", "num_features", "0 0 0", "leaf_features of leaf 1: want 0 values"},
		{"a column beyond the last", "leaf_features", " 2  0 1  ", "leaf_features of leaf 1 is not a column"},
		{"a negative column", "leaf_features", " -1  0 1  ", "leaf_features of leaf 1 is not a column"},
		{"values without their spaces", "leaf_features", "1 0 1", "leaf_features of leaf 0: want 0 values"},
		{"values after the last", "leaf_features", " 1  0 1  1", "more values than num_features"},
		{"a coefficient that is none", "leaf_coeff", " 3  nan 1  ", "leaf_coeff of leaf 2 is not a finite number"},
		{"a coefficient too few", "leaf_coeff", " 3  1  ", "leaf_coeff of leaf 2 is not a finite number"},
		{"an infinite coefficient", "leaf_coeff", " inf  1 1  ", "leaf_coeff of leaf 1 is not a finite number"},
	} {
		t.Run(c.name, func(t *testing.T) {
			requireRefused(t, linearModel(t).set(t, 0, c.key, c.value).text(), release.ModelMalformed, c.words)
		})
	}
	for _, key := range []string{"leaf_const", "num_features", "leaf_features", "leaf_coeff"} {
		d := linearModel(t)
		d.trees[0] = strings.Replace(d.trees[0], key+"=", "shrinkage=", 1)
		d.trees[0] = strings.Replace(d.trees[0], "shrinkage=1\n", "", 1)
		requireRefused(t, d.text(), release.ModelMalformed, "no "+key)
	}
}

// What a row costs counts the terms of its leaves, so that no model of wide
// leaves makes a prediction slow.
func TestTooManyTerms(t *testing.T) {
	const terms, trees = 4000, 33
	d := linearModel(t)
	tree := strings.Replace(d.trees[0], "num_features=0 1 2", fmt.Sprintf("num_features=0 0 %d", terms), 1)
	tree = strings.Replace(tree, "leaf_features= 1  0 1  ", "leaf_features=  "+strings.Repeat("0 ", terms)+" ", 1)
	tree = strings.Replace(tree, "leaf_coeff= 3  0.1 -0.7  ", "leaf_coeff=  "+strings.Repeat("1 ", terms)+" ", 1)
	d.trees = nil
	for i := range trees {
		d.trees = append(d.trees, treeNumber.ReplaceAllString(tree, fmt.Sprint("Tree=", i)))
	}
	requireRefused(t, d.text(), release.ModelUnsupported, "a row may pass 132099 splits and terms of linear leaves")
	load(t, d.first(trees-1).text())
}

// The walk of linear trees reaches the leaves that the other evaluators reach,
// whatever the trees and the rows; and hold tells where it does not.
func TestRowwiseReachesTheLeavesOfLeaves(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		width := rapid.IntRange(1, 5).Draw(rt, "width")
		byCategory := rapid.SliceOfN(rapid.Bool(), width, width).Draw(rt, "categorical")
		f, err := parse(drawModel(rt, width, byCategory))
		require.NoError(rt, err)
		e, err := newByLeaves(f)
		require.NoError(rt, err)
		r := newRowwise(f)
		rows := make([]float64, 20*width)
		for i := range rows {
			rows[i] = drawValue(rt)
		}
		plain := func(dst, rows []float64) { sumRowwise(r, dst, rows, plainLeaf) }
		require.NoError(rt, hold(plain, e, rows))
		off := func(dst, rows []float64) { plain(dst, rows); dst[0]++ }
		require.ErrorContains(rt, hold(off, e, rows), "row 0 of those that it was tried on")
	})
}
