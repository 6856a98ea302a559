package demotest

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
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

// Research is a whole research run of the real pyqlib 0.9.7 and LightGBM 4.6 or 4.7.
type Research struct {
	Features, Model []byte
	Predictions     map[string]map[string]float64 // what Qlib's model.predict says, by date, then symbol
}

// Researched returns a research run. On the demo's bars:
//
//	robust    Alpha158, RobustZScoreNorm and Fillna
//	custom    twelve expressions, ZScoreNorm and Fillna
//
// and on those of Gappy:
//
//	twenty    20 of the columns of Alpha158, a model with names and no feature set's file
//	alpha360  Alpha360, ProcessInf, ZScoreNorm and Fillna
//	ranked    nine expressions over the universe half, DropnaProcessor and CSRankNorm
//	crossed   the same, ProcessInf, CSZScoreNorm, CSZFillna and Fillna
func Researched(t testing.TB, name string) Research {
	t.Helper()
	read := func(file string) []byte {
		f, err := researchFiles.Open("testdata/research/" + name + "/" + file + ".gz")
		if errors.Is(err, fs.ErrNotExist) && file == "features.json" {
			return nil
		}
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

// WriteProvider writes the demo's bars as Qlib's data directory. change, which may be nil, alters
// what is written of a symbol.
func WriteProvider(t testing.TB, dir string, change func(series int, c market.Column) market.Column) {
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
	var all, half strings.Builder
	for i, s := range m.Series {
		fmt.Fprintf(&all, "%s\t%s\t%s\n", s.Symbol, m.Calendar[s.First], m.Calendar[s.First+s.Len()-1])
		switch {
		case i%2 == 0, i == 7, i == 11:
			fmt.Fprintf(&half, "%s\t%s\t%s\n", s.Symbol, m.First(), m.Last())
		case i%6 == 1:
			fmt.Fprintf(&half, "%s\t2021-01-04\t2024-08-15\n%s\t2024-10-01\t2024-12-31\n", s.Symbol, s.Symbol)
		}
		for _, field := range []string{"open", "high", "low", "close", "volume", "vwap"} {
			c := m.Column(i, field)
			if len(c.Values) == 0 {
				continue
			}
			if change != nil {
				c = change(i, market.Column{First: c.First, Values: slices.Clone(c.Values)})
			}
			write("features/"+qlibfile.Folder(s.Symbol)+"/"+field+qlibfile.BinExt, qlibfile.AppendBin(nil, c.First, c.Values))
		}
	}
	write("instruments/all.txt", []byte(all.String()))
	write("instruments/half.txt", []byte(half.String()))
}

// Provider returns the demo's bars as a market of Qlib's data directory.
func Provider(t testing.TB) *market.Market { return provider(t, nil) }

// Gappy returns the demo's bars as a market of Qlib's data directory in which symbols have rows without a bar
// and one is listed late. Its universe half has not the same symbols every day.
func Gappy(t testing.TB) *market.Market {
	return provider(t, func(series int, c market.Column) market.Column {
		for i := range c.Values {
			if series%5 == 1 && (c.First+i)%17 == 3 {
				c.Values[i] = float32(math.NaN())
			}
		}
		if late := 900 - c.First; series == 7 && late > 0 {
			c.First, c.Values = 900, c.Values[late:]
		}
		return c
	})
}

func provider(t testing.TB, change func(int, market.Column) market.Column) *market.Market {
	t.Helper()
	dir := t.TempDir()
	WriteProvider(t, dir, change)
	m, err := market.Load(t.Context(), market.Dir(dir))
	require.NoError(t, err)
	require.Empty(t, m.Failures)
	return m
}
