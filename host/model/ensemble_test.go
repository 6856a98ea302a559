package model

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// four returns parts on the columns of rows_X.csv, with the weights that
// ensemble.csv was made with.
func four(t testing.TB) []Part {
	weights := []float64{0.3, -1.7, 0.1, 2}
	var parts []Part
	for i, name := range []string{"reg_100x31", "huber", "linear_tree", "binary"} {
		m := load(t, readModel(t, name))
		places, err := m.Places(make([]string, m.Width()))
		require.NoError(t, err)
		parts = append(parts, Part{Model: m, Columns: places, Weight: weights[i]})
	}
	return parts
}

// The sums are NumPy's, of LightGBM's own predictions: ensemble.csv.
func TestEnsemblesEqualNumPy(t *testing.T) {
	want := readColumns(t, "ensemble.csv")
	rows, width := readMatrix(t, "rows_X.csv")
	narrow := make([]float32, len(rows))
	for i, x := range rows {
		narrow[i] = float32(x)
	}
	for name, of := range map[string]func(int, []Part) (*Ensemble, error){"weighted": WeightedSum, "mean": Mean} {
		t.Run(name, func(t *testing.T) {
			e, err := of(width, four(t))
			require.NoError(t, err)
			require.Equal(t, width, e.Width())
			require.Equal(t, 4, e.Parts())
			got := make([]float64, len(rows)/width)
			require.NoError(t, e.Predict(got, rows))
			requireBits(t, want[name], got)
			one := make([]float64, 1)
			for i := range got {
				require.NoError(t, e.Predict(one, rows[i*width:(i+1)*width]))
				requireBits(t, got[i:i+1], one)
			}

			wide := make([]float64, len(narrow))
			for i, x := range narrow {
				wide[i] = float64(x)
			}
			require.NoError(t, e.Predict(got, wide))
			as32 := make([]float64, len(got))
			require.NoError(t, e.PredictFloat32(as32, narrow))
			requireBits(t, got, as32)
		})
	}
}

// Each part takes its own columns, in its own order, whatever else a row has.
func TestPartsTakeTheirOwnColumns(t *testing.T) {
	plain := load(t, readModel(t, "featnames_plain"))
	names := plain.FeatureNames()
	r := rand.New(rand.NewPCG(158, 5))
	order := r.Perm(len(names))
	columns := []string{"before"}
	for _, i := range order {
		columns = append(columns, names[i])
	}
	columns = append(columns, "after")
	places, err := plain.Places(columns)
	require.NoError(t, err)
	first := load(t, linearModel(t).setHeader(t, "feature_names=a b", "feature_names=after "+names[7]).text())
	own, err := first.Places(columns)
	require.NoError(t, err)
	require.Equal(t, len(columns)-1, own[0])

	e, err := WeightedSum(len(columns), []Part{{plain, places, 0.7}, {first, own, 1.1}})
	require.NoError(t, err)
	golden, width := readMatrix(t, "rows_X.csv")
	n := len(golden) / width
	rows := make([]float64, 0, n*len(columns))
	p0, p1, got := make([]float64, n), make([]float64, n), make([]float64, n)
	require.NoError(t, plain.Predict(p0, golden))
	for i := range n {
		from := golden[i*width : (i+1)*width]
		rows = append(rows, math.NaN())
		for _, j := range order {
			rows = append(rows, from[j])
		}
		rows = append(rows, float64(i))
		require.NoError(t, first.Predict(p1[i:i+1], []float64{float64(i), from[7]}))
	}
	require.NoError(t, e.Predict(got, rows))
	want := make([]float64, n)
	for i := range want {
		want[i] = float64(0.7*p0[i]) + float64(1.1*p1[i])
	}
	requireBits(t, want, got)
}

func TestPlaces(t *testing.T) {
	named, plain := load(t, small(t).text()), load(t, readModel(t, "one_feature"))
	for _, c := range []struct {
		name    string
		model   *Model
		columns []string
		want    []int
		err     string
	}{
		{"in order", named, []string{"size", "kind", "age"}, []int{0, 1, 2}, ""},
		{"a subset in another order", named, []string{"age", "x", "size", "y", "kind"}, []int{2, 4, 0}, ""},
		{"one is missing", named, []string{"size", "kind", "Age"}, nil, `input 2 of the model, "age", is not among the columns`},
		{"without names", plain, []string{"any"}, []int{0}, ""},
		{"without names, another number", plain, []string{"a", "b"}, nil, "the model has 1 inputs without names, and there are 2 columns"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.model.Places(c.columns)
			if c.err != "" {
				require.EqualError(t, err, c.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
	_, err := named.Places(nil)
	var missing *MissingInputError
	require.ErrorAs(t, err, &missing)
	require.Equal(t, MissingInputError{0, "size"}, *missing)
}

func TestRefusedEnsembles(t *testing.T) {
	m := load(t, linearModel(t).text())
	good := Part{m, []int{0, 1}, 1}
	for _, c := range []struct {
		name  string
		parts []Part
		err   string
	}{
		{"no parts", nil, "0 models, 1 to 32 are allowed"},
		{"too many parts", make([]Part, MaxParts+1), "33 models, 1 to 32 are allowed"},
		{"a weight NaN", []Part{good, {m, []int{0, 1}, math.NaN()}}, "part 1: the weight is not finite"},
		{"an infinite weight", []Part{{m, []int{0, 1}, math.Inf(-1)}}, "part 0: the weight is not finite"},
		{"a column too few", []Part{{m, []int{0}, 1}}, "part 0: 1 columns for 2 inputs"},
		{"a column beyond the row", []Part{{m, []int{0, 3}, 1}}, "part 0: input 1 takes column 3 of 3"},
		{"a negative column", []Part{{m, []int{-1, 0}, 1}}, "part 0: input 0 takes column -1 of 3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := WeightedSum(3, c.parts)
			require.EqualError(t, err, c.err)
		})
	}
	e, err := Mean(3, []Part{good})
	require.NoError(t, err)
	require.ErrorContains(t, e.Predict(make([]float64, 2), make([]float64, 5)), "5 values given, want 6: 2 rows of 3 columns")
	require.NoError(t, e.Predict(nil, nil))
}

func TestConcurrentEnsemble(t *testing.T) {
	rows, width := readMatrix(t, "rows_X.csv")
	e, err := Mean(width, four(t))
	require.NoError(t, err)
	want := make([]float64, len(rows)/width)
	require.NoError(t, e.Predict(want, rows))
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wg.Go(func() {
			got := make([]float64, len(want))
			for range 3 {
				if errs[i] = e.Predict(got, rows); errs[i] != nil {
					return
				}
				for j := range want {
					if math.Float64bits(want[j]) != math.Float64bits(got[j]) && want[j] == want[j] {
						errs[i] = fmt.Errorf("row %d differs", j)
						return
					}
				}
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
}
