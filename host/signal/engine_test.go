package signal_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/artifacts"
	"edgesignal/host/gate"
	"edgesignal/host/internal/demotest"
	"edgesignal/host/live"
	"edgesignal/host/market"
	"edgesignal/host/portfolio"
	"edgesignal/host/rule"
	"edgesignal/host/signal"
)

func current(t testing.TB, b *demotest.Board) *live.Snapshot {
	snap, done, err := b.Current("")
	require.NoError(t, err)
	t.Cleanup(done)
	return snap
}

func day(t testing.TB, s string) *market.Date {
	d, err := market.ParseDate(s)
	require.NoError(t, err)
	return &d
}

// weights and predictions of an answer, by symbol.
func byName(a *signal.Answer) (w, p map[string]float64) {
	w, p = map[string]float64{}, map[string]float64{}
	for _, s := range a.Signals() {
		w[s.Symbol], p[s.Symbol] = s.TargetWeight, s.PredictedReturn
	}
	return w, p
}

func TestPredictionsAreLightGBMsToTheLastBit(t *testing.T) {
	b := demotest.NewServingBoard(t, nil)
	for _, version := range []string{"v1.0.0", "v1.1.0"} {
		b.MakeActive(artifacts.Strategy, version)
		_, err := b.Reload(t.Context(), "")
		require.NoError(t, err)
		snap := current(t, b)
		want := demotest.Predictions(t, version)
		engine := &signal.Engine{}
		days := []string{"2024-01-16", "2024-06-14", "2024-12-30", "2024-12-31"}
		for _, d := range days {
			a, err := engine.Book(t.Context(), snap, signal.Query{AsOf: day(t, d)})
			require.NoError(t, err)
			weights, predictions := byName(a)
			require.Equal(t, want[d], predictions, "%s on %s", version, d)
			symbols := snap.Market.Symbols()
			for _, x := range a.Excluded {
				symbols = remove(symbols, x.Symbol)
			}
			require.Equal(t, demotest.TopBottom(symbols, want[d], 3, 3), weights, "%s on %s", version, d)
		}
	}
}

func remove(list []string, s string) (out []string) {
	for _, v := range list {
		if v != s {
			out = append(out, v)
		}
	}
	return out
}

func TestGoldenPortfoliosByTheSameEngine(t *testing.T) {
	snap := current(t, demotest.NewServingBoard(t, nil))
	g, err := gate.ParseGolden(demotest.File(t, artifacts.Releases()[0].Golden))
	require.NoError(t, err)
	require.NotEmpty(t, g.Portfolios)
	for _, p := range g.Portfolios {
		a, err := (&signal.Engine{}).Book(t.Context(), snap, signal.Query{Symbols: p.Symbols, AsOf: day(t, p.Date), Params: p.Params})
		require.NoError(t, err)
		weights, predictions := byName(a)
		for i, s := range p.Symbols {
			require.Equal(t, p.Predictions[i], predictions[s], s)
			require.Equal(t, p.Weights[i], weights[s], s)
		}
	}
}

func TestFilteringNeverChangesWhatTheBookSays(t *testing.T) {
	snap := current(t, demotest.NewServingBoard(t, nil))
	engine := &signal.Engine{}
	whole, err := engine.Book(t.Context(), snap, signal.Query{})
	require.NoError(t, err)
	of := map[string]signal.Signal{}
	for _, s := range whole.Signals() {
		of[s.Symbol] = s
	}
	for _, only := range [][]string{{"AAPL"}, {"TSLA", "AAPL"}, {"XOM", "NOPE"}, snap.Market.Symbols()} {
		a, err := engine.Book(t.Context(), snap, signal.Query{Only: only})
		require.NoError(t, err)
		for _, s := range a.Signals() {
			require.Equal(t, of[s.Symbol], s)
		}
		require.Len(t, append(a.Excluded, make([]signal.Excluded, len(a.Signals()))...), len(only))
	}
}

func TestOrderIsByRankThenSymbol(t *testing.T) {
	snap := current(t, demotest.NewServingBoard(t, nil))
	a, err := (&signal.Engine{}).Book(t.Context(), snap, signal.Query{})
	require.NoError(t, err)
	for i := 1; i < len(a.Signals()); i++ {
		x, y := a.Signals()[i-1], a.Signals()[i]
		require.True(t, x.Rank < y.Rank || x.Rank == y.Rank && x.Symbol < y.Symbol)
		require.True(t, x.PredictedReturn > y.PredictedReturn || x.Rank == y.Rank)
	}
}

