package research_test

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"io"
	"io/fs"
	"maps"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"

	"edgesignal/artifacts"
	"edgesignal/host/alpha158"
	"edgesignal/host/market"
	"edgesignal/host/market/importer"
	"edgesignal/host/research"
)

// imported returns the golden bars of package alpha158 as a quant would load them.
func imported(t testing.TB) *market.Market {
	dir := t.TempDir()
	run, err := market.ParseDate("2024-10-31")
	require.NoError(t, err)
	_, err = importer.Import(t.Context(), importer.Options{Inputs: []string{"../alpha158/testdata/input.csv"}, Dir: dir, Run: run})
	require.NoError(t, err)
	return load(t, os.DirFS(dir))
}

func demo(t testing.TB) *market.Market {
	bars, err := fs.Sub(artifacts.FS, artifacts.Bars)
	require.NoError(t, err)
	return load(t, bars)
}

func load(t testing.TB, fsys fs.FS) *market.Market {
	m, err := market.Load(t.Context(), fsys)
	require.NoError(t, err)
	require.Empty(t, m.Failures)
	return m
}

// table is a feature CSV by "symbol date".
type table struct {
	keys []string
	rows map[string][]float32
}

func readTable(t testing.TB, r *csv.Reader) table {
	records, err := r.ReadAll()
	require.NoError(t, err)
	require.Equal(t, append([]string{"symbol", "date"}, alpha158.Names()...), records[0])
	out := table{rows: map[string][]float32{}}
	for _, rec := range records[1:] {
		key := rec[0] + " " + rec[1]
		row := make([]float32, 0, alpha158.Width)
		for _, cell := range rec[2:] {
			v := math.NaN()
			if cell != "" {
				v, err = strconv.ParseFloat(cell, 32)
				require.NoError(t, err)
			}
			row = append(row, float32(v))
		}
		out.keys = append(out.keys, key)
		out.rows[key] = row
	}
	return out
}

func readFile(t testing.TB, path string) table {
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	return readTable(t, csv.NewReader(bufio.NewReader(f)))
}

// differing counts cells whose bits differ, NaN equal to NaN, and fails for
// one that is off by more than one unit in the last place.
func differing(t testing.TB, want, got table) (cells, different int) {
	for _, key := range want.keys {
		g := got.rows[key]
		require.NotNil(t, g, key)
		for i, w := range want.rows[key] {
			cells++
			if w != w && g[i] != g[i] || math.Float32bits(w) == math.Float32bits(g[i]) || w == 0 && g[i] == 0 {
				continue
			}
			different++
			ulp := math.Nextafter32(w, g[i]) == g[i]
			require.True(t, ulp, "%s %s: %v, Qlib has %v", key, alpha158.Names()[i], g[i], w)
		}
	}
	return cells, different
}

func writeCSV(t testing.TB, m *market.Market, q research.FeatureQuery) []byte {
	var out bytes.Buffer
	w, err := research.NewCSVWriter(&out, research.Alpha158())
	require.NoError(t, err)
	require.NoError(t, research.WriteFeatures(t.Context(), w, m, q, nil))
	require.NoError(t, w.Close())
	return out.Bytes()
}

func TestFeatureMatrixIsQlibs(t *testing.T) {
	want := readFile(t, "../alpha158/testdata/features_f32.csv")
	got := readTable(t, csv.NewReader(bytes.NewReader(writeCSV(t, imported(t), research.FeatureQuery{}))))
	require.Equal(t, want.keys, got.keys, "one row per calendar day between a symbol's first and last bar, by symbol, then date")
	cells, different := differing(t, want, got)
	require.Equal(t, len(want.keys)*alpha158.Width, cells)
	require.LessOrEqual(t, different, 2)
	t.Logf("%d of %d cells off by one unit in the last place", different, cells)
}

