package market

import (
	"context"
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
	"pgregory.net/rapid"
)

var run = Date(20088) // 2024-12-31

func importText(t testing.TB, text string) (dir string, s ImportSummary, err error) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "data", "adjusted")
	s, err = ImportCSV(t.Context(), strings.NewReader(text), "bars.csv", dir, run, nil)
	return dir, s, err
}

func TestImportCSV(t *testing.T) {
	nan := nan32
	for _, tc := range []struct {
		name, csv string
		want      Columns
		first     string
		summary   ImportSummary
	}{
		{
			name:    "plain",
			csv:     "symbol,date,open,high,low,close,volume\nAAPL,2024-01-03,1.5,2,1,1.7,100\nAAPL,2024-01-02,1,2,0.5,1.1,2.5e3\n",
			want:    Columns{Open: []float32{1, 1.5}, High: []float32{2, 2}, Low: []float32{0.5, 1}, Close: []float32{1.1, 1.7}, Volume: []float32{2500, 100}},
			summary: ImportSummary{Symbols: 1, Rows: 2},
		},
		{
			name:    "BOM, CRLF, any order, lower case, missing values, vwap",
			csv:     "\ufeffvwap,close,\"date\",symbol,volume,open,low,high\r\n,1.1,2024-01-02,aapl,,1,0.5,2\r\n1.6,1.7,2024-01-03,Aapl,0.5,,1,2\r\n",
			want:    Columns{Open: []float32{1, nan}, High: []float32{2, 2}, Low: []float32{0.5, 1}, Close: []float32{1.1, 1.7}, Volume: []float32{nan, 0.5}, VWAP: []float32{nan, 1.6}},
			summary: ImportSummary{Symbols: 1, Rows: 2},
		},
		{
			name:    "rows without values",
			csv:     "symbol,date,open,high,low,close,volume\nAAPL,2024-01-01,,,,,\nAAPL,2024-01-02,1,1,1,1,1\nAAPL,2024-01-03,,,,,\nGONE,2024-01-03,,,,,\n\nAAPL,2024-01-04,2,2,2,2,2",
			want:    Columns{Open: []float32{1, 2}, High: []float32{1, 2}, Low: []float32{1, 2}, Close: []float32{1, 2}, Volume: []float32{1, 2}},
			summary: ImportSummary{Symbols: 1, Rows: 2, Empty: 3},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir, s, err := importText(t, tc.csv)
			require.NoError(t, err)
			m := load(t, os.DirFS(dir))
			require.Empty(t, m.Failures)
			require.Equal(t, run, m.RunDate)
			require.Equal(t, []string{"AAPL"}, m.Symbols())
			sameColumns(t, tc.want, m.Find("AAPL").Columns, "AAPL")
			tc.summary.Dir, tc.summary.First, tc.summary.Last = filepath.Join(dir, "2024-12-31"), m.First(), m.Last()
			require.Equal(t, tc.summary, s)
			entries, err := os.ReadDir(dir)
			require.NoError(t, err)
			require.Len(t, entries, 1, "nothing but the run folder is left")
			info, err := os.Stat(s.Dir)
			require.NoError(t, err)
			require.NotZero(t, info.Mode().Perm()&0o040, "others in the group may read: %s", info.Mode())
		})
	}
}

