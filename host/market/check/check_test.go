package check

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"edgesignal/host/market"
	"edgesignal/host/market/markettest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// grid makes a market of a picture: a line a symbol, a column a calendar
// day, # = a bar.
func grid(t require.TestingT, lines ...string) *market.Market {
	m := &market.Market{}
	for i, line := range lines {
		first, last := strings.IndexByte(line, '#'), strings.LastIndexByte(line, '#')
		for len(m.Calendar) <= last {
			m.Calendar = append(m.Calendar, market.Date(20_000+len(m.Calendar)))
		}
		s := &market.Series{Symbol: fmt.Sprintf("S%02d", i), First: first}
		for _, c := range line[first : last+1] {
			v := float32(math.NaN())
			if c == '#' {
				v = 1
			}
			s.Close = append(s.Close, v)
		}
		s.Columns = market.Columns{Open: s.Close, High: s.Close, Low: s.Close, Close: s.Close, Volume: s.Close}
		m.Series = append(m.Series, s)
	}
	m.Arrange()
	require.NotEmpty(t, m.Series)
	return m
}

func TestCoverage(t *testing.T) {
	many := func(n int, line string) []string { return slices.Repeat([]string{line}, n) }
	for _, c := range []struct {
		name        string
		lines       []string
		thin        []int // days
		bars, alive int   // of the newest day
	}{
		{"whole", many(30, "#####"), nil, 30, 30},
		{"a stray bar on a Sunday in the middle", append(many(29, "##.##"), "#####"), []int{2}, 30, 30},
		{"a stray bar after all others", append(many(29, "####."), "#####"), []int{4}, 1, 30},
		{"a whole stray month after all others", append(many(29, "####"), "####"+strings.Repeat("#", 20)), []int{4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23}, 1, 30},
		{"a tenth is not fewer than a tenth", append(many(27, "##.##"), many(3, "#####")...), nil, 30, 30},
		{"just fewer", append(many(28, "##.##"), many(2, "#####")...), []int{2}, 30, 30},
		{"ten symbols: one bar is a tenth", append(many(9, "##.##"), "#####"), nil, 10, 10},
		{"eleven symbols: one bar is fewer", append(many(10, "##.##"), "#####"), []int{2}, 11, 11},
		{"one symbol", []string{"#####"}, nil, 1, 1},
		{"a symbol that is older than all others", append(many(29, ".....#####"), "##########"), nil, 30, 30},
		{"most were delisted long ago", append(many(20, "##"), many(5, "##########")...), nil, 5, 5},
		{"a day that is whole but for one", append(many(29, "#####"), "####."), nil, 29, 30},
		{"listed on the newest day", append(many(29, "#####"), "....#"), nil, 30, 30},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := grid(t, c.lines...)
			r := Of(m, nil, Default())
			var thin []int
			for _, d := range slices.Backward(r.Thin) {
				thin = append(thin, int(d.Day)-20_000)
				require.Less(t, d.Bars*10, d.Alive)
			}
			require.Equal(t, c.thin, thin)
			require.Equal(t, len(c.thin), r.ThinDays)
			require.Equal(t, []int{c.bars, c.alive}, []int{r.NewestDay.Bars, r.NewestDay.Alive})
			require.Equal(t, m.Last(), r.NewestDay.Day)
			require.Equal(t, len(c.thin) > 0, r.Err() != nil)
		})
	}
}

// Whatever the market: days with a bar of every symbol alive are never thin, no
// more symbols have bars than are alive, and none is counted for ever.
func TestCoverageOfAny(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(rapid.StringMatching(`[.#]{0,12}#[.#]{0,12}`), 1, 40).Draw(t, "lines")
		m := grid(t, lines...)
		r := Of(m, nil, Default())
		for _, c := range append(r.Thin, r.NewestDay) {
			require.LessOrEqual(t, c.Bars, c.Alive)
			require.LessOrEqual(t, c.Alive, len(lines))
		}
		require.LessOrEqual(t, r.ThinDays, len(m.Calendar))
		if r.ThinDays == len(m.Calendar) {
			require.Empty(t, m.Calendar, "some day is whole: the first")
		}
	})
}

// run returns the files of a run of n symbols with that many bars each.
func run(t testing.TB, day string, n int) map[string][]byte {
	files := map[string][]byte{}
	for i := range n {
		symbol := fmt.Sprintf("S%02d", i)
		files[day+"/"+symbol+".parquet"] = markettest.Bars(t, symbol, "2024-01-02", 20, i)
	}
	return files
}

func symbols(n int) (names []string) {
	for i := range n {
		names = append(names, fmt.Sprintf("S%02d", i))
	}
	return names
}