func TestDemoFeaturesAreQlibs(t *testing.T) {
	m := demo(t)
	want := readFile(t, "testdata/features_sample.csv")
	got := table{rows: map[string][]float32{}}
	for _, key := range want.keys {
		symbol, date, _ := strings.Cut(key, " ")
		q := research.FeatureQuery{Symbols: []string{symbol}, From: day(t, date), To: day(t, date)}
		maps.Copy(got.rows, readTable(t, csv.NewReader(bytes.NewReader(writeCSV(t, m, q)))).rows)
	}
	cells, different := differing(t, want, got)
	require.Equal(t, len(want.keys)*alpha158.Width, cells)
	require.LessOrEqual(t, different, 2)
	t.Logf("%d of %d cells off by one unit in the last place", different, cells)
}

func day(t testing.TB, s string) *market.Date {
	d, err := market.ParseDate(s)
	require.NoError(t, err)
	return &d
}

func TestParquetHoldsWhatCSVHolds(t *testing.T) {
	m := imported(t)
	want := readTable(t, csv.NewReader(bytes.NewReader(writeCSV(t, m, research.FeatureQuery{}))))
	var out bytes.Buffer
	w := research.NewParquetWriter(&out, research.Alpha158())
	require.NoError(t, research.WriteFeatures(t.Context(), w, m, research.FeatureQuery{}, nil))
	require.NoError(t, w.Close())

	f, err := parquet.OpenFile(bytes.NewReader(out.Bytes()), int64(out.Len()))
	require.NoError(t, err)
	var names []string
	for _, c := range f.Schema().Columns() {
		names = append(names, c[0])
	}
	require.Equal(t, append([]string{"symbol", "date"}, alpha158.Names()...), names)
	rows := parquet.NewReader(f)
	defer rows.Close()
	buffer := make([]parquet.Row, 1)
	for _, key := range want.keys {
		n, _ := rows.ReadRows(buffer)
		require.Equal(t, 1, n)
		row := buffer[0]
		require.Equal(t, key, row[0].String()+" "+market.Date(row[1].Int32()).String())
		for i, w := range want.rows[key] {
			require.True(t, math.Float32bits(w) == math.Float32bits(row[2+i].Float()) || w != w && row[2+i].Float() != row[2+i].Float(), key)
		}
	}
}

func TestFeatureQuery(t *testing.T) {
	m := imported(t)
	all := readTable(t, csv.NewReader(bytes.NewReader(writeCSV(t, m, research.FeatureQuery{}))))
	for _, tc := range []struct {
		name        string
		q           research.FeatureQuery
		rows        int
		first, last string
	}{
		{"one symbol, one day", research.FeatureQuery{Symbols: []string{"BBB"}, From: day(t, "2024-06-03"), To: day(t, "2024-06-03")}, 1, "BBB 2024-06-03", "BBB 2024-06-03"},
		{"asked for twice and unsorted", research.FeatureQuery{Symbols: []string{"BBB", "AAA", "BBB"}, To: day(t, "2024-01-02")}, 2, "AAA 2024-01-02", "BBB 2024-01-02"},
		{"a weekend on both ends", research.FeatureQuery{Symbols: []string{"AAA"}, From: day(t, "2024-06-01"), To: day(t, "2024-06-02")}, 0, "", ""},
		{"bounds between trading days", research.FeatureQuery{Symbols: []string{"AAA"}, From: day(t, "2024-06-01"), To: day(t, "2024-06-09")}, 5, "AAA 2024-06-03", "AAA 2024-06-07"},
		{"before all", research.FeatureQuery{Symbols: []string{"AAA"}, To: day(t, "1999-01-01")}, 0, "", ""},
		{"after all", research.FeatureQuery{Symbols: []string{"AAA"}, From: day(t, "2199-01-01")}, 0, "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := readTable(t, csv.NewReader(bytes.NewReader(writeCSV(t, m, tc.q))))
			require.Len(t, got.keys, tc.rows)
			if tc.rows == 0 {
				return
			}
			require.Equal(t, []string{tc.first, tc.last}, []string{got.keys[0], got.keys[len(got.keys)-1]})
			_, different := differing(t, got, all)
			require.Zero(t, different, "a part equals the same rows of the whole")
		})
	}
	w, err := research.NewCSVWriter(io.Discard, research.Alpha158())
	require.NoError(t, err)
	require.ErrorContains(t, research.WriteFeatures(t.Context(), w, m, research.FeatureQuery{Symbols: []string{"NOPE"}}, nil), "NOPE")
}
