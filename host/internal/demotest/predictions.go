package demotest

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

//go:embed testdata/predictions.csv
var predictionsCSV []byte

// Predictions returns what LightGBM itself predicts with a release of the demo,
// by date, then symbol: every symbol and trading day of 2024.
func Predictions(t testing.TB, version string) map[string]map[string]float64 {
	t.Helper()
	records, err := csv.NewReader(bytes.NewReader(predictionsCSV)).ReadAll()
	require.NoError(t, err)
	column := 0
	for i, name := range records[0] {
		if name == version {
			column = i
		}
	}
	require.NotZero(t, column, "no predictions of %s", version)
	days := map[string]map[string]float64{}
	for _, r := range records[1:] {
		symbol, date := r[0], r[1]
		v, err := strconv.ParseFloat(r[column], 64)
		require.NoError(t, err)
		if days[date] == nil {
			days[date] = map[string]float64{}
		}
		days[date][symbol] = v
	}
	return days
}

// TopBottom returns the stock rule in plain Go, written from its description alone:
// over symbols in ascending order, the n with the highest predictions get +1/n
// each, the m with the lowest -1/m, ties by symbol; a symbol in both legs gets
// the sum.
func TopBottom(symbols []string, prediction map[string]float64, n, m int) map[string]float64 {
	weights := map[string]float64{}
	before := func(a, b string) bool { // a stands above b
		if prediction[a] != prediction[b] {
			return prediction[a] > prediction[b]
		}
		return a < b
	}
	for _, s := range symbols {
		above := 0
		for _, other := range symbols {
			if before(other, s) {
				above++
			}
		}
		weights[s] = 0
		if above < n {
			weights[s] += 1 / float64(n)
		}
		if len(symbols)-above <= m {
			weights[s] -= 1 / float64(m)
		}
	}
	return weights
}
