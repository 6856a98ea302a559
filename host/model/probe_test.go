package model

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// What a fault in the flat form would look like: the probe finds it, and the
// model gives the answers of leaves.
func TestCorruptedFlatTrees(t *testing.T) {
	rows, width := readMatrix(t, "rows_X.csv")
	want := make([]float64, len(rows)/width)
	require.NoError(t, load(t, readModel(t, "reg_100x31")).Raw(want, rows))
	root := func(b *flat) *flatNode { return &b.nodes[b.trees[37].root] }
	for _, c := range []struct {
		name    string
		corrupt func(b *flat)
	}{
		{"a leaf a billionth off", func(b *flat) {
			for i := b.trees[99].root; ; i++ {
				if n := &b.nodes[i]; n.slot == 0 {
					n.threshold += 1e-9
					return
				}
			}
		}},
		{"children on the wrong side", func(b *flat) {
			right := root(b).right
			b.nodes[right], b.nodes[right+1] = b.nodes[right+1], b.nodes[right]
		}},
		{"a threshold one ulp up", func(b *flat) { root(b).threshold = math.Nextafter(root(b).threshold, math.Inf(1)) }},
		{"a threshold one ulp down", func(b *flat) { root(b).threshold = math.Nextafter(root(b).threshold, math.Inf(-1)) }},
		{"another column", func(b *flat) { root(b).slot = root(b).slot%uint32(len(b.columns)) + 1 }},
		{"another way of missing values", func(b *flat) {
			k := &b.kinds[root(b).slot]
			k.missing ^= goesLeft ^ goesRight
		}},
		{"a zero is missing", func(b *flat) { b.kinds[root(b).slot].zero = goesLeft }},
		{"a cycle", func(b *flat) { root(b).right = b.trees[37].root }},
		{"a walk that ends early", func(b *flat) { b.trees[37].depth = 1 }},
		{"a child that is not there", func(b *flat) { root(b).right = math.MaxUint32 }},
		{"a slot that is not there", func(b *flat) { root(b).slot = math.MaxUint32 }},
		{"a column that is not there", func(b *flat) { b.columns[3].column = 158 }},
		{"a tree is missing", func(b *flat) { b.trees = b.trees[:99] }},
		{"trees in another order", func(b *flat) { b.trees[0], b.trees[99] = b.trees[99], b.trees[0] }},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := parse(readModel(t, "reg_100x31"))
			require.NoError(t, err)
			e, err := newByLeaves(f)
			require.NoError(t, err)
			b, err := newFlat(f)
			require.NoError(t, err)
			c.corrupt(b)
			m := newModel(f, e, b, nil)
			require.Equal(t, EvaluatorLeaves, m.Evaluator().Name)
			require.Contains(t, m.Evaluator().Reason, "the batch evaluator is not used: ")
			got := make([]float64, len(want))
			require.NoError(t, m.Raw(got, rows))
			requireBits(t, want, got)
		})
	}
}

// Hold looks at the rows that it is given: a fault that only they show.
func TestHold(t *testing.T) {
	m := load(t, readModel(t, "reg_100x31"))
	rows := make([]float64, 2*m.Width())
	require.Same(t, m, m.Hold(rows))
	require.Same(t, m, m.Hold(nil))
	alone := m.onLeaves("a test")
	require.Same(t, alone, alone.Hold(rows))

	b := m.batch
	for i := range b.trees { // the leaves that a row of zeros reaches
		at := b.trees[i].root
		for b.nodes[at].slot != 0 {
			at = b.nodes[at].right + isLeft(0, b.nodes[at].threshold)
		}
		b.nodes[at].threshold++
	}
	m = m.Hold(rows)
	require.Equal(t, EvaluatorLeaves, m.Evaluator().Name)
	require.Contains(t, m.Evaluator().Reason, "row 0 of those that it was tried on gives ")
}

// Of every model the probe takes the thresholds of all columns, or as many as
// its bound allows; and what it costs is bounded.
func TestProbeRows(t *testing.T) {
	r := rand.New(rand.NewPCG(158, 9))
	for _, c := range []struct {
		name                      string
		width, trees, leaves, all int
	}{
		{"one split", 1, 1, 2, 1},
		{"as many as fit", 158, 20, 31, 550},
		{"a large model", 158, 1000, 63, 0},
		{"a wide model", 50_000, 3, 31, 90},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := grown(r, c.width, c.trees, c.leaves)
			b, err := newFlat(f)
			require.NoError(t, err)
			rows := probeRows(f, b.steps())
			requireBits(t, rows, probeRows(f, b.steps()))
			n := len(rows) / c.width
			require.GreaterOrEqual(t, n, minProbeRows)
			require.LessOrEqual(t, n, maxProbeRows)
			if n > minProbeRows {
				require.LessOrEqual(t, n*max(b.steps(), c.width), probeBudget)
			}
			seen := 0
			for i := range f.trees {
				for _, s := range f.trees[i].nodes {
					for row := len(probeValues); row < n; row++ {
						if rows[row*c.width+int(s.feature)] == s.threshold {
							seen++
							break
						}
					}
				}
			}
			require.GreaterOrEqual(t, seen, c.all)
		})
	}
}

// A row that may pass very many splits would make the probe slow.
func TestTooDeepForTheProbe(t *testing.T) {
	d := document{header: small(t).header, tail: "end of trees\n", trees: []string{chainTree(maxLeaves)}}
	require.Equal(t, EvaluatorBatch, load(t, d.text()).Evaluator().Name)
	d.trees = append(d.trees, treeNumber.ReplaceAllString(chainTree(3), "Tree=1"))
	m := load(t, d.text())
	require.Equal(t, EvaluatorLeaves, m.Evaluator().Name)
	require.Contains(t, m.Evaluator().Reason, "a row may pass 131073 splits, and beyond 131072 ")
}