func TestImportCSVRefuses(t *testing.T) {
	const header = "symbol,date,open,high,low,close,volume\n"
	const good = "AAPL,2024-01-02,1,2,0.5,1.1,100\n"
	row := func(field int, value string) string {
		f := strings.Split(strings.TrimSpace(good), ",")
		f[field] = value
		return header + good + "MSFT" + strings.TrimPrefix(strings.Join(f, ","), "AAPL") + "\n"
	}
	for _, tc := range []struct{ name, csv, want string }{
		{"nothing", "", "bars.csv: no header: it is empty"},
		{"unknown column", "symbol,date,open,high,low,close,volume,adj\n", `bars.csv line 1: unknown column "adj"; the columns are symbol,date,open,high,low,close,volume,vwap`},
		{"column in upper case", "Symbol,date,open,high,low,close,volume\n", `bars.csv line 1: unknown column "Symbol"`},
		{"no column", "symbol,date,open,high,low,close\n", `bars.csv line 1: no column "volume"; the header is "symbol,date,open,high,low,close"`},
		{"column twice", "symbol,date,open,high,low,close,volume,open\n", `bars.csv line 1: column "open" is there twice`},
		{"no header", good, `bars.csv line 1: unknown column "AAPL"`},
		{"no rows", header, "bars.csv: no bars"},
		{"no values", header + "AAPL,2024-01-02,,,,,\n", "bars.csv: no bars: 1 rows, none of them with a value"},
		{"too few fields", header + good + "AAPL,2024-01-03,1\n", "bars.csv line 3: 3 fields; the header has 7"},
		{"too many fields", header + good + "AAPL,2024-01-03,1,1,1,1,1,1\n", "bars.csv line 3: 8 fields; the header has 7"},
		{"bad date", row(1, "2024-02-30"), `bars.csv line 3, column "date": date "2024-02-30" is not a day in the form YYYY-MM-DD`},
		{"date with time", row(1, "2024-02-28T00:00:00"), `bars.csv line 3, column "date": date "2024-02-28T00:00:00" is not a day in the form YYYY-MM-DD`},
		{"no date", row(1, ""), `bars.csv line 3, column "date": date "" is not a day in the form YYYY-MM-DD`},
		{"early date", row(1, "1899-12-31"), `bars.csv line 3, column "date": 1899-12-31 is not between 1900-01-01 and 2199-12-31`},
		{"late date", row(1, "2200-01-01"), `bars.csv line 3, column "date": 2200-01-01 is not between`},
		{"not a number", row(2, "abc"), `bars.csv line 3, column "open": "abc" is not a number`},
		{"two numbers", row(3, "1 2"), `bars.csv line 3, column "high": "1 2" is not a number`},
		{"nan", row(4, "nan"), `bars.csv line 3, column "low": "nan" is not a number`},
		{"inf", row(5, "-Inf"), `bars.csv line 3, column "close": "-Inf" is not a number`},
		{"hexadecimal", row(5, "0x10"), `bars.csv line 3, column "close": "0x10" is not a number`},
		{"underscores", row(6, "1_000"), `bars.csv line 3, column "volume": "1_000" is not a number`},
		{"thousands", row(6, `"1,000"`), `bars.csv line 3, column "volume": "1,000" is not a number`},
		{"only a sign", row(6, "-"), `bars.csv line 3, column "volume": "-" is not a number`},
		{"beyond float64", row(6, "1e400"), `bars.csv line 3, column "volume": "1e400" is out of the range of float32`},
		{"beyond float32", row(5, "1e39"), `bars.csv line 3, column "close": "1e39" is out of the range of float32`},
		{"a long value", row(5, strings.Repeat("x", 9999)), `bars.csv line 3, column "close": "` + strings.Repeat("x", 40) + `" is not a number`},
		{"bad symbol", header + "../../etc/passwd,2024-01-02,1,1,1,1,1\n", `bars.csv line 2, column "symbol": symbol "../../etc/passwd" begins with a dot`},
		{"no symbol", header + ",2024-01-02,1,1,1,1,1\n", `bars.csv line 2, column "symbol": symbol "" is empty`},
		{"bar twice", header + good + "MSFT,2024-01-02,1,1,1,1,1\n" + "aapl,2024-01-02,1,1,1,1,1\n", `bars.csv line 4, column "date": 2024-01-02 of AAPL is on line 2 already`},
		{"quotes", header + good + "\"AAPL,2024-01-02,1,1,1,1,1\n", "bars.csv: parse error on line 3, column 28: extraneous or missing \" in quoted-field"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir, s, err := importText(t, tc.csv)
			require.ErrorContains(t, err, tc.want)
			require.Zero(t, s)
			require.NoDirExists(t, dir, "nothing is written")
		})
	}
}

func TestImportCSVRefusesTooLongAHistory(t *testing.T) {
	var b strings.Builder
	b.WriteString("symbol,date,open,high,low,close,volume\n")
	for i := range maxImportRows + 1 {
		fmt.Fprintf(&b, "A,%s,1,1,1,1,1\n", MinDate+Date(i))
	}
	_, _, err := importText(t, b.String())
	require.ErrorContains(t, err, `bars.csv line 100002, column "symbol": A has more than 100000 rows`)
}

func TestImportCSVLeavesAnExistingRunAlone(t *testing.T) {
	dir := t.TempDir()
	folder := filepath.Join(dir, "2024-12-31")
	require.NoError(t, os.Mkdir(folder, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "A.parquet"), []byte("mine"), 0o644))
	_, err := ImportCSV(t.Context(), strings.NewReader("never read"), "bars.csv", dir, run, nil)
	require.ErrorIs(t, err, fs.ErrExist)
	require.ErrorContains(t, err, folder)
	content, err := os.ReadFile(filepath.Join(folder, "A.parquet"))
	require.NoError(t, err)
	require.Equal(t, "mine", string(content))
}

