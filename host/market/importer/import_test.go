package importer

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

	"edgesignal/host/market"
	"edgesignal/host/market/barfile"
)

var run = market.Date(20088) // 2024-12-31

// importText imports a CSV from the standard input, with what change says.
func importText(t testing.TB, text string, change ...func(*Options)) (dir string, s Summary, err error) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "data", "adjusted")
	o := Options{Inputs: []string{"-"}, Stdin: strings.NewReader(text), Dir: dir, Run: run}
	for _, c := range change {
		c(&o)
	}
	s, err = Import(t.Context(), o)
	s.Inputs = nil
	return dir, s, err
}

func load(t testing.TB, dir string) *market.Market {
	t.Helper()
	m, err := market.Load(t.Context(), os.DirFS(dir))
	require.NoError(t, err)
	return m
}

var nan32 = float32(math.NaN())

// same compares bit for bit, with NaN equal to NaN.
func same(t require.TestingT, want, got []float32, what string) {
	require.Equal(t, want == nil, got == nil, what)
	require.Len(t, got, len(want), what)
	for i := range want {
		if want[i] == want[i] || got[i] == got[i] {
			require.Equal(t, math.Float32bits(want[i]), math.Float32bits(got[i]), "%s[%d]: want %v, got %v", what, i, want[i], got[i])
		}
	}
}

func sameColumns(t require.TestingT, want, got market.Columns, what string) {
	same(t, want.Open, got.Open, what+" open")
	same(t, want.High, got.High, what+" high")
	same(t, want.Low, got.Low, what+" low")
	same(t, want.Close, got.Close, what+" close")
	same(t, want.Volume, got.Volume, what+" volume")
	same(t, want.VWAP, got.VWAP, what+" vwap")
}

