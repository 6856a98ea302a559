package research_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/model"
	"edgesignal/host/research"
)

func loadModel(t testing.TB, name string) *model.Model {
	f, err := os.Open("../model/testdata/models/" + name + ".txt")
	require.NoError(t, err)
	defer f.Close()
	m, err := research.LoadModel(f)
	require.NoError(t, err)
	return m
}

func TestScoreOneInput(t *testing.T) {
	m := loadModel(t, "one_feature")
	for _, tc := range []struct {
		name, csv string
		lines     int
		err       string
	}{
		{"rows", "Column_0\n1.5\n-2\n", 2, ""},
		{"missing values", "Column_0\nnan\n\"\"\n", 2, ""},
		{"symbol and date are passed over", "symbol,date,Column_0\nAAPL,2024-12-31,1\n", 1, ""},
		{"a byte order mark", "\ufeffColumn_0\n1\n", 1, ""},
		{"no rows", "Column_0\n", 0, ""},
		{"empty file", "", 0, "rows.csv: the file is empty"},
		{"too many columns", "Column_0,Column_1\n1,2\n", 0, "line 1: 2 columns, the model has 1 inputs"},
		{"a short row", "symbol,Column_0\nA,1\nB\n", 0, "line 3"},
		{"not a number", "Column_0\n1\nx\n", 0, `rows.csv: line 3, column 1: "x" is not a number`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var out bytes.Buffer
			err := research.Score(t.Context(), m, strings.NewReader(tc.csv), "rows.csv", false, &out)
			if tc.err != "" {
				require.ErrorContains(t, err, tc.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tc.lines, strings.Count(out.String(), "\n"), out.String())
		})
	}
}

func TestScoreIsLightGBMsToTheLastBit(t *testing.T) {
	m := loadModel(t, "reg_100x31")
	golden, err := os.ReadFile("../model/testdata/raw.csv")
	require.NoError(t, err)
	var want strings.Builder
	for _, line := range strings.Split(strings.TrimSpace(string(golden)), "\n")[1:] {
		first, _, _ := strings.Cut(line, ",")
		want.WriteString(first + "\n")
	}
	rows, err := os.Open("../model/testdata/rows_X.csv")
	require.NoError(t, err)
	defer rows.Close()
	var out bytes.Buffer
	require.NoError(t, research.Score(t.Context(), m, rows, "rows_X.csv", true, &out))
	require.Equal(t, want.String(), out.String(), "both are the shortest decimal of the same float64")
}

func TestNamedColumnsAreHeldAgainstTheModel(t *testing.T) {
	names := []string{"KMID", "KLEN"}
	for _, tc := range []struct {
		name, header, err string
	}{
		{"the model's own", "KMID,KLEN", ""},
		{"positions only", "Column_0,Column_1", ""},
		{"another order", "KLEN,KMID", `line 1: column 1 is "KLEN", the model's input 0 is "KMID"`},
		{"another order after symbol", "symbol,KLEN,KMID", `line 1: column 2 is "KLEN"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := research.NewRowReader(strings.NewReader(tc.header+"\n"), "rows.csv", 2, names)
			if tc.err == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, tc.err)
		})
	}
}
