package expr

import (
	"compress/gzip"
	"encoding/csv"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// bars is a Source made of a CSV file: the calendar, and each symbol's columns
// between its own first and last bar.
type bars struct {
	calendar []string
	symbols  []string
	first    map[string]int
	columns  map[string]map[string][]float32 // by symbol and field
}

func (b *bars) Series(symbol, field string) (int, []float32) {
	return b.first[symbol], b.columns[symbol][field]
}

// days returns the calendar rows of a symbol.
func (b *bars) days(symbol string) (from, to int) {
	return b.first[symbol], b.first[symbol] + len(b.columns[symbol]["close"])
}

func (b *bars) row(t testing.TB, date string) int {
	i, ok := slices.BinarySearch(b.calendar, date)
	require.True(t, ok, date)
	return i
}

// readCSV returns the header and the records of a gzipped file.
func readCSV(t testing.TB, name string) (header []string, records [][]string) {
	t.Helper()
	f, err := os.Open("testdata/" + name + ".gz")
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	records, err = csv.NewReader(z).ReadAll()
	require.NoError(t, err)
	return records[0], records[1:]
}

// golden returns the bars of the golden data.
func golden(t testing.TB) *bars {
	t.Helper()
	text, err := os.ReadFile("testdata/calendar.txt")
	require.NoError(t, err)
	b := &bars{calendar: strings.Fields(string(text)), first: map[string]int{}, columns: map[string]map[string][]float32{}}
	header, records := readCSV(t, "input.csv")
	for _, r := range records {
		symbol, row := r[0], b.row(t, r[1])
		if b.columns[symbol] == nil {
			b.symbols = append(b.symbols, symbol)
			b.first[symbol] = row
			b.columns[symbol] = map[string][]float32{}
		}
		for k, field := range header[2:] {
			column := b.columns[symbol][field]
			for len(column) < row-b.first[symbol] {
				column = append(column, nan32)
			}
			b.columns[symbol][field] = append(column, parse32(t, r[2+k]))
		}
	}
	slices.Sort(b.symbols)
	return b
}

func parse32(t testing.TB, s string) float32 {
	if s == "" || s == "nan" {
		return nan32
	}
	v, err := strconv.ParseFloat(s, 64)
	if !math.IsInf(v, 0) {
		require.NoError(t, err)
	}
	return float32(v)
}

// same reports equal bits, NaN equal to NaN.
func same(a, b float32) bool {
	return math.Float32bits(a) == math.Float32bits(b) || a != a && b != b
}

// near reports that two numbers are one ulp apart at most.
func near(a, b float32) bool {
	return same(a, b) || same(a, math.Nextafter32(b, float32(math.Inf(1)))) || same(a, math.Nextafter32(b, float32(math.Inf(-1))))
}
