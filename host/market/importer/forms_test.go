package importer

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/market"
	"edgesignal/host/market/barfile"
)

// TestForms: what people have, and that all of it is the same two bars.
func TestForms(t *testing.T) {
	newYork, err := barfile.Location("America/New_York")
	require.NoError(t, err)
	for _, tc := range []struct {
		name, csv string
		change    func(*Options)
	}{
		{name: "plain", csv: "symbol,date,open,high,low,close,volume\nAAPL,2024-01-02,1,2,0.5,1.5,100\nAAPL,2024-01-03,2,3,1,,200\n"},
		{name: "any case and order, extra columns", csv: "Volume,Close,Adj Close,Low,HIGH,Open,Date,TICKER\n100,1.5,9,.5,2,1,2024-01-02,aapl\n200,,9,1,3,2,2024-01-03,AAPL\n"},
		{name: "semicolons", csv: "symbol;date;open;high;low;close;volume\nAAPL;2024-01-02;1;2;0.5;1.5;100\nAAPL;2024-01-03;2;3;1;NA;200\n"},
		{name: "semicolons and decimal commas", csv: "symbol;date;open;high;low;close;volume\nAAPL;2024-01-02;1,0;2;0,5;1,5;100\nAAPL;2024-01-03;2;3;1;;200\n", change: func(o *Options) { o.DecimalComma = true }},
		{name: "tabs, BOM, CRLF", csv: "\ufeffsymbol\tdate\topen\thigh\tlow\tclose\tvolume\r\nAAPL\t2024-01-02\t1\t2\t0.5\t1.5\t100\r\nAAPL\t2024-01-03\t2\t3\t1\tnull\t200\r\n"},
		{name: "BOM and quotes, as Excel has them", csv: "\ufeff\"symbol\",\"date\",\"open\",\"high\",\"low\",\"close\",\"volume\"\n\"AAPL\",\"2024-01-02\",\"1\",\"2\",\"0.5\",\"1.5\",\"100\"\n\"AAPL\",\"2024-01-03\",\"2\",\"3\",\"1\",\"#N/A\",\"200\"\n"},
		{name: "R's row names", csv: "\"\",\"symbol\",\"Date\",\"Open\",\"High\",\"Low\",\"Close\",\"Volume\"\n\"1\",\"AAPL\",2024-01-02,1,2,0.5,1.5,100\n\"2\",\"AAPL\",2024-01-03,2,3,1,NA,200\n"},
		{name: "angle brackets and YYYYMMDD", csv: "<TICKER>,<PER>,<DATE>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>\nAAPL,D,20240102,1,2,0.5,1.5,100\nAAPL,D,20240103,2,3,1,NaN,200\n"},
		{name: "timestamps at midnight", csv: "symbol,timestamp,open,high,low,close,volume\nAAPL,2024-01-02 00:00:00,1,2,0.5,1.5,100\nAAPL,2024-01-03T00:00:00Z,2,3,1,None,200\n"},
		{name: "yfinance's moments", csv: "symbol,Datetime,Open,High,Low,Close,Volume\nAAPL,2024-01-02 16:00:00-05:00,1,2,0.5,1.5,100\nAAPL,2024-01-03 16:00:00-05:00,2,3,1,,200\n"},
		{name: "moments in a zone", csv: "symbol,date,open,high,low,close,volume\nAAPL,2024-01-02T21:00:00Z,1,2,0.5,1.5,100\nAAPL,2024-01-04T02:00:00Z,2,3,1,,200\n", change: func(o *Options) { o.Zone = newYork }},
		{name: "moments of the zone's clock", csv: "symbol,date,open,high,low,close,volume\nAAPL,2024-01-02 16:00,1,2,0.5,1.5,100\nAAPL,2024-01-03 20:00,2,3,1,,200\n", change: func(o *Options) { o.Zone = newYork }},
		{name: "a format of dates", csv: "symbol,date,open,high,low,close,volume\nAAPL,01/02/2024,1,2,0.5,1.5,100\nAAPL,01/03/2024,2,3,1,,200\n", change: func(o *Options) { o.DateFormat = "MM/DD/YYYY" }},
		{name: "columns by flags", csv: "sec,session,o,h,l,c,shares,close\nAAPL,2024/01/02,1,2,0.5,1.5,100,7\nAAPL,2024/01/03,2,3,1,,200,7\n", change: func(o *Options) {
			o.Columns = map[string]string{"symbol": "sec", "date": "session", "open": "O", "high": "h", "low": "l", "close": "c", "volume": "shares"}
		}},
		{name: "a symbol by flag", csv: "date,open,high,low,close,volume\n2024-01-02,1,2,0.5,1.5,100\n2024-01-03,2,3,1,,200\n", change: func(o *Options) { o.Symbol = "aapl" }},
		{name: "spaces", csv: " symbol , date , open , high , low , close , volume \n AAPL , 2024-01-02 , 1 , 2 , 0.5 , 1.5 , 100 \n AAPL , 2024-01-03 , 2 , 3 , 1 ,  , 200 \n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.change == nil {
				tc.change = func(*Options) {}
			}
			dir, _, err := importText(t, tc.csv, tc.change)
			require.NoError(t, err)
			requireTwoBars(t, dir)

			var packed bytes.Buffer
			w := gzip.NewWriter(&packed)
			_, err = w.Write([]byte(tc.csv))
			require.NoError(t, err)
			require.NoError(t, w.Close())
			dir, _, err = importText(t, packed.String(), tc.change)
			require.NoError(t, err)
			requireTwoBars(t, dir)
		})
	}
}

