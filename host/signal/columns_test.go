package signal_test

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/internal/demotest"
	"edgesignal/host/live"
	"edgesignal/host/market"
	"edgesignal/host/portfolio"
	"edgesignal/host/release"
	"edgesignal/host/rule"
	"edgesignal/host/signal"
)

// allColumns returns the names of every column that a rule may ask for.
func allColumns() (names []string) {
	for _, c := range portfolio.Columns {
		names = append(names, c.Name)
	}
	return names
}

func requireSameBits(t *testing.T, want, got float64, msg ...any) {
	t.Helper()
	require.Equal(t, math.Float64bits(want), math.Float64bits(got), "got %v, want %v: %s", got, want, fmt.Sprintln(msg...))
}

// golden returns the rows of testdata/columns.csv: computed in plain floats by
// columns.py beside it, which holds them against pandas.
func golden(t *testing.T) (header []string, rows [][]string) {
	f, err := os.Open(filepath.Join("testdata", "columns.csv"))
	require.NoError(t, err)
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	require.Greater(t, len(records), 30)
	return records[0], records[1:]
}

func TestColumnsAreThoseOfTheFormulasToTheLastBit(t *testing.T) {
	snap := current(t, demotest.NewServingBoard(t, nil))
	header, rows := golden(t)
	for _, row := range rows {
		universe, symbol, date := row[0], row[1], row[2]
		engine := signal.Engine{Universe: strings.Fields(universe)}
		in, err := engine.Inputs(t.Context(), snap, signal.Query{Symbols: []string{symbol}, AsOf: day(t, date)}, header[3:])
		require.NoError(t, err)
		for i, name := range header[3:] {
			want := math.NaN()
			if text := row[3+i]; text != "" {
				want, err = strconv.ParseFloat(text, 64)
				require.NoError(t, err)
			}
			requireSameBits(t, want, in.Columns[name][0], name, symbol, date)
		}
	}
}

func TestColumnsDoNotDependOnWhatElseWasAsked(t *testing.T) {
	snap := current(t, demotest.NewServingBoard(t, nil))
	previous := map[string]float64{"AAPL": 0.25, "XOM": -0.5, "NOPE": 1}
	for _, universe := range [][]string{nil, {"AAPL", "GE", "TSLA"}} {
		engine := signal.Engine{Universe: universe}
		ask := func(symbols ...string) *signal.Inputs {
			in, err := engine.Inputs(t.Context(), snap, signal.Query{Symbols: symbols, Previous: previous}, allColumns())
			require.NoError(t, err)
			return in
		}
		whole := ask(snap.Market.Symbols()...)
		of := map[string]int{}
		for i, s := range whole.Symbols {
			of[s] = i
		}
		for _, symbols := range [][]string{{"AAPL"}, {"XOM", "AAPL"}, {"NKE", "NOPE", "BA", "GE", "V"}} {
			in := ask(symbols...)
			require.IsIncreasing(t, append([]string{""}, in.Symbols...))
			require.Len(t, in.Columns, len(portfolio.Columns))
			for name, values := range in.Columns {
				require.Len(t, values, len(in.Symbols))
				for i, s := range in.Symbols {
					requireSameBits(t, whole.Columns[name][of[s]], values[i], name, s, universe)
				}
			}
		}
	}
}

func TestBetasOfTheUniverseAverageToOne(t *testing.T) {
	// Where every symbol has every return, the mean of the slopes is the slope
	// of the mean.
	in, err := (&signal.Engine{}).Inputs(t.Context(), current(t, demotest.NewServingBoard(t, nil)), signal.Query{}, []string{portfolio.Beta60D})
	require.NoError(t, err)
	require.Len(t, in.Symbols, 30)
	sum := 0.0
	for _, b := range in.Columns[portfolio.Beta60D] {
		sum += b
	}
	require.InDelta(t, 1, sum/30, 1e-13)
}