func TestWhoIsLeftOut(t *testing.T) {
	snap := current(t, demotest.NewServingBoard(t, nil))
	m := snap.Market
	first := m.Calendar[0]
	at60 := m.Calendar[59] // 60 rows: one too few for symbols listed on the first day
	for _, tc := range []struct {
		name     string
		engine   signal.Engine
		q        signal.Query
		dataAsOf string
		excluded []signal.Excluded
		err      error
	}{
		{
			name: "a weekend answers from the trading day before", q: signal.Query{AsOf: day(t, "2024-06-16"), Symbols: []string{"AAPL"}},
			dataAsOf: "2024-06-14",
		},
		{
			name: "after the last day answers from it", q: signal.Query{AsOf: day(t, "2031-01-01"), Symbols: []string{"AAPL"}},
			dataAsOf: "2024-12-31",
		},
		{
			name: "unknown in a book over given symbols", q: signal.Query{Symbols: []string{"ZZZZ", "AAPL"}},
			dataAsOf: "2024-12-31", excluded: []signal.Excluded{{Symbol: "ZZZZ", Reason: signal.UnknownSymbol}},
		},
		{
			name: "unknown in a pick", q: signal.Query{Only: []string{"ZZZZ", "AAPL", "AAAA"}},
			dataAsOf: "2024-12-31", excluded: []signal.Excluded{{Symbol: "AAAA", Reason: signal.UnknownSymbol}, {Symbol: "ZZZZ", Reason: signal.UnknownSymbol}},
		},
		{
			name: "outside the strategy's universe", engine: signal.Engine{Universe: []string{"AAPL", "TSLA"}}, q: signal.Query{Only: []string{"AAPL", "MSFT"}},
			dataAsOf: "2024-12-31", excluded: []signal.Excluded{{Symbol: "MSFT", Reason: signal.NotInUniverse}},
		},
		{name: "before the first day", q: signal.Query{AsOf: day(t, "2020-12-31")}, err: signal.ErrNoData},
		{name: "nobody has history yet", q: signal.Query{AsOf: &first}, err: signal.ErrNoData},
		{name: "one row too few", q: signal.Query{AsOf: &at60, Symbols: []string{"AAPL"}}, err: signal.ErrNoData},
		{name: "nobody is known", q: signal.Query{Symbols: []string{"ZZZZ"}}, err: signal.ErrNoData},
		{name: "nobody picked is known", q: signal.Query{Only: []string{"ZZZZ"}}, err: signal.ErrNoData},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a, err := tc.engine.Book(t.Context(), snap, tc.q)
			if tc.err != nil {
				require.ErrorIs(t, err, tc.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tc.dataAsOf, a.Inputs.DataAsOf.String())
			require.Equal(t, tc.excluded, append([]signal.Excluded(nil), a.Excluded...))
			require.NotEmpty(t, a.Signals())
		})
	}
}

func TestSuspendedAndYoungSymbolsAreNamed(t *testing.T) {
	b := demotest.NewServingBoard(t, nil)
	m := demotest.Market(t)
	// A market of the same bars with one symbol suspended on the last day and
	// one listed 60 rows before it.
	changed := *m
	changed.Revision = "changed"
	changed.Series = nil
	last := len(m.Calendar) - 1
	nan := nan32()
	for _, s := range m.Series {
		c := *s
		switch s.Symbol {
		case "AAPL":
			row := last - s.First
			for _, col := range []*[]float32{&c.Open, &c.High, &c.Low, &c.Close, &c.Volume} {
				*col = append([]float32(nil), (*col)...)
				(*col)[row] = nan
			}
		case "TSLA":
			c.Columns = s.Slice(s.Len()-60, s.Len())
			c.First = last - 59
		}
		changed.Series = append(changed.Series, &c)
	}
	require.NoError(t, b.SetMarket(&changed))
	a, err := (&signal.Engine{}).Book(t.Context(), current(t, b), signal.Query{})
	require.NoError(t, err)
	require.Equal(t, []signal.Excluded{{Symbol: "AAPL", Reason: signal.NoBar}, {Symbol: "TSLA", Reason: signal.ShortHistory}}, a.Excluded)
	require.Len(t, a.Signals(), len(m.Series)-2)
}

func nan32() float32 { z := float32(0); return z / z }

func params(t *testing.T, text string) rule.Params {
	p, err := rule.ParseParams([]byte(text))
	require.NoError(t, err)
	return p
}

func TestParamsAreTheRulesToJudge(t *testing.T) {
	snap := current(t, demotest.NewServingBoard(t, nil))
	for _, tc := range []struct {
		name, params string
		ok           bool
	}{
		{"other legs", `{"top_n":1,"bottom_n":0}`, true},
		{"negative", `{"top_n":-1}`, false},
		{"unknown", `{"topn":1}`, false},
		{"text", `{"top_n":"3"}`, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a, err := (&signal.Engine{}).Book(t.Context(), snap, signal.Query{Params: params(t, tc.params)})
			if !tc.ok {
				var params *rule.ParamsError
				require.ErrorAs(t, err, &params)
				return
			}
			require.NoError(t, err)
			require.Equal(t, 1.0, a.Signals()[0].TargetWeight)
		})
	}
}

