package market

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestLoadAlignsToTheUnionOfAllDays(t *testing.T) {
	m := load(t, folder(map[string][]byte{
		"2024-12-31/BBB.parquet": barsOn(t, "BBB", "2024-01-03", "2024-01-05", "2024-01-09"),
		"2024-12-31/AAA.parquet": barsOn(t, "AAA", "2024-01-02", "2024-01-03", "2024-01-08"),
	}))
	require.Equal(t, "2024-12-31", m.RunDate.String())
	require.Empty(t, m.Failures)
	require.Equal(t, []string{"AAA", "BBB"}, m.Symbols())
	var days []string
	for _, d := range m.Calendar {
		days = append(days, d.String())
	}
	require.Equal(t, []string{"2024-01-02", "2024-01-03", "2024-01-05", "2024-01-08", "2024-01-09"}, days)
	require.Equal(t, days[0], m.First().String())
	require.Equal(t, days[4], m.Last().String())

	a, b := m.Find("AAA"), m.Find("BBB")
	require.Equal(t, 0, a.First)
	require.Equal(t, 1, b.First)
	same(t, []float32{65724, 65725, nan32, 65730}, a.Close, "AAA close")
	same(t, []float32{66725, 66727, nan32, 66731}, b.Close, "BBB close")
	same(t, []float32{66725.25, 66727.25, nan32, 66731.25}, b.Open, "BBB open")
	require.Nil(t, b.VWAP)
	require.True(t, b.HasBar(1))
	require.False(t, b.HasBar(2))
	_, ok := b.Row(0)
	require.False(t, ok)
	row, ok := b.Row(4)
	require.True(t, ok)
	require.Equal(t, 3, row)
	_, ok = a.Row(4)
	require.False(t, ok, "after its last bar a series has no rows")
	require.Nil(t, m.Find("CCC"))
	require.Nil(t, m.Find("aaa"))
}

func TestDayIndex(t *testing.T) {
	m := load(t, folder(map[string][]byte{"2024-12-31/A.parquet": barsOn(t, "A", "2024-01-02", "2024-01-05", "2024-01-08")}))
	for _, tc := range []struct {
		name, day string
		index     int
		ok        bool
	}{
		{"before the first", "2024-01-01", -1, false},
		{"the first", "2024-01-02", 0, true},
		{"in a hole", "2024-01-04", 0, true},
		{"a trading day", "2024-01-05", 1, true},
		{"a weekend", "2024-01-07", 1, true},
		{"the last", "2024-01-08", 2, true},
		{"after the last", "2199-12-31", 2, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d, err := ParseDate(tc.day)
			require.NoError(t, err)
			index, ok := m.DayIndex(d)
			require.Equal(t, tc.index, index)
			require.Equal(t, tc.ok, ok)
		})
	}
}

func TestLoadTakesTheNewestRun(t *testing.T) {
	old, newest := barsOn(t, "AAA", "2024-01-02"), barsOn(t, "AAA", "2024-01-02", "2024-01-03")
	m := load(t, folder(map[string][]byte{
		"2024-06-28/AAA.parquet":         old,
		"2024-12-31/AAA.parquet":         newest,
		"2024-12-31/notes.txt":           []byte("not data"),
		"2024-12-31/.AAA.parquet":        []byte("half written"),
		"2024-12-31/sub/BBB.parquet":     old,
		"2025-01-31/notes.txt":           []byte("a run without bars yet"),
		"2025-02-30/AAA.parquet":         old, // not a day
		"2025-1-31/AAA.parquet":          old,
		"20250131/AAA.parquet":           old,
		"2026-01-01.tmp/AAA.parquet":     old,
		".import-2026-01-01-X/A.parquet": old,
		"latest/AAA.parquet":             old,
		"2027-01-01":                     []byte("a file, not a folder"),
		"AAA.parquet":                    old,
	}))
	require.Equal(t, "2024-12-31", m.RunDate.String())
	require.Empty(t, m.Failures)
	require.Equal(t, 2, m.Find("AAA").Len())
	require.Len(t, m.Series, 1)
}

