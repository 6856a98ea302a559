package research_test

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"

	"edgesignal/artifacts"
	"edgesignal/host/model"
	"edgesignal/host/research"
)

// scoreFile scores a file of these bytes.
func scoreFile(t testing.TB, m *model.Model, content []byte) (out, warning string, err error) {
	path := filepath.Join(t.TempDir(), "rows")
	require.NoError(t, os.WriteFile(path, content, 0o600))
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	rows, err := research.ReadRows(f, "rows", m)
	if err != nil {
		return "", "", err
	}
	var b bytes.Buffer
	err = research.Score(t.Context(), m, rows, false, &b)
	return b.String(), rows.Warning(), err
}

// The feature matrix gives the same predictions in both of its forms.
func TestScoreOfTheFeatureMatrix(t *testing.T) {
	market := imported(t)
	var matrix bytes.Buffer
	w := research.NewParquetWriter(&matrix, research.Alpha158())
	require.NoError(t, research.WriteFeatures(t.Context(), w, market, research.FeatureQuery{}, nil))
	require.NoError(t, w.Close())
	f, err := artifacts.FS.Open(artifacts.Releases()[0].Model)
	require.NoError(t, err)
	defer f.Close()
	m, err := research.LoadModel(f)
	require.NoError(t, err)

	want, warning, err := scoreFile(t, m, writeCSV(t, market, research.FeatureQuery{}))
	require.NoError(t, err)
	require.Empty(t, warning)
	got, warning, err := scoreFile(t, m, matrix.Bytes())
	require.NoError(t, err)
	require.Empty(t, warning)
	require.Greater(t, strings.Count(got, "\n"), 1000)
	require.Equal(t, want, got)

	for name, damaged := range map[string][]byte{
		"cut":          matrix.Bytes()[:matrix.Len()/2],
		"cut footer":   matrix.Bytes()[:matrix.Len()-9],
		"mark only":    []byte("PAR1"),
		"zeros within": append(append(bytes.Clone(matrix.Bytes()[:5000]), make([]byte, 5000)...), matrix.Bytes()[10000:]...),
	} {
		_, _, err := scoreFile(t, m, damaged)
		require.ErrorContains(t, err, "the Parquet file is damaged", name)
	}
}

func parquetFile[T any](t testing.TB, rows ...T) []byte {
	var b bytes.Buffer
	w := parquet.NewGenericWriter[T](&b)
	_, err := w.Write(rows)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

func TestParquetRows(t *testing.T) {
	type mixed struct {
		Date string   `parquet:"date"`
		A    *float64 `parquet:"a,optional"`
		B    int64    `parquet:"b"`
	}
	type unsigned struct {
		A float32 `parquet:"a"`
		B uint32  `parquet:"b"`
	}
	type text struct {
		A float32 `parquet:"a"`
		B string  `parquet:"b"`
	}
	type list struct {
		A float32   `parquet:"a"`
		B []float32 `parquet:"b"`
	}
	type dated struct {
		A float32 `parquet:"a"`
		B int32   `parquet:"b,date"`
	}
	type other struct {
		A float32 `parquet:"a"`
		B float32 `parquet:"secret"`
	}
	m := twoInputs(t, "a b")
	half := 0.5
	predict := func(rows ...float64) string {
		var out bytes.Buffer
		var csv strings.Builder
		csv.WriteString("a,b\n")
		for i := 0; i < len(rows); i += 2 {
			require.NoError(t, writeRow(&csv, rows[i], rows[i+1]))
		}
		require.NoError(t, score(t.Context(), m, csv.String(), &out))
		return out.String()
	}
	for _, tc := range []struct {
		name      string
		file      []byte
		want, err string
	}{
		{"null is missing, integers are numbers", parquetFile(t, mixed{"2024-01-01", &half, -3}, mixed{"2024-01-02", nil, 7}), predict(half, -3, math.NaN(), 7), ""},
		{"unsigned numbers", parquetFile(t, unsigned{-1, math.MaxUint32}), predict(-1, math.MaxUint32), ""},
		{"no rows", parquetFile[unsigned](t), "", ""},
		{"a column of text", parquetFile(t, text{1, "secret"}), "", "rows: column 2 has no plain numbers"},
		{"a column of days", parquetFile(t, dated{1, 2}), "", "rows: column 2 has no plain numbers"},
		{"a column of lists", parquetFile(t, list{1, []float32{2}}), "", "rows: column 2 is a list or a group"},
		{"another name", parquetFile(t, other{1, 2}), "", `rows: column 2 is to be "b"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, _, err := scoreFile(t, m, tc.file)
			if tc.err != "" {
				require.ErrorContains(t, err, tc.err)
				require.NotContains(t, err.Error(), "secret")
				return
			}
			require.NoError(t, err)
			require.Equal(t, tc.want, got)
		})
	}
}

func TestParquetThroughAPipe(t *testing.T) {
	_, err := research.ReadRows(strings.NewReader("PAR1..."), "standard input", twoInputs(t, "a b"))
	require.EqualError(t, err, "standard input: Parquet is read from its end: a file is expected")
}

func writeRow(w io.Writer, a, b float64) error {
	_, err := fmt.Fprintf(w, "%v,%v\n", a, b)
	return err
}