func TestOnlyTheColumnsAskedForAreComputed(t *testing.T) {
	snap := current(t, demotest.NewServingBoard(t, nil))
	for _, tc := range []struct {
		name    string
		columns []string
		fails   string // part of the error; "" = none
	}{
		{name: "none"},
		{name: "one", columns: []string{"sector"}},
		{name: "two", columns: []string{"volatility_20d", "close"}},
		{name: "one that nobody provides", columns: []string{"close", "market_cap"}, fails: `"market_cap"`},
		{name: "what every rule has", columns: []string{"prediction"}, fails: `"prediction"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			in, err := (&signal.Engine{}).Inputs(t.Context(), snap, signal.Query{}, tc.columns)
			if tc.fails != "" {
				require.ErrorContains(t, err, tc.fails)
				return
			}
			require.NoError(t, err)
			require.Len(t, in.Columns, len(tc.columns))
			for _, name := range tc.columns {
				require.Len(t, in.Columns[name], len(in.Symbols))
			}
		})
	}
}

func TestWhatIsMissingIsOneNaN(t *testing.T) {
	b := demotest.NewServingBoard(t, nil)
	m := *demotest.Market(t)
	m.Series = nil
	for _, s := range demotest.Market(t).Series {
		c := *s
		if s.Symbol == "AAPL" {
			// Opens only, and no sector: a bar, but nothing to compute from.
			odd := make([]float32, s.Len())
			for i := range odd {
				odd[i] = math.Float32frombits(0xffc00001)
			}
			c.High, c.Low, c.Close, c.Volume, c.Sector = odd, odd, odd, odd, ""
		}
		m.Series = append(m.Series, &c)
	}
	require.NoError(t, b.SetMarket(&m))
	in, err := (&signal.Engine{}).Inputs(t.Context(), current(t, b), signal.Query{Symbols: []string{"AAPL", "MSFT"}}, allColumns())
	require.NoError(t, err)
	for name, values := range in.Columns {
		if name == portfolio.PreviousWeight {
			require.Equal(t, []float64{0, 0}, values, "a weight that is not named is 0")
			continue
		}
		requireSameBits(t, math.NaN(), values[0], name)
		require.False(t, math.IsNaN(values[1]), name)
	}
}

// onRule returns the snapshot with another rule, whose weights are the values of
// one column, and limits that let any of them through.
func onRule(t *testing.T, snap *live.Snapshot, column string) *live.Snapshot {
	wasm, err := os.ReadFile(filepath.Join("..", "rule", "testdata", "wat", "columns.wasm"))
	require.NoError(t, err)
	meta := fmt.Appendf(nil, `{"name":"columns","version":"1","columns":[%q],"params":{"type":"object"}}`, column)
	wasm, err = rule.WithMeta(wasm, meta)
	require.NoError(t, err)
	module, err := rule.Compile(t.Context(), wasm, rule.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, module.Close()) })
	manifest := snap.Release.Manifest
	manifest.Limits = release.Limits{MaxWeight: 1e15, MaxGross: 1e18}
	return &live.Snapshot{
		Record: snap.Record, Market: snap.Market,
		Release: &live.Release{Manifest: manifest, Scored: snap.Release.Scored, Rule: module},
	}
}

func TestABookGivesItsRuleTheColumnsThatItAsksFor(t *testing.T) {
	snap := current(t, demotest.NewServingBoard(t, nil))
	engine := &signal.Engine{Universe: []string{"AAPL", "GE", "META", "XOM"}}
	q := signal.Query{Previous: map[string]float64{"GE": 0.5, "XOM": -0.25}}
	in, err := engine.Inputs(t.Context(), snap, q, allColumns())
	require.NoError(t, err)
	require.Equal(t, engine.Universe, in.Symbols)
	require.Equal(t, []float64{0, 0.5, 0, -0.25}, in.Columns[portfolio.PreviousWeight])
	for _, c := range portfolio.Columns {
		t.Run(c.Name, func(t *testing.T) {
			answer, err := engine.Book(t.Context(), onRule(t, snap, c.Name), q)
			require.NoError(t, err)
			weights, _ := byName(answer)
			for i, s := range in.Symbols {
				requireSameBits(t, in.Columns[c.Name][i], weights[s], s)
			}
		})
	}
}

func TestAnAnswerLeavesItsInputsAlone(t *testing.T) {
	snap := current(t, demotest.NewServingBoard(t, nil))
	in, err := (&signal.Engine{}).Inputs(t.Context(), snap, signal.Query{Symbols: []string{"AAPL", "NOPE", "XOM", "ZZZZ"}}, nil)
	require.NoError(t, err)
	book := rule.Output{Weights: []float64{0.5, -0.5}}
	part, err := in.Answer(book, []string{"XOM", "ZZZZ"})
	require.NoError(t, err)
	require.Len(t, part.Signals(), 1)
	require.Equal(t, -0.5, part.Signals()[0].TargetWeight)
	require.Equal(t, []signal.Excluded{{Symbol: "ZZZZ", Reason: signal.UnknownSymbol}}, part.Excluded)
	whole, err := in.Answer(book, nil)
	require.NoError(t, err)
	require.Len(t, whole.Signals(), 2)
	require.Equal(t, []signal.Excluded{{Symbol: "NOPE", Reason: signal.UnknownSymbol}, {Symbol: "ZZZZ", Reason: signal.UnknownSymbol}}, whole.Excluded)
	_, err = in.Answer(book, []string{"ZZZZ"})
	require.ErrorIs(t, err, signal.ErrNoData)
}

func TestSectorsAreNumberedOverTheWholeMarket(t *testing.T) {
	snap := current(t, demotest.NewServingBoard(t, nil))
	names := snap.Market.Sectors
	require.Equal(t, []string{
		"Communication Services", "Consumer Discretionary", "Consumer Staples", "Energy",
		"Financials", "Health Care", "Industrials", "Information Technology",
	}, names)
	in, err := (&signal.Engine{Universe: []string{"XOM"}}).Inputs(t.Context(), snap, signal.Query{Symbols: snap.Market.Symbols()}, []string{portfolio.Sector})
	require.NoError(t, err)
	for i, s := range in.Symbols {
		number := in.Columns[portfolio.Sector][i]
		require.Equal(t, sectorOf(snap.Market, s), names[int(number)], s)
	}
}

func sectorOf(m *market.Market, symbol string) string { return m.Find(symbol).Sector }