// requireTwoBars looks for the bars of TestForms.
func requireTwoBars(t *testing.T, dir string) {
	t.Helper()
	m := load(t, dir)
	require.Empty(t, m.Failures)
	require.Equal(t, []string{"AAPL"}, m.Symbols())
	require.Equal(t, []string{"2024-01-02", "2024-01-03"}, []string{m.First().String(), m.Last().String()})
	sameColumns(t, market.Columns{Open: []float32{1, 2}, High: []float32{2, 3}, Low: []float32{0.5, 1}, Close: []float32{1.5, nan32}, Volume: []float32{100, 200}}, m.Find("AAPL").Columns, "AAPL")
}

func TestFormsRefused(t *testing.T) {
	const header = "symbol,date,open,high,low,close,volume\n"
	for _, tc := range []struct {
		name, csv string
		change    func(*Options)
		want      string
	}{
		{name: "a quote that nobody closes", csv: header + "AAPL,2024-01-02,1,1,1,1,1\nAAPL,\"" + strings.Repeat("2024-01-03,1,1,1,1,1\n", 1<<17), want: "standard input: line 3: more than 1048576 bytes: is a quote not closed?"},
		{name: "a line without an end", csv: header + strings.Repeat("9", 3<<20), want: "standard input: line 2: more than 1048576 bytes"},
		{name: "a header without an end", csv: strings.Repeat("symbol", 1<<20), want: "standard input: line 1: more than 1048576 bytes"},
		{name: "UTF-16", csv: "\xff\xfes\x00y\x00", want: "standard input: UTF-16; save it as CSV in UTF-8"},
		{name: "a workbook", csv: "PK\x03\x04rest", want: "a zip archive or an Excel workbook"},
		{name: "damaged gzip", csv: "\x1f\x8brest", want: "standard input: "},
		{name: "a damaged Parquet file", csv: "PAR1 and more than twelve bytes", want: "standard input: not a whole Parquet file"},
		{name: "a decimal comma", csv: strings.ReplaceAll(header, ",", ";") + "AAPL;2024-01-02;1,5;1;1;1;1\n", want: `column "open": "1,5" is not a number; if its comma is a decimal one, say --decimal-comma`},
		{name: "days and months in an order that nobody knows", csv: header + "AAPL,01/02/2024,1,1,1,1,1\n", want: `date "01/02/2024" is not a day in the form YYYY-MM-DD or YYYYMMDD; say another with --date-format`},
		{name: "a format without a year", csv: header, change: func(o *Options) { o.DateFormat = "DD.MM.YY" }, want: `the date format "DD.MM.YY" does not have YYYY, MM and DD`},
		{name: "a column that holds nothing known", csv: header, change: func(o *Options) { o.Columns = map[string]string{"price": "x"} }, want: `no column holds "price"; they hold symbol, date, open`},
		{name: "a column that is not there", csv: header, change: func(o *Options) { o.Columns = map[string]string{"date": "Session"} }, want: `line 1: no column is named "Session"; there are "symbol", "date"`},
		{name: "two that differ by case", csv: "symbol,date,Date,open,high,low,close,volume\n", want: `line 1: two columns for "date": "date" and "Date"`},
		{name: "an adjusted close that is not there", csv: header, change: func(o *Options) { o.Adjusted = "adj_close" }, want: `line 1: no column is named "adj_close"`},
		{name: "prices without an adjusted close", csv: "symbol,date,open,high,low,close,volume,Adj Close\nA,2024-01-02,1,1,1,1,1,\n", change: func(o *Options) { o.Adjusted = "adj_close" }, want: `line 2, column "Adj Close": prices, but no adjusted close and close above 0`},
		{name: "a name as long as you like", csv: header + strings.Repeat("A", 99) + ",2024-01-02,1,1,1,1,1\n", want: `line 2, column "symbol": symbol "` + strings.Repeat("A", 40) + `" has 99 bytes`},
		{name: "nothing to append to", csv: header + "A,2024-01-02,1,1,1,1,1\n", change: func(o *Options) { o.Append = true }, want: "no such file"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.change == nil {
				tc.change = func(*Options) {}
			}
			dir, _, err := importText(t, tc.csv, tc.change)
			require.ErrorContains(t, err, tc.want)
			require.Less(t, len(err.Error()), 400)
			require.NoDirExists(t, filepath.Join(dir, run.String()))
		})
	}
}

