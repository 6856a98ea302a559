package model

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSmallModel(t *testing.T) {
	m := load(t, small(t).text())
	require.Equal(t, 3, m.Width())
	require.Equal(t, 3, m.Trees())
	require.Equal(t, "regression", m.Objective())
	require.Equal(t, []string{"size", "kind", "age"}, m.FeatureNames())

	nan, inf := math.NaN(), math.Inf(1)
	// The first tree alone decides below the point, the last above it.
	for _, c := range []struct {
		name string
		row  [3]float64
		want float64
	}{
		{"category of the first word", [3]float64{0.5, 2, -2}, 0.125 + 0.5 + 8},
		{"category of the second word", [3]float64{0, 32, 1}, 0.125 + 0.5 + 16},
		{"a fraction is cut off", [3]float64{0, 2.9, 1}, 0.125 + 0.5 + 16},
		{"a fraction above -1 is category 0", [3]float64{0, -0.9, 1}, 0.125 + 0.5 + 16},
		{"no such category", [3]float64{0, 1, 2}, 1e-05 + 0.5 + 32},
		{"a category beyond the set", [3]float64{0, 64, 2}, 1e-05 + 0.5 + 32},
		{"missing category", [3]float64{0, nan, 2}, 1e-05 + 0.5 + 32},
		{"negative category", [3]float64{0, -1, 2}, 1e-05 + 0.5 + 32},
		{"infinite category", [3]float64{0, inf, 2}, 1e-05 + 0.5 + 32},
		{"negative infinite category", [3]float64{0, -inf, 2}, 1e-05 + 0.5 + 32},
		{"category 2^31", [3]float64{0, 1 << 31, 2}, 1e-05 + 0.5 + 32},
		{"category 2^32, which is 0 in 32 bits", [3]float64{0, 1 << 32, 2}, 1e-05 + 0.5 + 32},
		{"category 1e300", [3]float64{0, 1e300, 2}, 1e-05 + 0.5 + 32},
		{"missing goes the default way, left", [3]float64{nan, 0, 2}, 0.125 + 0.5 + 32},
		{"above the threshold", [3]float64{math.Nextafter(0.5, 1), 0, 2}, 4 + 0.5 + 32},
		{"infinity is <= inf", [3]float64{0, 0, inf}, 0.125 + 0.5 + 32},
		{"missing is not <= inf, and zero where zero is missing", [3]float64{0, 0, nan}, -0.25 + 0.5 + 16},
		{"zero where zero is missing", [3]float64{0, 0, 0}, 0.125 + 0.5 + 16},
		{"as good as zero", [3]float64{0, 0, zeroThreshold}, 0.125 + 0.5 + 16},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := make([]float64, 1)
			require.NoError(t, m.Raw(got, c.row[:]))
			requireBits(t, []float64{c.want}, got)
			require.NoError(t, m.Predict(got, c.row[:]))
			requireBits(t, []float64{c.want}, got)
		})
	}
}

func TestRowsOfWrongLength(t *testing.T) {
	m := load(t, small(t).text())
	for _, c := range []struct {
		name      string
		dst, rows int
	}{
		{"short row", 1, 2},
		{"long row", 1, 4},
		{"rows but no place for scores", 0, 3},
		{"no rows", 1, 0},
		{"one row too many", 2, 9},
	} {
		t.Run(c.name, func(t *testing.T) {
			// More capacity than length: what lies behind the rows is not read.
			rows := make([]float64, c.rows, 100)
			require.ErrorContains(t, m.Raw(make([]float64, c.dst), rows), "of 3 columns")
			require.ErrorContains(t, m.Predict(make([]float64, c.dst), rows), "of 3 columns")
		})
	}
	require.NoError(t, m.Predict(nil, nil))
}

func TestMetadata(t *testing.T) {
	for _, c := range []struct {
		name, model, objective string
		width, trees           int
		names                  bool
	}{
		{"default names", "reg_100x31", "regression", 158, 100, false},
		{"real names", "featnames_utf8", "regression", 158, 20, true},
		{"parameter", "binary_sigmoid2", "binary sigmoid:2", 158, 60, false},
		{"custom objective", "custom_obj", "", 158, 30, false},
		{"one column", "one_feature", "regression", 1, 30, false},
		{"constant", "stump_const", "regression", 158, 1, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := load(t, readModel(t, c.model))
			require.Equal(t, c.objective, m.Objective())
			require.Equal(t, c.width, m.Width())
			require.Equal(t, c.trees, m.Trees())
			if !c.names {
				require.Nil(t, m.FeatureNames())
				return
			}
			require.Len(t, m.FeatureNames(), c.width)
			m.FeatureNames()[0] = "changed"
			require.NotEqual(t, "changed", m.FeatureNames()[0])
		})
	}
}

func TestVersion3IsTheSame(t *testing.T) {
	d := takeApart(t, readModel(t, "cat_mixed"))
	v4, v3 := load(t, d.text()), load(t, d.setHeader(t, "version=v4", "version=v3").text())
	rows, width := readMatrix(t, "rows_Xk.csv")
	want, got := make([]float64, len(rows)/width), make([]float64, len(rows)/width)
	require.NoError(t, v4.Predict(want, rows))
	require.NoError(t, v3.Predict(got, rows))
	requireBits(t, want, got)
}
