package score_test

import (
	"context"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/feature"
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

// A part of the built-in columns in another order; universes that change, rows without a
// bar among those that processors compare, rows that they drop. Who is not served has
// a reason, and what Qlib predicts from a row without a bar is nobody's trade.
func TestResearchOnGapsIsServedToTheBit(t *testing.T) {
	m := demotest.Gappy(t)
	half, err := feature.Universe{Name: "half"}.Members(m)
	require.NoError(t, err)
	for _, tc := range []struct {
		name   string
		served int
		gaps   map[score.Gap]int
	}{
		{"twenty", 3804, map[score.Gap]int{score.NoBar: 42, score.ShortHistory: 54}},
		{"ranked", 2496, map[score.Gap]int{score.NoBar: 34, score.Outside: 1298, score.Dropped: 72}},
		{"alpha360", 330, map[score.Gap]int{}},
		{"crossed", 2568, map[score.Gap]int{score.NoBar: 34, score.Outside: 1298}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := demotest.Researched(t, tc.name)
			p, cache, changing := accepted(t, r.Features, r.Model), score.New(64<<20), tc.gaps[score.Outside] > 0
			served, count := 0, map[score.Gap]int{}
			for date, want := range r.Predictions {
				day, err := market.ParseDate(date)
				require.NoError(t, err)
				found, gaps := scoresOn(t, cache, m, p, date)
				for symbol, v := range found {
					require.Contains(t, want, symbol)
					require.Equal(t, want[symbol], v, "%s %s", date, symbol)
				}
				for symbol, gap := range gaps {
					if gap == score.Outside || gap == score.Dropped {
						require.NotContains(t, want, symbol)
					}
					require.Equal(t, changing && !half(symbol, day), gap == score.Outside)
					count[gap]++
				}
				served += len(found)
			}
			require.Equal(t, tc.served, served)
			require.Equal(t, tc.gaps, count)
		})
	}
}

// What a market lacks is named, and nothing is predicted there.
func TestMarketsThatASetCannotBeComputedOn(t *testing.T) {
	oneInput, err := os.ReadFile("../model/testdata/models/one_feature.txt")
	require.NoError(t, err)
	for _, tc := range []struct{ name, set, says string }{
		{"a field", `"fields":[{"name":"A","expression":"$turnover/$close"}]`, "turnover"},
		{"a universe", `"fields":[{"name":"A","expression":"$close"}],"universe":"csi300"`, "no instruments/csi300.txt; there are: none"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := accepted(t, []byte(`{"feature_set":1,`+tc.set+`}`), oneInput)
			cache, m := score.New(1<<20), demotest.Market(t)
			require.ErrorContains(t, cache.Warm(t.Context(), m, p), tc.says)
			_, err := cache.Scores(t.Context(), m, p, 500)
			require.ErrorContains(t, err, tc.says)
		})
	}
}

// A model that is trained again on the same features finds their state there.
func TestReleasesShareWhatTheirFeaturesKeep(t *testing.T) {
	r, m := demotest.Researched(t, "custom"), demotest.Market(t)
	one, other := accepted(t, r.Features, r.Model), accepted(t, r.Features, r.Model)
	require.NoError(t, (*score.Cache)(nil).Warm(t.Context(), m, one))
	other.Share(one)
	other.Share(demoPredictor(t, 0)) // another set is nothing to share
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	require.NotNil(t, score.Kept(other, m))
	require.Same(t, score.Kept(one, m), score.Kept(other, m))
	_, err := (*score.Cache)(nil).Scores(ended, m, other, 700)
	require.ErrorIs(t, err, context.Canceled)
}

// The state of the two newest markets is kept.
func TestWhatIsKeptOfMarkets(t *testing.T) {
	r := demotest.Researched(t, "custom")
	p, whole := accepted(t, r.Features, r.Model), demotest.Market(t)
	var markets []*market.Market
	for i := range 3 {
		m := *whole
		m.Revision = strings.Repeat(strconv.Itoa(i), 64)
		markets = append(markets, &m)
		require.NoError(t, (*score.Cache)(nil).Warm(t.Context(), &m, p))
	}
	require.Nil(t, score.Kept(p, markets[0]))
	require.NotNil(t, score.Kept(p, markets[1]))
	require.NotNil(t, score.Kept(p, markets[2]))
	found, _ := scoresOn(t, nil, markets[0], p, "2024-08-30")
	require.Equal(t, r.Predictions["2024-08-30"], found)
}