func TestLoadNamesFailuresAndHidesNothingElse(t *testing.T) {
	good := barsOn(t, "GOOD", "2024-01-02", "2024-01-03")
	for _, tc := range []struct {
		name, file string
		content    []byte
		symbol     string
		want       string
	}{
		{"damaged", "BAD.parquet", good[:200], "BAD", "not a whole Parquet file"},
		{"empty", "BAD.parquet", nil, "BAD", "0 bytes are too few"},
		{"another symbol inside", "BAD.parquet", good, "BAD", `the symbol column has another symbol than "BAD", for which the file is named`},
		{"not a symbol", "BAD NAME.parquet", good, "BAD NAME", `symbol "BAD NAME" has ' ' at byte 3`},
		{"a long name", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.parquet", good, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", "has 36 bytes; the limit is 32"},
		{"no name", ".parquet.parquet", good, "", ""},
		{"a folder", "BAD.parquet/part-0.parquet", good, "BAD", "it is a folder, not a file"},
		{"large", "BAD.parquet", make([]byte, 64<<20+1), "BAD", "it is over the limit of 67108864 bytes"},
		{"out of range", "BAD.parquet", barsOn(t, "BAD", "1899-12-31"), "BAD", "dates go from 1900-01-01 to 2199-12-31"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := load(t, folder(map[string][]byte{"2024-12-31/GOOD.parquet": good, "2024-12-31/ZZZ.parquet": barsOn(t, "ZZZ", "2024-01-04"), "2024-12-31/" + tc.file: tc.content}))
			require.Equal(t, []string{"GOOD", "ZZZ"}, m.Symbols())
			require.Len(t, m.Calendar, 3, "a file that failed adds no day")
			if tc.want == "" {
				require.Empty(t, m.Failures)
				return
			}
			require.Len(t, m.Failures, 1)
			f := m.Failures[0]
			require.Equal(t, tc.symbol, f.Symbol)
			require.Equal(t, "2024-12-31/"+filepath.Dir(tc.file + "/x")[:len(tc.symbol)+len(barsExt)], f.File)
			require.Contains(t, f.Reason, tc.want)
		})
	}
}

func TestLoadFailsBothOfTwoFilesOfOneSymbol(t *testing.T) {
	m := load(t, folder(map[string][]byte{
		"2024-12-31/AAA.parquet": barsOn(t, "AAA", "2024-01-02"),
		"2024-12-31/aaa.parquet": barsOn(t, "AAA", "2024-01-03"),
		"2024-12-31/bbb.parquet": barsOn(t, "BBB", "2024-01-04"),
	}))
	require.Equal(t, []string{"BBB"}, m.Symbols())
	require.Equal(t, []Failure{
		{Symbol: "AAA", File: "2024-12-31/AAA.parquet", Kind: SameSymbol, Reason: "2024-12-31/aaa.parquet is the same symbol"},
		{Symbol: "AAA", File: "2024-12-31/aaa.parquet", Kind: SameSymbol, Reason: "2024-12-31/AAA.parquet is the same symbol"},
	}, m.Failures)
}