func TestAdjusted(t *testing.T) {
	dir, _, err := importText(t, "symbol,date,open,high,low,close,volume,vwap,Adj Close\nA,2024-01-02,100,110,90,105,7,100,52.5\nA,2024-01-03,,,,,8,,\n", func(o *Options) { o.Adjusted = "adj_close" })
	require.NoError(t, err)
	sameColumns(t, market.Columns{
		Open: []float32{50, nan32}, High: []float32{55, nan32}, Low: []float32{45, nan32}, Close: []float32{52.5, nan32}, Volume: []float32{7, 8}, VWAP: []float32{50, nan32},
	}, load(t, dir).Find("A").Columns, "A")
}

// put writes files below a folder.
func put(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		name = filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
	}
}

func TestFolders(t *testing.T) {
	const rows = "Date,Open,High,Low,Close,Volume\n2024-01-02,1,2,0.5,1.5,100\n2024-01-03,2,3,1,,200\n"
	for _, tc := range []struct {
		name  string
		files map[string]string
	}{
		{"one file a symbol, named for it", map[string]string{"aapl.csv": rows}},
		{"what is hidden or no table", map[string]string{"AAPL.csv": rows, ".AAPL.csv": "?", "_SUCCESS": "", "_temporary/0/AAPL.csv": "?", "readme.md": "?"}},
		{"Hive's symbols", map[string]string{"symbol=AAPL/part-0.csv": rows[:len(rows)-len("2024-01-03,2,3,1,,200\n")], "symbol=AAPL/part-1.csv": "Date,Open,High,Low,Close,Volume\n2024-01-03,2,3,1,,200\n"}},
		{"Hive's dates", map[string]string{
			"date=2024-01-02/a.csv": "ticker,open,high,low,close,volume\nAAPL,1,2,0.5,1.5,100\n",
			"date=2024-01-03/a.csv": "ticker,open,high,low,close,volume\nAAPL,2,3,1,,200\n"}},
		{"Hive's years and symbols", map[string]string{"year=2024/ticker=AAPL/a.csv": rows}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			from, dir := t.TempDir(), t.TempDir()
			put(t, from, tc.files)
			s, err := Import(t.Context(), Options{Inputs: []string{from}, Dir: dir, Run: run})
			require.NoError(t, err)
			require.Len(t, s.Inputs, 1)
			requireTwoBars(t, dir)
		})
	}
	empty := t.TempDir()
	put(t, empty, map[string]string{"notes.md": ""})
	_, err := Import(t.Context(), Options{Inputs: []string{empty}, Dir: t.TempDir(), Run: run})
	require.ErrorContains(t, err, "no file in it has one of the extensions .csv")
}