func TestImport(t *testing.T) {
	nan := nan32
	for _, tc := range []struct {
		name, csv string
		want      market.Columns
		first     string
		summary   Summary
	}{
		{
			name:    "plain",
			csv:     "symbol,date,open,high,low,close,volume\nAAPL,2024-01-03,1.5,2,1,1.7,100\nAAPL,2024-01-02,1,2,0.5,1.1,2.5e3\n",
			want:    market.Columns{Open: []float32{1, 1.5}, High: []float32{2, 2}, Low: []float32{0.5, 1}, Close: []float32{1.1, 1.7}, Volume: []float32{2500, 100}},
			summary: Summary{Symbols: 1, Rows: 2},
		},
		{
			name:    "BOM, CRLF, any order, lower case, missing values, vwap",
			csv:     "\ufeffvwap,close,\"date\",symbol,volume,open,low,high\r\n,1.1,2024-01-02,aapl,,1,0.5,2\r\n1.6,1.7,2024-01-03,Aapl,0.5,,1,2\r\n",
			want:    market.Columns{Open: []float32{1, nan}, High: []float32{2, 2}, Low: []float32{0.5, 1}, Close: []float32{1.1, 1.7}, Volume: []float32{nan, 0.5}, VWAP: []float32{nan, 1.6}},
			summary: Summary{Symbols: 1, Rows: 2},
		},
		{
			name:    "rows without values",
			csv:     "symbol,date,open,high,low,close,volume\nAAPL,2024-01-01,,,,,\nAAPL,2024-01-02,1,1,1,1,1\nAAPL,2024-01-03,,,,,\nGONE,2024-01-03,,,,,\n\nAAPL,2024-01-04,2,2,2,2,2",
			want:    market.Columns{Open: []float32{1, 2}, High: []float32{1, 2}, Low: []float32{1, 2}, Close: []float32{1, 2}, Volume: []float32{1, 2}},
			summary: Summary{Symbols: 1, Rows: 2, Empty: 3},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir, s, err := importText(t, tc.csv)
			require.NoError(t, err)
			m := load(t, dir)
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

func TestImportRefuses(t *testing.T) {
	const header = "symbol,date,open,high,low,close,volume\n"
	const good = "AAPL,2024-01-02,1,2,0.5,1.1,100\n"
	row := func(field int, value string) string {
		f := strings.Split(strings.TrimSpace(good), ",")
		f[field] = value
		return header + good + "MSFT" + strings.TrimPrefix(strings.Join(f, ","), "AAPL") + "\n"
	}
	for _, tc := range []struct{ name, csv, want string }{
		{"nothing", "", "standard input: no header: it is empty"},
		{"no column", "symbol,date,open,high,low,close\n", `standard input: line 1: no column for "volume"; there are "symbol", "date", "open", "high", "low", "close": say which it is with --column volume=NAME`},
		{"column twice", "symbol,date,open,high,low,close,volume,open\n", `standard input: line 1: two columns for "open": "open" and "open"`},
		{"no header", good, `standard input: line 1: no column for "symbol"; there are "AAPL", "2024-01-02", "1"`},
		{"no rows", header, "standard input: no bars"},
		{"no values", header + "AAPL,2024-01-02,,,,,\n", "standard input: no bars: 1 rows, none of them with a value"},
		{"too few fields", header + good + "AAPL,2024-01-03,1\n", "standard input: line 3: 3 fields; the header has 7"},
		{"too many fields", header + good + "AAPL,2024-01-03,1,1,1,1,1,1\n", "standard input: line 3: 8 fields; the header has 7"},
		{"bad date", row(1, "2024-02-30"), `standard input: line 3, column "date": date "2024-02-30" is not a day in the form YYYY-MM-DD`},
		{"date with time", row(1, "2024-02-28T16:00:00"), `standard input: line 3, column "date": a moment other than midnight, in a zone that nobody names: say it with --zone`},
		{"no date", row(1, ""), `standard input: line 3, column "date": date "" is not a day in the form YYYY-MM-DD`},
		{"early date", row(1, "1899-12-31"), `standard input: line 3, column "date": 1899-12-31 is not between 1900-01-01 and 2199-12-31`},
		{"late date", row(1, "2200-01-01"), `standard input: line 3, column "date": 2200-01-01 is not between`},
		{"not a number", row(2, "abc"), `standard input: line 3, column "open": "abc" is not a number`},
		{"two numbers", row(3, "1 2"), `standard input: line 3, column "high": "1 2" is not a number`},
		{"inf", row(5, "-Inf"), `standard input: line 3, column "close": "-Inf" is not a number`},
		{"hexadecimal", row(5, "0x10"), `standard input: line 3, column "close": "0x10" is not a number`},
		{"underscores", row(6, "1_000"), `standard input: line 3, column "volume": "1_000" is not a number`},
		{"thousands", row(6, `"1,000"`), `standard input: line 3, column "volume": "1,000" is not a number`},
		{"only a sign", row(6, "-"), `standard input: line 3, column "volume": "-" is not a number`},
		{"beyond float64", row(6, "1e400"), `standard input: line 3, column "volume": "1e400" is out of the range of float32`},
		{"beyond float32", row(5, "1e39"), `standard input: line 3, column "close": "1e39" is out of the range of float32`},
		{"a long value", row(5, strings.Repeat("x", 9999)), `standard input: line 3, column "close": "` + strings.Repeat("x", 40) + `" is not a number`},
		{"bad symbol", header + "../../etc/passwd,2024-01-02,1,1,1,1,1\n", `standard input: line 2, column "symbol": symbol "../../etc/passwd" begins with a dot`},
		{"no symbol", header + ",2024-01-02,1,1,1,1,1\n", `standard input: line 2, column "symbol": symbol "" is empty`},
		{"bar twice", header + good + "MSFT,2024-01-02,1,1,1,1,1\n" + "aapl,2024-01-02,1,1,1,1,1\n", `standard input: line 4: 2024-01-02 of AAPL is there already: standard input, line 2`},
		{"quotes", header + good + "\"AAPL,2024-01-02,1,1,1,1,1\n", "standard input: parse error on line 3, column 28: extraneous or missing \" in quoted-field"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir, s, err := importText(t, tc.csv)
			require.ErrorContains(t, err, tc.want)
			require.Zero(t, s)
			require.NoDirExists(t, dir, "nothing is written")
		})
	}
}

func TestImportRefusesTooLongAHistory(t *testing.T) {
	var b strings.Builder
	b.WriteString("symbol,date,open,high,low,close,volume\n")
	for i := range barfile.MaxRows + 1 {
		fmt.Fprintf(&b, "A,%s,1,1,1,1,1\n", market.MinDate+market.Date(i))
	}
	_, _, err := importText(t, b.String())
	require.ErrorContains(t, err, `standard input: line 100002, column "symbol": A has more than 100000 rows`)
}

func TestImportLeavesAnExistingRunAlone(t *testing.T) {
	dir := t.TempDir()
	folder := filepath.Join(dir, "2024-12-31")
	require.NoError(t, os.Mkdir(folder, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "A.parquet"), []byte("mine"), 0o644))
	_, err := Import(t.Context(), Options{Inputs: []string{"-"}, Stdin: strings.NewReader("never read"), Dir: dir, Run: run})
	require.ErrorIs(t, err, fs.ErrExist)
	require.ErrorContains(t, err, folder)
	content, err := os.ReadFile(filepath.Join(folder, "A.parquet"))
	require.NoError(t, err)
	require.Equal(t, "mine", string(content))
}

// TestImportLeavesNothingBehind breaks the import when it is half through.
func TestImportLeavesNothingBehind(t *testing.T) {
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
			_, err := Import(ctx, Options{Inputs: []string{"-"}, Stdin: tc.input(cancel), Dir: dir, Run: run})
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

func TestImportShowsProgress(t *testing.T) {
	var b strings.Builder
	b.WriteString("symbol,date,open,high,low,close,volume\n")
	for i := range 120_000 {
		fmt.Fprintf(&b, "S%d,%s,1,1,1,1,1\n", i%2, market.MinDate+market.Date(i/2))
	}
	var seen []int64
	_, err := Import(t.Context(), Options{Inputs: []string{"-"}, Stdin: strings.NewReader(b.String()), Dir: t.TempDir(), Run: run, Progress: func(rows int64) { seen = append(seen, rows) }})
	require.NoError(t, err)
	require.Equal(t, []int64{50_000, 100_000, 120_000}, seen)
}

// TestImportOfTheResearchSet imports bars with holes, missing values and a
// vwap column, twice: the cells are float32 of the text, the files are equal.
func TestImportOfTheResearchSet(t *testing.T) {
	text, err := os.ReadFile("testdata/bars.csv")
	require.NoError(t, err)
	dir, s, err := importText(t, string(text))
	require.NoError(t, err)
	require.Len(t, s.Suspicions, 1, "FFF jumps by more than a factor of ten, twice")
	require.Equal(t, "FFF", s.Suspicions[0].Symbol)
	require.Equal(t, map[market.BarFault]int{market.CloseJump: 2}, s.Suspicions[0].Faults)
	s.Suspicions = nil
	require.Equal(t, Summary{Dir: filepath.Join(dir, "2024-12-31"), Symbols: 6, Rows: 1113, First: s.First, Last: s.Last}, s)
	again, _, err := importText(t, string(text))
	require.NoError(t, err)
	m := load(t, dir)
	require.Empty(t, m.Failures)
	require.Equal(t, m.Revision, load(t, again).Revision, "equal CSV, equal bytes")

	cells := 0
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n")[1:] {
		f := strings.Split(line, ",")
		d, err := market.ParseDate(f[1])
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
		header := rapid.Permutation(holdings[:7+rapid.IntRange(0, 1).Draw(rt, "vwap")]).Draw(rt, "header")
		symbols := rapid.SliceOfNDistinct(rapid.StringMatching(`[A-Z0-9^][-A-Z0-9._=&+]{0,5}`), 1, 4, rapid.ID).Draw(rt, "symbols")
		type bar map[string]string
		want := map[string]map[market.Date]bar{}
		csv := strings.Join(header, ",") + "\n"
		bars := 0
		for _, symbol := range symbols {
			want[symbol] = map[market.Date]bar{}
			for _, d := range rapid.SliceOfNDistinct(rapid.Int32Range(19_700, 19_760), 1, 30, rapid.ID).Draw(rt, "days") {
				b := bar{"symbol": symbol, "date": market.Date(d).String()}
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
					want[symbol][market.Date(d)] = b
					bars++
				}
			}
		}
		tries++
		data := filepath.Join(dir, strconv.Itoa(tries))
		s, err := Import(t.Context(), Options{Inputs: []string{"-"}, Stdin: strings.NewReader(csv), Dir: data, Run: run})
		if bars == 0 {
			require.ErrorContains(rt, err, "no bars")
			return
		}
		require.NoError(rt, err)
		require.Equal(rt, int64(bars), s.Rows)
		m, err := market.Load(t.Context(), os.DirFS(data))
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
					same(rt, []float32{cell(rt, b[holdings[firstValue+k]])}, column[row:row+1], symbol)
				}
				require.Equal(rt, b != nil, series.HasBar(row))
			}
		}
	})
}

func FuzzImport(f *testing.F) {
	research, err := os.ReadFile("testdata/bars.csv")
	require.NoError(f, err)
	f.Add(string(research[:1000]))
	f.Add("symbol,date,open,high,low,close,volume\nA,2024-01-02,1,2,3,4,5\nB,2024-01-02,1,,,,5.5\n")
	f.Add("\ufeffvolume,close,low,high,open,date,symbol\r\n1,,,,,2024-01-02,a\r\n1,,,,,2024-01-03,A\r\n")
	f.Add("symbol,date,open,high,low,close,volume\nA,2024-01-02,1,2,3,4,5\na,2024-01-02,1,2,3,4,5\n")
	f.Add("symbol,date,open,high,low,close,volume\n\"A\n\",2024-01-02,1e400,nan,-,0x1,\n")
	f.Fuzz(func(t *testing.T, text string) {
		dir := t.TempDir()
		s, err := Import(t.Context(), Options{Inputs: []string{"-"}, Stdin: strings.NewReader(text), Dir: dir, Run: run})
		if err != nil {
			require.ErrorContains(t, err, "standard input")
			entries, err := os.ReadDir(dir)
			require.NoError(t, err)
			require.Empty(t, entries)
			return
		}
		m := load(t, dir)
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