// TestImportCSVLeavesNothingBehind breaks the import when it is half through.
func TestImportCSVLeavesNothingBehind(t *testing.T) {
	text, err := os.ReadFile("testdata/bars.csv")
	require.NoError(t, err)
	broken := errors.New("cable unplugged")
	for _, tc := range []struct {
		name  string
		input func(cancel func()) io.Reader
		is    error
	}{
		{"while reading", func(func()) io.Reader {
			return io.MultiReader(strings.NewReader(string(text[:len(text)/2])), iotestError{broken})
		}, broken},
		{"while writing", func(cancel func()) io.Reader { return io.MultiReader(strings.NewReader(string(text)), atEnd(cancel)) }, context.Canceled},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			_, err := ImportCSV(ctx, tc.input(cancel), "bars.csv", dir, run, nil)
			require.ErrorIs(t, err, tc.is)
			entries, err := os.ReadDir(dir)
			require.NoError(t, err)
			require.Empty(t, entries)
		})
	}
}

type iotestError struct{ err error }

func (e iotestError) Read([]byte) (int, error) { return 0, e.err }

// atEnd calls a function when it is read, and is empty.
type atEnd func()

func (f atEnd) Read([]byte) (int, error) { f(); return 0, io.EOF }

func TestImportCSVShowsProgress(t *testing.T) {
	var b strings.Builder
	b.WriteString("symbol,date,open,high,low,close,volume\n")
	for i := range 120_000 {
		fmt.Fprintf(&b, "S%d,%s,1,1,1,1,1\n", i%2, MinDate+Date(i/2))
	}
	var seen []int64
	_, err := ImportCSV(t.Context(), strings.NewReader(b.String()), "bars.csv", t.TempDir(), run, func(rows int64) { seen = append(seen, rows) })
	require.NoError(t, err)
	require.Equal(t, []int64{50_000, 100_000, 120_000}, seen)
}

// TestImportCSVOfTheResearchSet imports bars with holes, missing values and a
// vwap column, twice: the cells are float32 of the text, the files are equal.
func TestImportCSVOfTheResearchSet(t *testing.T) {
	text, err := os.ReadFile("testdata/bars.csv")
	require.NoError(t, err)
	dir, s, err := importText(t, string(text))
	require.NoError(t, err)
	require.Equal(t, ImportSummary{Dir: filepath.Join(dir, "2024-12-31"), Symbols: 6, Rows: 1113, First: s.First, Last: s.Last}, s)
	again, _, err := importText(t, string(text))
	require.NoError(t, err)
	m := load(t, os.DirFS(dir))
	require.Empty(t, m.Failures)
	require.Equal(t, m.Revision, load(t, os.DirFS(again)).Revision, "equal CSV, equal bytes")

	cells := 0
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n")[1:] {
		f := strings.Split(line, ",")
		d, err := ParseDate(f[1])
		require.NoError(t, err)
		index, ok := m.DayIndex(d)
		require.True(t, ok)
		require.Equal(t, d, m.Calendar[index])
		s := m.Find(f[0])
		row, ok := s.Row(index)
		require.True(t, ok)
		for k, column := range [][]float32{s.Open, s.High, s.Low, s.Close, s.Volume, s.VWAP} {
			same(t, []float32{cell(t, f[2+k])}, column[row:row+1], line)
			cells++
		}
	}
	require.Equal(t, 6*1113, cells)
}

func cell(t require.TestingT, text string) float32 {
	if text == "" {
		return nan32
	}
	v, err := strconv.ParseFloat(text, 64)
	require.NoError(t, err)
	return float32(v)
}