func TestVerdict(t *testing.T) {
	const day = "2024-12-31"
	damage := func(n int) func(map[string][]byte) {
		return func(files map[string][]byte) {
			for i := range n {
				files[fmt.Sprintf("%s/S%02d.parquet", day, i)] = []byte("damaged")
			}
		}
	}
	for _, c := range []struct {
		name   string
		n      int // files of the run
		before int // symbols before, 0 = none
		limits func(*Limits)
		change func(map[string][]byte)
		says   []string // of the refusal; none = it is taken
	}{
		{name: "the first market", n: 30},
		{name: "the same symbols", n: 30, before: 30},
		{name: "more symbols", n: 30, before: 20},
		{name: "nine of ten", n: 27, before: 30},
		{name: "fewer than nine of ten", n: 26, before: 30, says: []string{"run 2024-12-31 is not taken", "26 of the 30 symbols", "90 %", "missing: S26, S27, S28, S29", "MARKET_MIN_SYMBOLS_PERCENT"}},
		{name: "1 of 30", n: 1, before: 30, says: []string{"1 of the 30", "S01, S02, S03, S04, S05, S06, S07, S08, S09, S10 and 19 more"}},
		{name: "1 of 30, and that is meant", n: 1, before: 30, limits: func(l *Limits) { l.MinSymbols = 0 }},
		{name: "a tenth of the files is damaged", n: 30, change: damage(3)},
		{name: "more than a tenth is damaged", n: 30, change: damage(4), says: []string{"4 of its 30 files cannot be used (malformed 4), and 10 % may"}},
		{name: "half of them, allowed", n: 30, change: damage(15), limits: func(l *Limits) { l.MaxFailed = 50 }},
		{name: "files that SHA256SUMS names and that are missing", n: 20, change: func(files map[string][]byte) {
			var sums strings.Builder
			for i := range 30 {
				fmt.Fprintf(&sums, "%064x  S%02d.parquet\n", 0, i+20)
			}
			files[day+"/SHA256SUMS"] = []byte(sums.String())
		}, says: []string{"30 of its 50 files cannot be used (missing 30)"}},
		{name: "a stray bar", n: 30, change: func(files map[string][]byte) {
			files[day+"/S07.parquet"] = markettest.Bars(t, "S07", "2024-01-02", 21, 7)
		}, says: []string{"on 2024-01-22 (Monday) 1 of 30 symbols have a bar (2024-12-31/S07.parquet)", "calendar.txt", "ALLOW_THIN_DAYS"}},
		{name: "a stray bar, allowed", n: 30, limits: func(l *Limits) { l.AllowThinDays = true }, change: func(files map[string][]byte) {
			files[day+"/S07.parquet"] = markettest.Bars(t, "S07", "2024-01-02", 21, 7)
		}},
		{name: "a stray bar that the calendar has", n: 30, change: func(files map[string][]byte) {
			files[day+"/S07.parquet"] = markettest.Bars(t, "S07", "2024-01-02", 21, 7)
			files["calendar.txt"] = []byte(days("2024-01-02", 21))
		}},
		{name: "a stray bar that the calendar does not have fails its file", n: 30, change: func(files map[string][]byte) {
			files[day+"/S07.parquet"] = markettest.Bars(t, "S07", "2024-01-02", 21, 7)
			files["calendar.txt"] = []byte(days("2024-01-02", 20))
		}},
		{name: "everything at once", n: 20, before: 30, change: damage(5), says: []string{"15 of the 30 symbols", "5 of its 20 files"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := run(t, day, c.n)
			if c.change != nil {
				c.change(files)
			}
			limits := Default()
			if c.limits != nil {
				c.limits(&limits)
			}
			r := Of(markettest.Expected(t, files), symbols(c.before), limits)
			err := r.Err()
			if c.says == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, market.ErrRefused)
			for _, text := range c.says {
				require.ErrorContains(t, err, text)
			}
		})
	}
}

// days returns a calendar.txt of n days.
func days(first string, n int) string {
	d, err := market.ParseDate(first)
	if err != nil {
		panic(err)
	}
	var b strings.Builder
	for i := range n {
		fmt.Fprintln(&b, d+market.Date(i))
	}
	return b.String()
}

// What served last is known after a restart, whether the source still has it
// or not.
func TestTheGateRemembers(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state", "market")
	open := func(files map[string][]byte, of string) (*Gate, *market.Market) {
		fsys := fstest.MapFS{}
		for name, content := range files {
			fsys[name] = &fstest.MapFile{Data: content, Mode: 0o644}
		}
		g, damaged := NewGate(market.Directory(fsys), of, dir, Default())
		require.NoError(t, damaged)
		return g, markettest.Expected(t, files)
	}
	g, whole := open(run(t, "2024-12-30", 30), "/data")
	require.NoError(t, g.Check(t.Context(), whole), "nothing to hold it against")
	require.NoError(t, g.Serves(whole))
	require.Equal(t, 30, g.State().Serving.Symbols)

	g, one := open(run(t, "2024-12-31", 1), "/data")
	require.ErrorContains(t, g.Check(t.Context(), one), "1 of the 30 symbols")
	g, one = open(run(t, "2024-12-31", 1), "/elsewhere")
	require.NoError(t, g.Check(t.Context(), one), "another source is other data")

	// The run before it counts where nothing served yet.
	require.NoError(t, os.RemoveAll(dir))
	both := run(t, "2024-12-30", 30)
	both["2024-12-31/S00.parquet"] = both["2024-12-30/S00.parquet"]
	g, one = open(both, "/data")
	require.ErrorContains(t, g.Check(t.Context(), one), "1 of the 30 symbols")

	// A list that cannot be read is said, and is not there.
	require.NoError(t, g.Serves(whole))
	require.NoError(t, os.WriteFile(filepath.Join(dir, rosterFile), []byte(`{"Format":1`), 0o600))
	_, damaged := NewGate(market.Directory(fstest.MapFS{}), "/data", dir, Default())
	require.ErrorContains(t, damaged, rosterFile)
}