func TestLoadSectors(t *testing.T) {
	for _, tc := range []struct {
		name, csv string
		sector    string   // of AAA
		sectors   []string // of the market
		failure   string
	}{
		{name: "plain", csv: "symbol,sector\nAAA,Energy\nOTHER,Tech\n", sector: "Energy", sectors: []string{"Energy", "Tech"}},
		{name: "shared and unsorted", csv: "symbol,sector\nB,b\nC,a\nD,\nE,b\nF,B\n", sectors: []string{"B", "a", "b"}},
		{name: "other columns, BOM, CRLF, case", csv: "\ufeffname,sector,symbol\r\n\"A, Inc.\",Health Care,aaa\r\n", sector: "Health Care", sectors: []string{"Health Care"}},
		{name: "not named", csv: "symbol,sector\nBBB,Energy\n", sectors: []string{"Energy"}},
		{name: "empty sector", csv: "symbol,sector\nAAA,\n"},
		{name: "header only", csv: "symbol,sector\n"},
		{name: "empty", csv: "", failure: "it is empty"},
		{name: "no sector", csv: "symbol,industry\nAAA,Energy\n", failure: `its header is ["symbol" "industry"]`},
		{name: "short row", csv: "symbol,sector\nAAA,Energy\nBBB\n", failure: "line 3: wrong number of fields"},
		{name: "twice", csv: "symbol,sector\nAAA,Energy\naaa,Tech\n", failure: `line 3: symbol "AAA" is there twice`},
		{name: "bad symbol", csv: "symbol,sector\nA/B,Energy\n", failure: `line 2: symbol "A/B" has '/' at byte 1`},
		{name: "quotes", csv: "symbol,sector\nAAA,\"Energy\n", failure: "extraneous or missing \""},
		{name: "not text", csv: "symbol,sector\nAAA,\xff\n", failure: "line 2: the sector of AAA is not UTF-8"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := load(t, folder(map[string][]byte{"2024-12-31/AAA.parquet": barsOn(t, "AAA", "2024-01-02"), "symbols.csv": []byte(tc.csv)}))
			require.Equal(t, tc.sector, m.Find("AAA").Sector)
			require.Equal(t, tc.sectors, append([]string(nil), m.Sectors...))
			if tc.failure == "" {
				require.Empty(t, m.Failures)
				return
			}
			require.Len(t, m.Failures, 1)
			require.Equal(t, "symbols.csv", m.Failures[0].File)
			require.Contains(t, m.Failures[0].Reason, tc.failure)
		})
	}
}

func TestLoadErrors(t *testing.T) {
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	good := folder(map[string][]byte{"2024-12-31/AAA.parquet": barsOn(t, "AAA", "2024-01-02")})
	for _, tc := range []struct {
		name string
		ctx  context.Context
		fsys fs.FS
		is   error
		want string
	}{
		{"an empty directory", t.Context(), fstest.MapFS{}, ErrNoRun, "market data: no run folder: looked for YYYY-MM-DD/<SYMBOL>.parquet"},
		{"no bars in any run", t.Context(), folder(map[string][]byte{"2024-12-31/x.csv": nil}), ErrNoRun, "no run folder"},
		{"no directory", t.Context(), os.DirFS(filepath.Join(t.TempDir(), "none")), fs.ErrNotExist, "market data: "},
		{"nothing to be used", t.Context(), folder(map[string][]byte{"2023-12-29/AAA.parquet": barsOn(t, "AAA", "2024-01-02"), "2024-12-31/B.parquet": nil, "2024-12-31/A.parquet": []byte("PAR1")}),
			nil, "market data: run 2024-12-31: none of its 2 files can be used; the first, 2024-12-31/A.parquet: 4 bytes are too few"},
		{"given up", canceled, good, context.Canceled, "canceled"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m, err := Load(tc.ctx, tc.fsys)
			require.Nil(t, m)
			require.ErrorContains(t, err, tc.want)
			if tc.is != nil {
				require.ErrorIs(t, err, tc.is)
			}
		})
	}
}