// TestLongParquet imports what six writers wrote, one symbol or many in a file.
func TestLongParquet(t *testing.T) {
	const writers = "../barfile/testdata/writers"
	names, err := filepath.Glob(writers + "/*.parquet")
	require.NoError(t, err)
	require.Greater(t, len(names), 60)
	var first *market.Market
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			dir := t.TempDir()
			s, err := Import(t.Context(), Options{Inputs: []string{name}, Dir: dir, Run: run})
			if strings.Contains(name, "arrow-dictionary-string") { // its last row has no symbol
				require.ErrorContains(t, err, `row 7: symbol "" is empty`)
				return
			}
			require.NoError(t, err)
			require.Equal(t, "Parquet", s.Inputs[0].Format)
			m := load(t, dir)
			if first == nil {
				first = m
			}
			require.Equal(t, first.Calendar, m.Calendar)
			want, got := first.Find("BRK-B").Columns, m.Find("BRK-B").Columns
			got.VWAP = nil
			sameColumns(t, want, got, name)
		})
	}
	t.Run("many symbols", func(t *testing.T) {
		dir := t.TempDir()
		s, err := Import(t.Context(), Options{Inputs: []string{"testdata/long.parquet"}, Dir: dir, Run: run})
		require.NoError(t, err)
		m := load(t, dir)
		require.Equal(t, []string{"AAPL", "MSFT", "TSLA"}, m.Symbols())
		require.Equal(t, int64(12), s.Rows)
		require.Equal(t, []Column{{"symbol", `"ticker"`}, {"date", `"Date"`}, {"open", `"Open"`}, {"high", `"High"`}, {"low", `"Low"`}, {"close", `"Close"`}, {"volume", `"Volume"`}}, s.Inputs[0].Columns)
		require.Equal(t, []string{"Adj Close", "sector", "__index_level_0__"}, s.Inputs[0].Unused)
		for i, symbol := range m.Symbols() {
			c := m.Find(symbol).Columns
			for row := range 4 {
				base := float32(100*(i+1) + row)
				require.Equal(t, []float32{base, base + 1, base - 1, base + 0.5, float32(1000*(i+1) + row)}, []float32{c.Open[row], c.High[row], c.Low[row], c.Close[row], c.Volume[row]})
			}
		}
	})
	t.Run("adjusted", func(t *testing.T) {
		dir := t.TempDir()
		_, err := Import(t.Context(), Options{Inputs: []string{"testdata/long.parquet"}, Dir: dir, Run: run, Adjusted: "adj close"})
		require.NoError(t, err)
		c := load(t, dir).Find("AAPL").Columns
		same(t, []float32{50.25, 50.75, 51.25, 51.75}, c.Close, "close")
		same(t, []float32{50, 50.5, 51, 51.5}, c.Open, "open")
	})
	t.Run("a folder of Hive", func(t *testing.T) {
		dir := t.TempDir()
		s, err := Import(t.Context(), Options{Inputs: []string{"testdata/hive"}, Dir: dir, Run: run})
		require.NoError(t, err)
		require.Equal(t, 2, s.Inputs[0].Others)
		require.Equal(t, []string{"AAPL", "MSFT", "TSLA"}, load(t, dir).Symbols())
	})
}

func TestAppend(t *testing.T) {
	const header = "symbol,date,open,high,low,close,volume\n"
	const old = header + "AAPL,2024-01-02,1,1,1,1,1\nMSFT,2024-01-02,2,2,2,2.1,2\n"
	for _, tc := range []struct {
		name, csv string
		want      Appended
		err       string
		days      map[string]int
	}{
		{"a day more", header + "AAPL,2024-01-03,3,3,3,3,3\n", Appended{To: run, Carried: 1, Added: 1}, "", map[string]int{"AAPL": 2, "MSFT": 1}},
		{"a new symbol, and a bar that was there", header + "TSLA,2024-01-03,3,3,3,3,3\nMSFT,2024-01-02,2,2,2,2.1,2\n", Appended{To: run, Carried: 1, Added: 1, Same: 1}, "", map[string]int{"AAPL": 1, "MSFT": 1, "TSLA": 1}},
		{"a day before", header + "AAPL,2024-01-01,3,3,3,3,3\n", Appended{To: run, Carried: 1, Added: 1}, "", map[string]int{"AAPL": 2, "MSFT": 1}},
		{"with a vwap", "symbol,date,open,high,low,close,volume,vwap\nAAPL,2024-01-02,1,1,1,1,1,9\nAAPL,2024-01-03,3,3,3,3,3,9\n", Appended{To: run, Carried: 1, Added: 1, Same: 1}, "", map[string]int{"AAPL": 2, "MSFT": 1}},
		{"another value", header + "MSFT,2024-01-02,2,2,2,4.2,2\n", Appended{}, "MSFT: close of 2024-01-02 is 4.2, but 2.1 in run 2024-12-31; if the history was adjusted since, import all of it, without --append", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir, _, err := importText(t, old)
			require.NoError(t, err)
			before, err := os.ReadFile(filepath.Join(dir, run.String(), "AAPL.parquet"))
			require.NoError(t, err)
			o := Options{Inputs: []string{"-"}, Stdin: strings.NewReader(tc.csv), Dir: dir, Run: run + 1, Append: true}
			s, err := Import(t.Context(), o)
			if tc.err != "" {
				require.ErrorContains(t, err, tc.err)
				require.Equal(t, run, load(t, dir).RunDate)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tc.want, *s.Appended)
			m := load(t, dir)
			require.Equal(t, run+1, m.RunDate)
			require.Empty(t, m.Failures)
			require.Len(t, m.Series, len(tc.days))
			for symbol, n := range tc.days {
				require.Equal(t, n, m.Find(symbol).Len(), symbol)
			}
			if tc.days["AAPL"] == 1 {
				after, err := os.ReadFile(filepath.Join(dir, (run + 1).String(), "AAPL.parquet"))
				require.NoError(t, err)
				require.Equal(t, before, after, "what has no new bar is carried over as it is")
			}
			o.Stdin, o.Run = strings.NewReader(tc.csv), run-1
			_, err = Import(t.Context(), o)
			require.ErrorContains(t, err, "must have a later date than that, not 2024-12-30")
		})
	}
}

