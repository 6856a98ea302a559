package demotest

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/guest/rules"
	"edgesignal/host/gate"
	"edgesignal/host/market"
	"edgesignal/host/market/qlibfile"
	"edgesignal/host/release"
)

//go:embed testdata/research
var researchFiles embed.FS

// Research is a whole research run of the real pyqlib 0.9.7 and LightGBM 4.7 on the
// demo's bars.
type Research struct {
	Features, Model []byte
	Predictions     map[string]map[string]float64 // what Qlib's model.predict says, by date, then symbol
}

// Researched returns a research run: robust is Alpha158 with RobustZScoreNorm and
// Fillna, custom twelve expressions with ZScoreNorm and Fillna.
func Researched(t testing.TB, name string) Research {
	t.Helper()
	read := func(file string) []byte {
		f, err := researchFiles.Open("testdata/research/" + name + "/" + file + ".gz")
		require.NoError(t, err)
		z, err := gzip.NewReader(f)
		require.NoError(t, err)
		b, err := io.ReadAll(z)
		require.NoError(t, err)
		return b
	}
	r := Research{Features: read("features.json"), Model: read("model.txt"), Predictions: map[string]map[string]float64{}}
	records, err := csv.NewReader(bytes.NewReader(read("predictions.csv"))).ReadAll()
	require.NoError(t, err)
	for _, line := range records[1:] {
		v, err := strconv.ParseFloat(line[2], 64)
		require.NoError(t, err)
		if r.Predictions[line[0]] == nil {
			r.Predictions[line[0]] = map[string]float64{}
		}
		r.Predictions[line[0]][line[1]] = v
	}
	return r
}

// Candidate returns a candidate with a feature set, nil = the built-in alpha158,
// and the stock rule.
func Candidate(t testing.TB, features, model []byte) gate.Candidate {
	t.Helper()
	rule, ok := rules.Stock(rules.TopBottom)
	require.True(t, ok)
	rec := release.Record{Strategy: "s", Version: "v", FeatureSet: release.FeatureSetAlpha158}
	c, err := gate.NewCandidate(&rec, json.RawMessage(`{"top_n":3,"bottom_n":3}`), gate.Files{Model: model, Features: features, Rule: rule})
	require.NoError(t, err)
	return c
}

// WriteProvider writes the demo's bars as Qlib's data directory.
func WriteProvider(t testing.TB, dir string) {
	t.Helper()
	m := Market(t)
	write := func(name string, content []byte) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, content, 0o600))
	}
	days := make([]int32, len(m.Calendar))
	for i, d := range m.Calendar {
		days[i] = int32(d)
	}
	write("calendars/day.txt", qlibfile.AppendCalendar(nil, days))
	var all strings.Builder
	for i, s := range m.Series {
		fmt.Fprintf(&all, "%s\t%s\t%s\n", s.Symbol, m.Calendar[s.First], m.Calendar[s.First+s.Len()-1])
		for _, field := range []string{"open", "high", "low", "close", "volume", "vwap"} {
			if c := m.Column(i, field); len(c.Values) > 0 {
				write("features/"+qlibfile.Folder(s.Symbol)+"/"+field+qlibfile.BinExt, qlibfile.AppendBin(nil, c.First, c.Values))
			}
		}
	}
	write("instruments/all.txt", []byte(all.String()))
}

// Provider returns the demo's bars as a market of Qlib's data directory.
func Provider(t testing.TB) *market.Market {
	t.Helper()
	dir := t.TempDir()
	WriteProvider(t, dir)
	m, err := market.Load(t.Context(), market.Dir(dir))
	require.NoError(t, err)
	require.Empty(t, m.Failures)
	return m
}
