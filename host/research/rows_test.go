package research_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

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

// score scores a CSV of that name.
func score(ctx context.Context, m *model.Model, text string, out io.Writer) error {
	rows, err := research.ReadRows(strings.NewReader(text), "rows.csv", m)
	if err != nil {
		return err
	}
	return research.Score(ctx, m, rows, false, out)
}

// One line comes out for each row that went in, so that they can be put side by
// side: a row whose only cell is empty too.
func TestScoreOneInput(t *testing.T) {
	m := loadModel(t, "one_feature")
	for _, tc := range []struct {
		name, csv string
		lines     int
		err       string
	}{
		{"rows", "Column_0\n1.5\n-2\n", 2, ""},
		{"missing values", "Column_0\nnan\n\"\"\n", 2, ""},
		{"an empty cell", "Column_0\n1\n\n2\n", 3, ""},
		{"empty cells only", "Column_0\n\n\n\n", 3, ""},
		{"an empty cell at the end", "Column_0\n1\n\n", 2, ""},
		{"no end of the last line", "Column_0\n1\n\n2", 3, ""},
		{"line ends of Windows", "Column_0\r\n1\r\n\r\n2\r\n", 3, ""},
		{"spaces", "Column_0\n1\n  \n2\n", 3, ""},
		{"a blank line before the header", "\n\nColumn_0\n1\n", 1, ""},
		{"symbol and date are passed over", "symbol,date,Column_0\nAAPL,2024-12-31,1\n", 1, ""},
		{"blank lines that end a table", "symbol,Column_0\nA,1\nB,\n\n\n", 2, ""},
		{"a blank line in a table", "symbol,Column_0\nA,1\n\n\nB,2\n", 0, "rows.csv: line 3 is blank, 2 cells are expected"},
		{"a blank line in a cell", "symbol,Column_0\n\"A\n\nB\",1\nC,2\n", 2, ""},
		{"a byte order mark", "\ufeffColumn_0\n1\n", 1, ""},
		{"a byte order mark before a quote", "\ufeff\"Column_0\"\n1\n", 1, ""},
		{"no rows", "Column_0\n", 0, ""},
		{"empty file", "", 0, "rows.csv: the file is empty"},
		{"a blank file", "\n\n", 0, "rows.csv: the file is empty"},
		{"too many columns", "Column_0,Column_1\n1,2\n", 0, "line 1: 2 columns, the model has 1 inputs"},
		{"a short row", "symbol,Column_0\nA,1\nB\n", 0, "rows.csv: line 3 has 1 cells, the header has 2"},
		{"not a number", "Column_0\n1\nsecret\n", 0, "rows.csv: line 3, column 1 is not a number"},
		{"no header", "0.5\n1\n", 0, "rows.csv: line 1: a header with the names of the columns is expected"},
		{"a quote that is not closed", "Column_0\n\"" + strings.Repeat("1\n", 9<<20), 0, "a quote may not be closed"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var out bytes.Buffer
			err := score(t.Context(), m, tc.csv, &out)
			if tc.err != "" {
				require.ErrorContains(t, err, tc.err)
				require.NotContains(t, err.Error(), "secret")
				return
			}
			require.NoError(t, err)
			require.Equal(t, tc.lines, strings.Count(out.String(), "\n"), out.String())
		})
	}
}

