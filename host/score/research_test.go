package score_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/gate"
	"edgesignal/host/internal/demotest"
	"edgesignal/host/market"
	"edgesignal/host/rule"
	"edgesignal/host/score"
)

// accepted takes a release through the gate and returns what it predicts with.
func accepted(t testing.TB, features, model []byte) *score.Predictor {
	t.Helper()
	c := demotest.Candidate(t, features, model)
	v, err := gate.InPlace{}.Check(t.Context(), gate.Job{Candidate: c})
	require.NoError(t, err)
	l, err := gate.Load(t.Context(), c, v, rule.Options{})
	require.NoError(t, err)
	require.NoError(t, l.Rule.Close())
	return score.NewPredictor(l.Plan, l.Set, l.Model, c.Manifest.ModelSHA256)
}

// scoresOn returns the predictions of a day by symbol, and the gaps of the others.
func scoresOn(t testing.TB, c *score.Cache, m *market.Market, p *score.Predictor, date string) (found map[string]float64, gaps map[string]score.Gap) {
	t.Helper()
	day, err := market.ParseDate(date)
	require.NoError(t, err)
	at, ok := m.DayIndex(day)
	require.True(t, ok)
	s, err := c.Scores(t.Context(), m, p, at)
	require.NoError(t, err)
	found, gaps = map[string]float64{}, map[string]score.Gap{}
	for i, gap := range s.Gaps {
		if gap == score.None {
			found[m.Series[i].Symbol] = s.Predictions[i]
		} else {
			require.True(t, math.IsNaN(s.Predictions[i]))
			gaps[m.Series[i].Symbol] = gap
		}
	}
	return found, gaps
}

// What research predicted is what is served: every symbol, every day, every bit,
// on both kinds of market.
func TestResearchIsServedToTheBit(t *testing.T) {
	markets := map[string]*market.Market{"run of Parquet files": demotest.Market(t), "Qlib's data directory": demotest.Provider(t)}
	for _, name := range []string{"robust", "custom"} {
		r := demotest.Researched(t, name)
		require.Len(t, r.Predictions, 130)
		for kind, m := range markets {
			t.Run(name+" on a "+kind, func(t *testing.T) {
				p, cache, checked := accepted(t, r.Features, r.Model), score.New(64<<20), 0
				require.NoError(t, cache.Warm(t.Context(), m, p))
				for date, want := range r.Predictions {
					found, gaps := scoresOn(t, cache, m, p, date)
					require.Equal(t, want, found, date)
					require.Empty(t, gaps)
					checked += len(want)
				}
				require.Equal(t, 3900, checked)
			})
		}
	}
}