// TestAppendRefusesADamagedRun: what cannot be read is not carried over in silence.
func TestAppendRefusesADamagedRun(t *testing.T) {
	const text = "symbol,date,open,high,low,close,volume\nAAPL,2024-01-02,1,1,1,1,1\n"
	dir, s, err := importText(t, text)
	require.NoError(t, err)
	put(t, s.Dir, map[string]string{"MSFT.parquet": "damaged"})
	_, err = Import(t.Context(), Options{Inputs: []string{"-"}, Stdin: strings.NewReader(text), Dir: dir, Run: run + 1, Append: true})
	require.ErrorContains(t, err, "MSFT.parquet: 7 bytes are too few for a Parquet file")
	require.NoDirExists(t, filepath.Join(dir, (run+1).String()))
}

// TestSuccessFile: where the runs before have one, hosts wait for it.
func TestSuccessFile(t *testing.T) {
	const text = "symbol,date,open,high,low,close,volume\nAAPL,2024-01-02,1,1,1,1,1\n"
	dir, s, err := importText(t, text)
	require.NoError(t, err)
	require.NoFileExists(t, filepath.Join(s.Dir, successFile))
	put(t, s.Dir, map[string]string{successFile: ""})
	s, err = Import(t.Context(), Options{Inputs: []string{"-"}, Stdin: strings.NewReader(text), Dir: dir, Run: run + 1})
	require.NoError(t, err)
	require.FileExists(t, filepath.Join(s.Dir, successFile))
}

// TestNeverOver: whatever has the name of the run stays what it is.
func TestNeverOver(t *testing.T) {
	const text = "symbol,date,open,high,low,close,volume\nAAPL,2024-01-02,1,1,1,1,1\n"
	for name, make := range map[string]func(path string) error{
		"an empty folder": func(path string) error { return os.Mkdir(path, 0o755) },
		"a file":          func(path string) error { return os.WriteFile(path, nil, 0o644) },
		"a link to none":  func(path string) error { return os.Symlink("nowhere", path) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			require.NoError(t, make(filepath.Join(dir, run.String())))
			_, err := Import(t.Context(), Options{Inputs: []string{"-"}, Stdin: strings.NewReader(text), Dir: dir, Run: run})
			require.ErrorIs(t, err, fs.ErrExist)
		})
	}
}

func TestDayOfAMoment(t *testing.T) {
	tokyo, err := barfile.Location("Asia/Tokyo")
	require.NoError(t, err)
	for _, tc := range []struct {
		text string
		zone *time.Location
		want string // "" = refused
	}{
		{"2024-12-31T00:00:00+09:00", nil, "2024-12-31"},
		{"2024-12-31T15:00:00.5+0900", nil, "2024-12-31"},
		{"2024-12-30T15:00:00Z", tokyo, "2024-12-31"},
		{"2024-12-30T15:00:00Z", nil, ""},
		{"2024-12-31T15:00", nil, ""},
		{"2024-12-31 00:00:00.000", nil, "2024-12-31"},
		{"2024-12-31 00:00:00 +09:00", nil, ""},
		{"20241301", nil, ""},
		{"1704153600", nil, ""},
	} {
		d, err := dayParser{zone: tc.zone}.parse(tc.text)
		if tc.want == "" {
			require.Error(t, err, tc.text)
			continue
		}
		require.NoError(t, err, tc.text)
		require.Equal(t, tc.want, d.String(), tc.text)
	}
}