// However the file is read, in pieces that end anywhere, the rows are the same.
func TestBlankLinesInPieces(t *testing.T) {
	m := loadModel(t, "one_feature")
	rapid.Check(t, func(rt *rapid.T) {
		lines := rapid.SliceOfN(rapid.SampledFrom([]string{"", "1", "-2.5", " ", `""`, "nan"}), 0, 40).Draw(rt, "lines")
		end := rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(rt, "end")
		var text strings.Builder
		for _, line := range append([]string{"Column_0"}, lines...) {
			text.WriteString(line + end)
		}
		rows, err := research.ReadRows(iotest.OneByteReader(strings.NewReader(text.String())), "rows.csv", m)
		require.NoError(rt, err)
		var got, want bytes.Buffer
		require.NoError(rt, research.Score(rt.Context(), m, rows, false, &got))
		for _, line := range lines {
			x := math.NaN()
			if v, err := strconv.ParseFloat(strings.TrimSpace(line), 64); err == nil {
				x = v
			}
			y := make([]float64, 1)
			require.NoError(rt, m.Predict(y, []float64{x}))
			fmt.Fprintln(&want, strconv.FormatFloat(y[0], 'g', -1, 64))
		}
		require.Equal(rt, want.String(), got.String())
	})
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
	in, err := research.ReadRows(rows, "rows_X.csv", m)
	require.NoError(t, err)
	require.Empty(t, in.Warning())
	require.NoError(t, research.Score(t.Context(), m, in, true, &out))
	require.Equal(t, want.String(), out.String(), "both are the shortest decimal of the same float64")
}

// twoInputs returns a model of two inputs of these names.
func twoInputs(t testing.TB, names string) *model.Model {
	text, err := os.ReadFile("testdata/two.txt")
	require.NoError(t, err)
	m, err := model.Load(bytes.Replace(text, []byte("feature_names=a b"), []byte("feature_names="+names), 1))
	require.NoError(t, err)
	return m
}

func TestColumnsAreHeldAgainstTheModel(t *testing.T) {
	const kmid, plain = "KMID KLEN", "Column_0 Column_1"
	for _, tc := range []struct {
		name, model, header, err, warning string
	}{
		{"the model's own", kmid, "KMID,KLEN", "", ""},
		{"quoted", kmid, `"KMID","KLEN"`, "", ""},
		{"positions only", kmid, "Column_0,Column_1", "", "taken as the model's inputs in their order"},
		{"pandas' positions", kmid, "0,1", "", "taken as the model's inputs in their order"},
		{"another order", kmid, "KLEN,KMID", `line 1: column 1 is to be "KMID", the model's input 0, and is "KLEN", its input 1`, ""},
		{"another order after symbol", kmid, "symbol,KLEN,KMID", `line 1: column 2 is to be "KMID"`, ""},
		{"another name", kmid, "KMID,secret", `line 1: column 2 is to be "KLEN", the model's input 1, and has another name`, ""},
		{"a model without names", plain, "Column_0,Column_1", "", ""},
		{"a model without names, pandas' positions", plain, "symbol,date,0,1", "", ""},
		{"a model without names, its names in another order", plain, "Column_1,Column_0", `line 1: column 1 is to be "Column_0", the model's input 0, and is "Column_1"`, ""},
		{"a model without names, real ones", plain, "symbol,secret,KLEN", "", "rows.csv: line 1: the model has no names for its inputs"},
		{"numbers", plain, "0.5,1", "a header with the names of the columns is expected", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			rows, err := research.ReadRows(strings.NewReader(tc.header+"\n"), "rows.csv", twoInputs(t, tc.model))
			if tc.err != "" {
				require.ErrorContains(t, err, tc.err)
				require.NotContains(t, err.Error(), "secret")
				return
			}
			require.NoError(t, err)
			require.Contains(t, rows.Warning(), tc.warning)
			require.Equal(t, tc.warning == "", rows.Warning() == "")
			require.NotContains(t, rows.Warning(), "secret")
		})
	}
}

// The file that an editor saved: a byte order mark before a quoted header.
func TestScoreTwoInputs(t *testing.T) {
	m := twoInputs(t, "a b")
	in, err := os.Open("testdata/bom-quoted.csv")
	require.NoError(t, err)
	defer in.Close()
	rows, err := research.ReadRows(in, "bom-quoted.csv", m)
	require.NoError(t, err)
	var got bytes.Buffer
	require.NoError(t, research.Score(t.Context(), m, rows, false, &got))
	want := make([]float64, 1)
	require.NoError(t, m.Predict(want, []float64{0.5, 1}))
	require.Equal(t, strconv.FormatFloat(want[0], 'g', -1, 64)+"\n", got.String())
}
