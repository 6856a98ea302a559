package alpha158

import (
	"encoding/csv"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/market"
)

// history is one symbol of a test, aligned to a calendar.
type history struct {
	symbol string
	dates  []string
	market.Columns
}

// readCSV returns a file's header and records.
func readCSV(t testing.TB, path string) (header []string, records [][]string) {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	records, err = csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	require.NotEmpty(t, records)
	return records[0], records[1:]
}

// parse32 reads a number as float64, then rounds it to float32; empty and "nan" are NaN.
func parse32(t testing.TB, s string) float32 {
	t.Helper()
	if s == "" || s == "nan" {
		return float32(math.NaN())
	}
	v, err := strconv.ParseFloat(s, 64)
	require.NoError(t, err)
	return float32(v)
}

// readBars reads symbol,date,open,high,low,close,volume[,vwap] and aligns each
// symbol to the union of all dates between its own first and last bar.
func readBars(t testing.TB, path string) []history {
	t.Helper()
	header, records := readCSV(t, path)
	var calendar, symbols []string
	at := map[[2]string]int{}
	for i, r := range records {
		symbols, calendar = append(symbols, r[0]), append(calendar, r[1])
		at[[2]string{r[0], r[1]}] = i
	}
	slices.Sort(calendar)
	calendar = slices.Compact(calendar)
	slices.Sort(symbols)
	symbols = slices.Compact(symbols)

	var all []history
	for _, symbol := range symbols {
		has := func(date string) bool { _, ok := at[[2]string{symbol, date}]; return ok }
		first := slices.IndexFunc(calendar, has)
		last := len(calendar) - 1
		for !has(calendar[last]) {
			last--
		}
		h := history{symbol: symbol, dates: calendar[first : last+1]}
		column := func(name string) []float32 {
			field := slices.Index(header, name)
			if field < 0 {
				return nil
			}
			values := make([]float32, len(h.dates))
			for i, date := range h.dates {
				values[i] = float32(math.NaN())
				if r, ok := at[[2]string{symbol, date}]; ok {
					values[i] = parse32(t, records[r][field])
				}
			}
			return values
		}
		h.Columns = market.Columns{
			Open: column("open"), High: column("high"), Low: column("low"),
			Close: column("close"), Volume: column("volume"), VWAP: column("vwap"),
		}
		all = append(all, h)
	}
	return all
}

// features returns every row of c by History.
func features(c market.Columns) []float32 {
	dst := make([]float32, c.Len()*Width)
	History(dst, c, 0, c.Len())
	return dst
}

// same reports equal bits, NaN equal to NaN.
func same(a, b float32) bool {
	return math.Float32bits(a) == math.Float32bits(b) || a != a && b != b
}

// ulps returns the distance of two numbers in units of the last place; far apart when one is NaN.
func ulps(a, b float32) int {
	if a != a || b != b {
		return math.MaxInt32
	}
	ordered := func(v float32) int {
		bits := int(int32(math.Float32bits(v)))
		if bits < 0 {
			return math.MinInt32 - bits
		}
		return bits
	}
	return max(ordered(a)-ordered(b), ordered(b)-ordered(a))
}
