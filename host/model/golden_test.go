package model

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// golden is what LightGBM 4.7.0 itself answers for the models of testdata.
type golden struct {
	model, rows, expect string
}

func goldens(t testing.TB) []golden {
	records := readCSV(t, "index.csv")
	list := make([]golden, 0, len(records)-1)
	for _, r := range records[1:] {
		list = append(list, golden{model: r[0], rows: r[1], expect: r[2]})
	}
	return list
}

func readCSV(t testing.TB, name string) [][]string {
	f, err := os.Open(filepath.Join("testdata", name))
	require.NoError(t, err)
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	require.Greater(t, len(records), 1)
	return records
}

// readMatrix returns a CSV file of numbers, row-major, with its number of columns.
func readMatrix(t testing.TB, name string) (values []float64, width int) {
	records := readCSV(t, name)
	for _, r := range records[1:] {
		for _, field := range r {
			v, err := strconv.ParseFloat(field, 64)
			require.NoError(t, err)
			values = append(values, v)
		}
	}
	return values, len(records[0])
}

// readColumns returns a CSV file of numbers by column.
func readColumns(t testing.TB, name string) map[string][]float64 {
	values, width := readMatrix(t, name)
	columns := map[string][]float64{}
	for j, column := range readCSV(t, name)[0] {
		for i := j; i < len(values); i += width {
			columns[column] = append(columns[column], values[i])
		}
	}
	return columns
}

func readModel(t testing.TB, name string) []byte {
	text, err := os.ReadFile(filepath.Join("testdata", "models", name+".txt"))
	require.NoError(t, err)
	return text
}

func load(t testing.TB, text []byte) *Model {
	m, err := Load(text)
	require.NoError(t, err)
	return m
}

// ulps returns the number of float64 values from a to b.
func ulps(a, b float64) uint64 {
	if a == b || math.IsNaN(a) && math.IsNaN(b) {
		return 0
	}
	if math.IsNaN(a) || math.IsNaN(b) {
		return math.MaxUint64
	}
	order := func(x float64) int64 {
		if bits := int64(math.Float64bits(x)); bits < 0 {
			return math.MinInt64 - bits
		}
		return int64(math.Float64bits(x))
	}
	return uint64(max(order(a), order(b)) - min(order(a), order(b)))
}

func TestScoresEqualLightGBM(t *testing.T) {
	raw, predict := readColumns(t, "raw.csv"), readColumns(t, "predict.csv")
	for _, g := range goldens(t) {
		if g.expect != "predict" {
			continue
		}
		t.Run(g.model, func(t *testing.T) {
			m := load(t, readModel(t, g.model))
			rows, width := readMatrix(t, g.rows)
			require.Equal(t, width, m.Width())
			given := append([]float64(nil), rows...)
			got := make([]float64, len(rows)/width)

			require.NoError(t, m.Raw(got, rows))
			requireBits(t, raw[g.model], got)

			require.NoError(t, m.Predict(got, rows))
			if g.model != "cross_entropy_lambda" { // a logarithm: see softplus
				requireBits(t, predict[g.model], got)
			}
			for i, want := range predict[g.model] {
				require.LessOrEqual(t, ulps(want, got[i]), uint64(4), "row %d: want %v, got %v", i, want, got[i])
			}
			requireBits(t, given, rows)

			// A row's score does not depend on the rows beside it.
			one := make([]float64, 1)
			for i := range got {
				require.NoError(t, m.Predict(one, rows[i*width:(i+1)*width]))
				requireBits(t, got[i:i+1], one)
			}
		})
	}
}

func requireBits(t testing.TB, want, got []float64) {
	t.Helper()
	require.Len(t, got, len(want))
	for i := range want {
		if math.Float64bits(want[i]) != math.Float64bits(got[i]) && !(math.IsNaN(want[i]) && math.IsNaN(got[i])) {
			require.Failf(t, "bits differ", "value %d: want %v, got %v", i, want[i], got[i])
		}
	}
}

// A feature name with "=" in it is no reason to refuse a model: this one is
// featnames_plain but for two names.
func TestFeatureNameWithEqualsSign(t *testing.T) {
	rows, width := readMatrix(t, "rows_X.csv")
	m := load(t, readModel(t, "featnames_eq"))
	got := make([]float64, len(rows)/width)
	require.NoError(t, m.Raw(got, rows))
	requireBits(t, readColumns(t, "raw.csv")["featnames_plain"], got)
	require.Equal(t, "a=b", m.FeatureNames()[3])
}