func TestRevisionIsOfTheBytes(t *testing.T) {
	pandas, err := os.ReadFile("barfile/testdata/pandas/default.parquet")
	require.NoError(t, err)
	files := func() map[string][]byte {
		return map[string][]byte{
			"2024-12-31/brk-b.parquet": pandas,
			"2024-12-31/BBB.parquet":   []byte("damaged"),
			"symbols.csv":              []byte("symbol,sector\nAAA,Energy\n"),
		}
	}
	base := load(t, folder(files()))
	require.Equal(t, "dca6616bba8ffb402f2ab538ff2f123514945887c6e830746a3b75f0b3865b79", base.Revision, "the same on every machine")
	later := folder(files())
	for _, f := range later {
		f.ModTime = time.Unix(99, 0)
	}
	later["2023-12-29/brk-b.parquet"] = later["2024-12-31/brk-b.parquet"]
	later["2024-12-31/readme"] = later["symbols.csv"]
	require.Equal(t, base.Revision, load(t, later).Revision, "times, older runs and other files do not count")

	for _, tc := range []struct {
		name   string
		change func(map[string][]byte)
	}{
		{"a bar", func(f map[string][]byte) { f["2024-12-31/brk-b.parquet"] = barsOn(t, "BRK-B", "2024-01-03") }},
		{"a damaged file", func(f map[string][]byte) { f["2024-12-31/BBB.parquet"] = []byte("damaged too") }},
		{"a file more", func(f map[string][]byte) { f["2024-12-31/CCC.parquet"] = []byte("damaged") }},
		{"a file less", func(f map[string][]byte) { delete(f, "2024-12-31/BBB.parquet") }},
		{"a name", func(f map[string][]byte) {
			f["2024-12-31/BBC.parquet"] = f["2024-12-31/BBB.parquet"]
			delete(f, "2024-12-31/BBB.parquet")
		}},
		{"sectors", func(f map[string][]byte) { f["symbols.csv"] = []byte("symbol,sector\nAAA,Tech\n") }},
		{"no sectors", func(f map[string][]byte) { delete(f, "symbols.csv") }},
		{"the run", func(f map[string][]byte) { f["2025-01-31/brk-b.parquet"] = f["2024-12-31/brk-b.parquet"] }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := files()
			tc.change(f)
			require.NotEqual(t, base.Revision, load(t, folder(f)).Revision)
		})
	}
}

func TestLoadIsTheSameOnAnyNumberOfThreads(t *testing.T) {
	files := map[string][]byte{"2024-12-31/BAD.parquet": nil}
	for c := 'A'; c <= 'Z'; c++ {
		s := string(c) + "X"
		files["2024-12-31/"+s+".parquet"] = barsOn(t, s, "2024-01-02", "2024-01-04", "2024-01-0"+string('5'+c%5))
	}
	fsys := folder(files)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	one := load(t, fsys)
	runtime.GOMAXPROCS(8)
	eight := load(t, fsys)
	require.Equal(t, one.Revision, eight.Revision)
	require.Equal(t, one.Failures, eight.Failures)
	require.Equal(t, one.Calendar, eight.Calendar)
	require.Equal(t, one.Symbols(), eight.Symbols())
	for i, s := range one.Series {
		require.Equal(t, s.First, eight.Series[i].First)
		sameColumns(t, s.Columns, eight.Series[i].Columns, s.Symbol)
	}
}

func TestLoadFollowsLinks(t *testing.T) {
	dir := t.TempDir()
	elsewhere := filepath.Join(t.TempDir(), "finished")
	require.NoError(t, os.Mkdir(elsewhere, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(elsewhere, "AAA.parquet"), barsOn(t, "AAA", "2024-01-02"), 0o644))
	require.NoError(t, os.Symlink(elsewhere, filepath.Join(dir, "2024-12-31")))
	require.NoError(t, os.Symlink("nowhere", filepath.Join(dir, "2025-12-31")))
	require.Equal(t, "2024-12-31", load(t, os.DirFS(dir)).RunDate.String())
}

func TestLoadMarksWhatMayPass(t *testing.T) {
	files := folder(map[string][]byte{
		"2024-12-31/AAA.parquet": barsOn(t, "AAA", "2024-01-02"), "2024-12-31/BBB.parquet": barsOn(t, "BBB", "2024-01-02"),
		"2024-12-31/CCC.parquet": nil, "symbols.csv": []byte("symbol,sector\n"),
	})
	d := &disk{files: files, faults: map[string]bool{}}
	require.False(t, load(t, d).unread)
	d.faults["2024-12-31/BBB.parquet"] = true
	m := load(t, d)
	require.True(t, m.unread)
	require.Equal(t, Failure{Symbol: "BBB", File: "2024-12-31/BBB.parquet", Kind: Unreadable, Reason: "open 2024-12-31/BBB.parquet: input/output error"}, m.Failures[0])
	d.faults = map[string]bool{"symbols.csv": true}
	require.True(t, load(t, d).unread)
}
