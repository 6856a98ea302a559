package signal_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/artifacts"
	"edgesignal/host/internal/demotest"
	"edgesignal/host/live"
	"edgesignal/host/portfolio"
	"edgesignal/host/signal"
)

// ranked serves a release whose universe changes, on a market with gaps.
func ranked(t testing.TB) *live.Snapshot {
	b := demotest.NewBoard(t, nil)
	require.NoError(t, b.SetMarket(demotest.Gappy(t)))
	b.PublishResearch("ranked", demotest.Researched(t, "ranked"))
	b.MakeActive(artifacts.Strategy, "ranked")
	_, err := b.Reload(t.Context(), "")
	require.NoError(t, err)
	return current(t, b)
}

// The book is over the release's universe of the day, narrowed by the engine's, and what is
// asked for changes no prediction: it is made in the universe.
func TestABookIsOverItsReleasesUniverse(t *testing.T) {
	snap, want := ranked(t), demotest.Researched(t, "ranked").Predictions
	excluded := func(pairs ...string) (x []signal.Excluded) {
		for i := 0; i < len(pairs); i += 2 {
			x = append(x, signal.Excluded{Symbol: pairs[i], Reason: signal.Reason(pairs[i+1])})
		}
		return x
	}
	for _, tc := range []struct {
		name     string
		engine   signal.Engine
		q        signal.Query
		served   []string // nil = all that research predicted
		excluded []signal.Excluded
	}{
		{"the own book", signal.Engine{}, signal.Query{AsOf: day(t, "2024-10-15")}, nil, nil},
		{"the own book between two ranges", signal.Engine{}, signal.Query{AsOf: day(t, "2024-09-16")}, nil, excluded("CRM", "dropped", "GS", "dropped", "MCD", "dropped", "TSLA", "dropped")},
		{"narrowed", signal.Engine{Universe: []string{"AAPL", "AMZN", "BAC"}}, signal.Query{AsOf: day(t, "2024-09-16")}, []string{"AAPL", "BAC"}, excluded("AMZN", "not_in_universe")},
		{"a pick", signal.Engine{}, signal.Query{AsOf: day(t, "2024-09-16"), Only: []string{"AAPL", "AMZN", "NOBODY"}}, []string{"AAPL"}, excluded("AMZN", "not_in_universe", "NOBODY", "unknown_symbol")},
		{"a book over given symbols", signal.Engine{}, signal.Query{AsOf: day(t, "2024-09-16"), Symbols: []string{"NOBODY", "BAC", "AMZN", "AAPL"}}, []string{"AAPL", "BAC"}, excluded("AMZN", "not_in_universe", "NOBODY", "unknown_symbol")},
	} {
		t.Run(tc.name, func(t *testing.T) {
			answer, err := tc.engine.Book(t.Context(), snap, tc.q)
			require.NoError(t, err)
			_, found := byName(answer)
			expected := want[tc.q.AsOf.String()]
			if tc.served != nil {
				some := map[string]float64{}
				for _, s := range tc.served {
					some[s] = expected[s]
				}
				expected = some
			}
			require.Equal(t, expected, found)
			require.Equal(t, tc.excluded, answer.Excluded)
		})
	}
	_, err := (&signal.Engine{}).Book(t.Context(), snap, signal.Query{AsOf: day(t, "2024-09-16"), Symbols: []string{"AMZN"}})
	require.ErrorIs(t, err, signal.ErrNoData)
	require.ErrorContains(t, err, "AMZN not_in_universe")
}

// Beta is measured against the release's universe: another release on the same market and the same
// cache has its own.
func TestBetaIsAgainstTheReleasesUniverse(t *testing.T) {
	half := ranked(t)
	b := demotest.NewBoard(t, nil)
	require.NoError(t, b.SetMarket(half.Market))
	_, err := b.Reload(t.Context(), "")
	require.NoError(t, err)
	whole := current(t, b)
	engine := &signal.Engine{Columns: signal.NewColumnCache(1 << 20)}
	beta := func(e *signal.Engine, snap *live.Snapshot) float64 {
		in, err := e.Inputs(t.Context(), snap, signal.Query{Symbols: []string{"AAPL"}}, []string{portfolio.Beta60D})
		require.NoError(t, err)
		return in.Columns[portfolio.Beta60D][0]
	}
	require.NotEqual(t, beta(engine, whole), beta(engine, half))
	require.Equal(t, beta(&signal.Engine{}, whole), beta(engine, whole))
	require.Equal(t, beta(&signal.Engine{}, half), beta(engine, half))
}
