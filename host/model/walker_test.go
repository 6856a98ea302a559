package model

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// decide returns one split as LightGBM's Tree::Decision has it, written for reading.
func (t *tree) decide(n *node, x float64) (left bool) {
	const none, zero, nan = 0, 1, 2
	missing := n.decision >> missingShift & missingMask
	defaultLeft := n.decision&defaultLeftBit != 0
	if n.categorical() {
		if math.IsNaN(x) || math.Trunc(x) < 0 || math.Trunc(x) > math.MaxInt32 {
			return false
		}
		set := t.setWords[t.setBounds[int(n.threshold)]:t.setBounds[int(n.threshold)+1]]
		c := int(x)
		return c/32 < len(set) && set[c/32]>>(c%32)&1 == 1
	}
	if math.IsNaN(x) && missing != nan {
		x = 0
	}
	if missing == zero && math.Abs(x) <= zeroThreshold || missing == nan && math.IsNaN(x) {
		return defaultLeft
	}
	return x <= n.threshold
}

// score walks every tree of the forest.
func (f *forest) score(row []float64) float64 {
	sum := 0.0
	for i := range f.trees {
		t := &f.trees[i]
		at := int32(0)
		if len(t.nodes) == 0 {
			at = ^at
		}
		for at >= 0 {
			n := &t.nodes[at]
			x := row[n.feature]
			if math.Abs(x) <= zeroThreshold {
				x = 0 // LightGBM's reader of dense rows
			}
			if t.decide(n, x) {
				at = n.left
			} else {
				at = n.right
			}
		}
		sum += t.leaves[^at]
	}
	return sum
}

func TestEvaluatorsWalkAsTheCheckReads(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		width := rapid.IntRange(1, 5).Draw(rt, "width")
		byCategory := make([]bool, width)
		if rapid.Bool().Draw(rt, "categories") {
			byCategory = rapid.SliceOfN(rapid.Bool(), width, width).Draw(rt, "categorical")
		}
		text := drawModel(rt, width, byCategory)
		f, err := parse(text)
		require.NoError(rt, err)
		m, err := Load(text)
		require.NoError(rt, err)
		want := EvaluatorBatch
		if len(f.categorical) > 0 {
			want = EvaluatorLeaves
		}
		require.Equal(rt, want, m.Evaluator().Name)

		const n = 2*lanes + fewRows
		rows := make([]float64, n*width)
		for i := range rows {
			rows[i] = drawValue(rt)
		}
		for _, on := range []*Model{m, m.onLeaves("a test")} {
			got := make([]float64, n)
			require.NoError(rt, on.Raw(got, rows))
			for i := range got {
				row := rows[i*width : (i+1)*width]
				require.Equal(rt, math.Float64bits(f.score(row)), math.Float64bits(got[i]), "%s: row %v of\n%s", on.Evaluator().Name, row, text)
			}
		}
	})
}

func drawValue(rt *rapid.T) float64 {
	return rapid.OneOf(
		rapid.SampledFrom([]float64{
			math.NaN(), math.Inf(1), math.Inf(-1), 0, 0.5, -0.5, 1, -1, 31, 32, 63.9, 1 << 31, 1 << 32, 1e300,
			zeroThreshold, -zeroThreshold, math.Nextafter(zeroThreshold, 1), 1e-35, 1e-36,
		}),
		rapid.Float64Range(-3, 80),
	).Draw(rt, "value")
}

// drawModel returns a random model text; the children of each tree are numbered in
// any order.
func drawModel(rt *rapid.T, width int, byCategory []bool) []byte {
	names := strings.TrimSuffix(strings.Repeat("x ", width), " ")
	d := document{tail: "end of trees\n", header: fmt.Sprintf("tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\n"+
		"max_feature_idx=%d\nfeature_names=%s\nfeature_infos=%s\ntree_sizes=\n\n", width-1, names, names)}
	for i := range rapid.IntRange(1, 4).Draw(rt, "trees") {
		d.trees = append(d.trees, drawTree(rt, i, byCategory))
	}
	return d.text()
}

func drawTree(rt *rapid.T, number int, byCategory []bool) string {
	leaves := rapid.IntRange(1, 12).Draw(rt, "leaves")
	lists := map[string]string{}
	add := func(key, value string) { lists[key] += " " + value }
	order := rapid.Permutation(sequence(leaves-1)).Draw(rt, "numbers of the nodes")
	if leaves > 1 { // the root is node 0
		for i, n := range order {
			if n == 0 {
				order[0], order[i] = order[i], order[0]
			}
		}
	}
	left, right := drawShape(rt, leaves, order)
	sets, words := 0, 0
	for i := range leaves - 1 {
		column := rapid.IntRange(0, len(byCategory)-1).Draw(rt, "column")
		add("split_feature", fmt.Sprint(column))
		missing := rapid.IntRange(0, 2).Draw(rt, "missing") << missingShift
		defaultLeft := rapid.IntRange(0, 1).Draw(rt, "default left") << 1
		add("decision_type", fmt.Sprint(missing|defaultLeft|map[bool]int{true: 1}[byCategory[column]]))
		if byCategory[column] {
			add("threshold", fmt.Sprint(sets))
			for range rapid.IntRange(1, 3).Draw(rt, "words") {
				add("cat_threshold", fmt.Sprint(rapid.OneOf(rapid.Uint32Min(1), rapid.SampledFrom([]uint32{1, 2, 1 << 31})).Draw(rt, "word")))
				words++
			}
			sets++
			add("cat_boundaries", fmt.Sprint(words))
		} else {
			add("threshold", strings.ToLower(strings.TrimPrefix(fmt.Sprintf("%.17g", drawThreshold(rt)), "+")))
		}
		add("left_child", fmt.Sprint(left[i]))
		add("right_child", fmt.Sprint(right[i]))
	}
	for range leaves {
		add("leaf_value", fmt.Sprintf("%.17g", rapid.Float64Range(-1, 1).Draw(rt, "leaf")))
	}
	if sets > 0 {
		lists["cat_boundaries"] = " 0" + lists["cat_boundaries"]
	}
	text := fmt.Sprintf("Tree=%d\nnum_leaves=%d\nnum_cat=%d\n", number, leaves, sets)
	for _, key := range []string{"split_feature", "threshold", "decision_type", "left_child", "right_child", "leaf_value", "cat_boundaries", "cat_threshold"} {
		if v := lists[key]; v != "" {
			text += key + "=" + v[1:] + "\n"
		}
	}
	return text + "\n\n"
}

func drawThreshold(rt *rapid.T) float64 {
	return rapid.OneOf(rapid.SampledFrom([]float64{0, 0.5, math.Inf(1), math.Inf(-1), zeroThreshold, 1e-35, 31}), rapid.Float64Range(-3, 80)).Draw(rt, "threshold")
}

// drawShape grows a tree leaf by leaf as LightGBM does, and numbers node i of
// that order as order[i].
func drawShape(rt *rapid.T, leaves int, order []int) (left, right []int) {
	left, right = make([]int, leaves-1), make([]int, leaves-1)
	holder := make([]*int, leaves) // where each leaf hangs
	for i := range leaves - 1 {
		n := order[i]
		split := 0
		if i > 0 {
			split = rapid.IntRange(0, i).Draw(rt, "split leaf")
			*holder[split] = n
		}
		left[n], right[n] = ^split, ^(i + 1)
		holder[split], holder[i+1] = &left[n], &right[n]
	}
	return left, right
}

func sequence(n int) []int {
	s := make([]int, n)
	for i := range s {
		s[i] = i
	}
	return s
}