// A file that cannot be used is said to be so, and not to be of no symbol.
func TestAFileThatFailedIsNoUnknownSymbol(t *testing.T) {
	snap := current(t, demotest.NewServingBoard(t, nil))
	broken, m := *snap, *snap.Market
	broken.Market = &m
	m.Failures = []market.Failure{
		{Symbol: "ZBAD", File: "2024-12-31/ZBAD.parquet", Kind: market.Malformed, Reason: "it is cut off"},
		{Symbol: "ZBAD", File: "2024-12-31/zbad.parquet", Kind: market.SameSymbol, Reason: "2024-12-31/ZBAD.parquet is the same symbol"},
		{Symbol: "a file.parquet", File: "2024-12-31/a file.parquet", Kind: market.NoSymbol, Reason: "no symbol"},
		{File: "symbols.csv", Kind: market.Malformed, Reason: "no header"},
	}
	failed, unknown := signal.Excluded{Symbol: "ZBAD", Reason: signal.FileFailed}, signal.Excluded{Symbol: "ZZZZ", Reason: signal.UnknownSymbol}
	for _, tc := range []struct {
		name     string
		universe []string
		query    signal.Query
		want     []signal.Excluded
	}{
		{"a book over these", nil, signal.Query{Symbols: []string{"AAPL", "ZZZZ", "ZBAD"}}, []signal.Excluded{failed, unknown}},
		{"the whole market", nil, signal.Query{}, []signal.Excluded{failed}},
		{"part of the whole market", nil, signal.Query{Only: []string{"AAPL", "ZBAD", "ZZZZ"}}, []signal.Excluded{failed, unknown}},
		{"a universe with it", []string{"AAPL", "ZBAD"}, signal.Query{}, []signal.Excluded{failed}},
		{"a universe without it", []string{"AAPL"}, signal.Query{}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a, err := (&signal.Engine{Universe: tc.universe}).Book(t.Context(), &broken, tc.query)
			require.NoError(t, err)
			require.Equal(t, tc.want, a.Excluded)
		})
	}
	_, err := (&signal.Engine{}).Book(t.Context(), &broken, signal.Query{Symbols: []string{"ZBAD"}})
	require.ErrorContains(t, err, "ZBAD file_failed")
}

// A number that the schema takes and the rule's own reader does not is the
// client's fault, and none of the release.
func TestParamsThatTheRuleItselfRefuses(t *testing.T) {
	snap := current(t, demotest.NewServingBoard(t, nil))
	wasm, err := os.ReadFile("../../guest/c/risk_tilt.wasm")
	require.NoError(t, err)
	m, err := rule.Compile(t.Context(), wasm, rule.Options{})
	require.NoError(t, err)
	defer m.Close()
	tilted := *snap
	tilted.Release = &live.Release{Manifest: snap.Release.Manifest, Scored: snap.Release.Scored, Rule: m}
	book := func(text string) error {
		_, err := (&signal.Engine{}).Book(t.Context(), &tilted, signal.Query{Params: params(t, text)})
		return err
	}
	require.NoError(t, book(`{"gross":0.1}`))
	var refused *rule.ParamsError
	require.ErrorAs(t, book(`{"gross":0.30000000000000004}`), &refused)
	require.ErrorContains(t, refused, "the rule does not take them: gross")
	tilted.Release.Params = params(t, `{"gross":0.30000000000000004}`)
	var fault *rule.Fault
	require.ErrorAs(t, book(`{}`), &fault, "no client brought these")
}

func TestLimitsHoldForEveryRequest(t *testing.T) {
	b := demotest.NewServingBoard(t, nil)
	snap := current(t, b)
	tight := *snap
	tightRelease := &live.Release{Manifest: snap.Release.Manifest, Params: snap.Release.Params, Scored: snap.Release.Scored, Rule: snap.Release.Rule}
	tightRelease.Manifest.Limits.MaxWeight = 0.25
	tight.Release = tightRelease
	_, err := (&signal.Engine{}).Book(t.Context(), &tight, signal.Query{})
	var limit *portfolio.LimitError
	require.ErrorAs(t, err, &limit)
	require.Equal(t, "max_weight", limit.Limit)
}

func TestNoMarket(t *testing.T) {
	b := demotest.NewBoard(t, nil)
	require.NoError(t, b.Sync(t.Context()))
	_, err := (&signal.Engine{}).Book(t.Context(), current(t, b), signal.Query{})
	require.ErrorIs(t, err, live.ErrNoMarket)
}

func BenchmarkBook(b *testing.B) {
	snap := current(b, demotest.NewServingBoard(b, nil))
	for _, bc := range []struct {
		name string
		q    signal.Query
	}{
		{"5_symbols", signal.Query{Symbols: []string{"AAPL", "AMZN", "GOOGL", "MSFT", "TSLA"}}},
		{"30_symbols", signal.Query{}},
	} {
		b.Run(bc.name, func(b *testing.B) {
			b.ReportAllocs()
			engine := &signal.Engine{}
			for b.Loop() {
				if _, err := engine.Book(b.Context(), snap, bc.q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
