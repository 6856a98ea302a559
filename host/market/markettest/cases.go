package markettest

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/market"
	"edgesignal/host/market/barfile"
)

const first = "2024-01-02"

func layouts(t *testing.T, open func(t *testing.T) Place) {
	a, b := Bars(t, "AAA", first, 5, 1), Bars(t, "BBB", first, 7, 2)
	for _, c := range []struct {
		name  string
		files map[string][]byte
	}{
		{"one run", map[string][]byte{"2024-12-31/AAA.parquet": a, "2024-12-31/BBB.parquet": b}},
		{"sectors", map[string][]byte{"2024-12-31/AAA.parquet": a, "symbols.csv": []byte("symbol,sector\nAAA,Energy\nBBB,Technology\n")}},
		{"damaged sectors", map[string][]byte{"2024-12-31/AAA.parquet": a, "symbols.csv": []byte("who,what\n")}},
		{"the newest run", map[string][]byte{
			"2024-06-28/AAA.parquet": b, "2024-12-31/AAA.parquet": a, "2024-09-30/AAA.parquet": b,
			"2025-01-31/notes.txt": []byte("a run without bars yet"), "2025-02-30/AAA.parquet": b, "2026-01-01.tmp/AAA.parquet": b,
			"2027-01-01": []byte("a file, not a folder"), "latest/AAA.parquet": b, ".import-2026-01-01-X/A.parquet": b, "AAA.parquet": b,
		}},
		{"what is no data", map[string][]byte{
			"2024-12-31/AAA.parquet": a, "2024-12-31/.BBB.parquet": b, "2024-12-31/notes.txt": b, "2024-12-31/sub/BBB.parquet": b, "2024-12-31/BBB.PARQUET": b,
		}},
		{"failures", map[string][]byte{
			"2024-12-31/AAA.parquet": a, "2024-12-31/HALF.parquet": a[:200], "2024-12-31/NONE.parquet": nil, "2024-12-31/OTHER.parquet": a,
			"2024-12-31/NO SYMBOL.parquet": b, "2024-12-31/" + strings.Repeat("X", 40) + ".parquet": b, "2024-12-31/%2e.parquet": b, "2024-12-31/Ü&+.parquet": b,
		}},
		{"a folder named as a file", map[string][]byte{"2024-12-31/AAA.parquet": a, "2024-12-31/BBB.parquet/part-0.parquet": b}},
		{"twins", map[string][]byte{"2024-12-31/AAA.parquet": a, "2024-12-31/BBB.parquet": b, "2024-12-31/aaa.parquet": a}},
		{"over the limit", map[string][]byte{"2024-12-31/AAA.parquet": a, "2024-12-31/BBB.parquet": make([]byte, barfile.MaxBytes+1)}},
		{"sectors over the limit", map[string][]byte{"2024-12-31/AAA.parquet": a, "symbols.csv": bytes.Repeat([]byte("symbol,sector\n"), 300_000)}},
		{"the same bytes twice", map[string][]byte{"2024-12-30/AAA.parquet": a, "2024-12-31/AAA.parquet": a, "2024-12-31/BBB.parquet": a}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := open(t)
			for name, content := range c.files {
				p.Put(t, name, content)
			}
			got, err := market.LoadFrom(t.Context(), p.Source())
			require.NoError(t, err)
			Same(t, Expected(t, c.files), got)
		})
	}
}

func changes(t *testing.T, p Place) {
	files := map[string][]byte{}
	put := func(name string, content []byte) func() {
		return func() { files[name] = content; p.Put(t, name, content) }
	}
	remove := func(name string) func() {
		return func() { delete(files, name); p.Remove(t, name) }
	}
	src, seen := p.Source(), ""
	for _, step := range []struct {
		name   string
		change func()
	}{
		{"the first symbol", put("2024-12-30/AAA.parquet", Bars(t, "AAA", first, 5, 1))},
		{"a symbol added", put("2024-12-30/BBB.parquet", Bars(t, "BBB", first, 5, 2))},
		{"a symbol changed", put("2024-12-30/AAA.parquet", Bars(t, "AAA", first, 6, 3))},
		{"another of the same length", put("2024-12-30/AAA.parquet", Bars(t, "AAA", "2024-01-03", 6, 3))},
		{"sectors", put("symbols.csv", []byte("symbol,sector\nAAA,Energy\n"))},
		{"other sectors", put("symbols.csv", []byte("symbol,sector\nAAA,Techno\n"))},
		{"no sectors", remove("symbols.csv")},
		{"a symbol removed", remove("2024-12-30/BBB.parquet")},
		{"a symbol damaged", put("2024-12-30/CCC.parquet", []byte("PAR1"))},
		{"a newer run", put("2024-12-31/AAA.parquet", Bars(t, "AAA", first, 8, 1))},
		{"the newer run goes", remove("2024-12-31/AAA.parquet")},
		{"and comes back", put("2024-12-31/AAA.parquet", Bars(t, "AAA", first, 9, 1))},
	} {
		step.change()
		l, err := src.List(t.Context(), market.AnyDay)
		require.NoError(t, err, step.name)
		require.NotEqual(t, seen, l.String(), step.name)
		seen = l.String()
		got, err := market.LoadFrom(t.Context(), src)
		require.NoError(t, err, step.name)
		require.Equal(t, seen, got.Listing().String(), step.name)
		Same(t, Expected(t, files), got)
		again, err := src.List(t.Context(), market.AnyDay)
		require.NoError(t, err, step.name)
		require.Equal(t, seen, again.String(), "%s: nothing changed since", step.name)
	}
}

func noRun(t *testing.T, p Place) {
	p.Put(t, "symbols.csv", []byte("symbol,sector\n"))
	p.Put(t, "2024-12-31/readme", nil)
	_, err := market.LoadFrom(t.Context(), p.Source())
	require.ErrorIs(t, err, market.ErrNoRun)
	p.Put(t, "2024-12-31/AAA.parquet", []byte("damaged"))
	_, err = market.LoadFrom(t.Context(), p.Source())
	require.ErrorContains(t, err, "run 2024-12-31: none of its 1 files can be used; the first, 2024-12-31/AAA.parquet")
}

func canceled(t *testing.T, p Place) {
	for i := range 20 {
		symbol := fmt.Sprintf("S%02d", i)
		p.Put(t, "2024-12-31/"+symbol+".parquet", Bars(t, symbol, first, 5, i))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := market.LoadFrom(ctx, p.Source())
	require.ErrorIs(t, err, context.Canceled)
}