// TestImportThenLoad writes random bars as CSV, imports and loads them, and
// compares every cell of every series with the text it came from.
func TestImportThenLoad(t *testing.T) {
	dir := t.TempDir()
	tries := 0
	rapid.Check(t, func(rt *rapid.T) {
		numbers := rapid.OneOf(
			rapid.Just(""),
			rapid.Map(rapid.Float64Range(-1e30, 1e30), func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }),
			rapid.Map(rapid.Int64Range(-1<<53, 1<<53), func(v int64) string { return strconv.FormatInt(v, 10) }),
			rapid.SampledFrom([]string{"0", "-0", "+1.50", "1e-50", "16777217", "9007199254740993", "0.1", ".5", "5."}),
		)
		header := rapid.Permutation(csvColumns[:7+rapid.IntRange(0, 1).Draw(rt, "vwap")]).Draw(rt, "header")
		symbols := rapid.SliceOfNDistinct(rapid.StringMatching(`[A-Z0-9^][-A-Z0-9._=&+]{0,5}`), 1, 4, rapid.ID).Draw(rt, "symbols")
		type bar map[string]string
		want := map[string]map[Date]bar{}
		csv := strings.Join(header, ",") + "\n"
		bars := 0
		for _, symbol := range symbols {
			want[symbol] = map[Date]bar{}
			for _, d := range rapid.SliceOfNDistinct(rapid.Int32Range(19_700, 19_760), 1, 30, rapid.ID).Draw(rt, "days") {
				b := bar{"symbol": symbol, "date": Date(d).String()}
				if rapid.Bool().Draw(rt, "lower") {
					b["symbol"] = strings.ToLower(symbol)
				}
				hasValue := false
				var row []string
				for _, column := range header {
					if _, ok := b[column]; !ok {
						b[column] = numbers.Draw(rt, column)
						hasValue = hasValue || b[column] != ""
					}
					row = append(row, b[column])
				}
				csv += strings.Join(row, ",") + "\n"
				if hasValue {
					want[symbol][Date(d)] = b
					bars++
				}
			}
		}
		tries++
		data := filepath.Join(dir, strconv.Itoa(tries))
		s, err := ImportCSV(t.Context(), strings.NewReader(csv), "bars.csv", data, run, nil)
		if bars == 0 {
			require.ErrorContains(rt, err, "no bars")
			return
		}
		require.NoError(rt, err)
		require.Equal(rt, int64(bars), s.Rows)
		m, err := Load(t.Context(), os.DirFS(data))
		require.NoError(rt, err)
		require.Empty(rt, m.Failures)
		for symbol, days := range want {
			series := m.Find(symbol)
			require.Equal(rt, len(days) > 0, series != nil)
			if series == nil {
				continue
			}
			require.Contains(rt, days, m.Calendar[series.First])
			require.Contains(rt, days, m.Calendar[series.First+series.Len()-1])
			for row := range series.Len() {
				b := days[m.Calendar[series.First+row]]
				for k, column := range [][]float32{series.Open, series.High, series.Low, series.Close, series.Volume, series.VWAP} {
					if column == nil {
						require.False(rt, slices.Contains(header, "vwap"))
						continue
					}
					same(rt, []float32{cell(rt, b[csvColumns[firstValue+k]])}, column[row:row+1], symbol)
				}
				require.Equal(rt, b != nil, series.HasBar(row))
			}
		}
	})
}

func FuzzImportCSV(f *testing.F) {
	research, err := os.ReadFile("testdata/bars.csv")
	require.NoError(f, err)
	f.Add(string(research[:1000]))
	f.Add("symbol,date,open,high,low,close,volume\nA,2024-01-02,1,2,3,4,5\nB,2024-01-02,1,,,,5.5\n")
	f.Add("\ufeffvolume,close,low,high,open,date,symbol\r\n1,,,,,2024-01-02,a\r\n1,,,,,2024-01-03,A\r\n")
	f.Add("symbol,date,open,high,low,close,volume\nA,2024-01-02,1,2,3,4,5\na,2024-01-02,1,2,3,4,5\n")
	f.Add("symbol,date,open,high,low,close,volume\n\"A\n\",2024-01-02,1e400,nan,-,0x1,\n")
	f.Fuzz(func(t *testing.T, text string) {
		dir := t.TempDir()
		s, err := ImportCSV(t.Context(), strings.NewReader(text), "bars.csv", dir, run, nil)
		if err != nil {
			require.ErrorContains(t, err, "bars.csv")
			entries, err := os.ReadDir(dir)
			require.NoError(t, err)
			require.Empty(t, entries)
			return
		}
		m := load(t, os.DirFS(dir))
		require.Empty(t, m.Failures)
		require.Len(t, m.Series, s.Symbols)
		bars := int64(0)
		for _, series := range m.Series {
			for row := range series.Len() {
				if series.HasBar(row) {
					bars++
				}
				require.False(t, math.IsInf(float64(series.Close[row]), 0))
			}
		}
		require.Equal(t, s.Rows, bars)
	})
}
