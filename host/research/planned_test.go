package research_test

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/expr"
	"edgesignal/host/feature"
	"edgesignal/host/market"
	"edgesignal/host/research"
)

// provider is the golden bars as a Qlib directory.
func provider(t testing.TB) *market.Market {
	return load(t, os.DirFS("../market/qlibfile/testdata/provider"))
}

func plan(t testing.TB, m *market.Market, set map[string]any) *feature.Plan {
	set["feature_set"] = 1
	text, err := json.Marshal(set)
	require.NoError(t, err)
	s, err := feature.Parse(text)
	require.NoError(t, err)
	p, err := feature.Compile(s, feature.Research)
	require.NoError(t, err)
	require.NoError(t, m.LoadFields(t.Context(), p.Program.Fields()))
	return p
}

// lines returns the file of a feature set, by line.
func lines(t testing.TB, m *market.Market, of *research.Features, err error, q research.FeatureQuery) [][]string {
	require.NoError(t, err)
	var out bytes.Buffer
	w, err := research.NewCSVWriter(&out, of)
	require.NoError(t, err)
	require.NoError(t, research.WriteFeatures(t.Context(), w, m, q, nil))
	require.NoError(t, w.Close())
	records, err := csv.NewReader(&out).ReadAll()
	require.NoError(t, err)
	return records
}

// TestUniverseIsQlibs holds the days on which symbols belong to a universe, and their values,
// against Qlib's own answer to D.features(D.instruments("part"), ...).
func TestUniverseIsQlibs(t *testing.T) {
	f, err := os.Open("testdata/market_part.csv.gz")
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	want, err := csv.NewReader(z).ReadAll()
	require.NoError(t, err)
	var fields []expr.Field
	for _, text := range want[0][2:] {
		fields = append(fields, expr.Field{Name: text, Expression: text})
	}
	list := []map[string]string{}
	for _, f := range fields {
		list = append(list, map[string]string{"name": f.Name, "expression": f.Expression})
	}
	m := provider(t)
	p := plan(t, m, map[string]any{"universe": "part", "numerics": "pandas3", "fields": list})
	of, err := research.Raw(p, m)
	got := lines(t, m, of, err, research.FeatureQuery{})
	require.Len(t, got, len(want))
	for i := range want {
		require.Equal(t, want[i][:2], got[i][:2])
		for k := 2; i > 0 && k < len(want[i]); k++ {
			a, err := strconv.ParseFloat(want[i][k], 32)
			require.NoError(t, err)
			b, err := strconv.ParseFloat(got[i][k], 32)
			require.NoError(t, err)
			require.True(t, a == b || a != a && b != b, "line %d: %s, Qlib has %s", i, got[i][k], want[i][k])
		}
	}
	p = plan(t, m, map[string]any{"universe": "csi300", "fields": list})
	_, err = research.Raw(p, m)
	require.ErrorContains(t, err, "no instruments/csi300.txt; there are: all, part")
}

// TestProcessed: processors that compare symbols see the whole universe of the day, whatever
// symbols are asked for.
func TestProcessed(t *testing.T) {
	m := provider(t)
	field := []map[string]string{{"name": "A", "expression": "$close"}, {"name": "B", "expression": "Ref($close,3)"}}
	ranks := plan(t, m, map[string]any{"fields": field, "processors": []any{map[string]any{"class": "CSRankNorm"}}})
	of, err := research.Inputs(t.Context(), ranks, m, research.FeatureQuery{})
	all := lines(t, m, of, err, research.FeatureQuery{})
	q := research.FeatureQuery{Symbols: []string{"BBB"}}
	of, err = research.Inputs(t.Context(), ranks, m, q)
	one := lines(t, m, of, err, q)
	var same [][]string
	for _, line := range all {
		if line[0] == "BBB" || line[0] == "symbol" {
			same = append(same, line)
		}
	}
	require.Equal(t, same, one)

	// Fillna looks at no other symbol; a row with something missing is dropped.
	whole := plan(t, m, map[string]any{"fields": field, "processors": []any{map[string]any{"class": "DropnaProcessor", "kwargs": map[string]any{"fields_group": "feature"}}}})
	of, err = research.Inputs(t.Context(), whole, m, q)
	kept := lines(t, m, of, err, q)
	of, err = research.Raw(whole, m)
	raw := lines(t, m, of, err, q)
	var complete [][]string
	for _, line := range raw {
		if !strings.Contains(strings.Join(line, ","), "nan") {
			complete = append(complete, line)
		}
	}
	require.Equal(t, complete, kept)
	require.Less(t, len(kept), len(raw)-2)
}
