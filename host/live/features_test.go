package live_test

import (
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/artifacts"
	"edgesignal/host/internal/demotest"
	"edgesignal/host/live"
	"edgesignal/host/release"
	"edgesignal/host/score"
	"edgesignal/host/signal"
)

// Two releases with feature sets of their own are swapped under readers: every answer is one
// release's, whole and to the bit.
func TestReleasesWithFeatureSetsAreSwappedUnderReaders(t *testing.T) {
	engine := &signal.Engine{Scores: score.New(8 << 20)}
	b := demotest.NewServingBoard(t, func(o *live.Options) { o.Scores, o.Rehearse = engine.Scores, engine.Rehearse })
	versions := []string{"robust", "custom"}
	runs := map[string]demotest.Research{}
	for _, v := range versions {
		runs[v] = demotest.Researched(t, v)
		b.PublishResearch(v, runs[v])
	}
	b.MakeActive(artifacts.Strategy, "robust")
	_, err := b.Reload(t.Context(), "")
	require.NoError(t, err)
	m := b.Market()
	var readers sync.WaitGroup
	var stop atomic.Bool
	var answers atomic.Int64
	for reader := range 3 {
		readers.Go(func() {
			for i := reader; !stop.Load(); i++ {
				snap, done, err := b.Current("")
				if err != nil {
					t.Error(err)
					return
				}
				date := m.Calendar[len(m.Calendar)-1-i*7%120]
				answer, err := engine.Book(t.Context(), snap, signal.Query{AsOf: &date})
				done()
				if err != nil {
					t.Error(err)
					return
				}
				for _, s := range answer.Signals() {
					if want := runs[snap.Record.Version].Predictions[date.String()][s.Symbol]; want != s.PredictedReturn {
						t.Errorf("%s %s %s: %v, want %v", snap.Record.Version, date, s.Symbol, s.PredictedReturn, want)
						return
					}
				}
				answers.Add(1)
			}
		})
	}
	for i := range 8 {
		version := versions[(i+1)%2]
		b.MakeActive(artifacts.Strategy, version)
		out, err := b.Reload(t.Context(), "")
		require.NoError(t, err)
		require.True(t, out.Activated)
		if i == 4 {
			again := *m
			again.Revision = "another"
			require.NoError(t, b.SetMarket(&again))
		}
	}
	stop.Store(true)
	readers.Wait()
	require.Positive(t, answers.Load())
}

// A field or a universe that this host's market does not have keeps a release from serving here. It is
// no fault of the release.
func TestAReleaseWhoseFieldTheMarketLacksDoesNotServe(t *testing.T) {
	engine := &signal.Engine{}
	b := demotest.NewServingBoard(t, func(o *live.Options) { o.Rehearse = engine.Rehearse })
	one, err := os.ReadFile("../model/testdata/models/one_feature.txt")
	require.NoError(t, err)
	for _, tc := range []struct{ version, set, says string }{
		{"field", `{"feature_set":1,"fields":[{"name":"A","expression":"$close/$turnover"}]}`, `the bars have no field "turnover"`},
		{"universe", `{"feature_set":1,"fields":[{"name":"A","expression":"$close"}],"universe":"csi300"}`, "no instruments/csi300.txt"},
	} {
		b.PublishResearch(tc.version, demotest.Research{Features: []byte(tc.set), Model: one})
		b.MakeActive(artifacts.Strategy, tc.version)
		_, err := b.Reload(t.Context(), "")
		require.Error(t, err)
		require.ErrorContains(t, err, tc.says)
		rec, err := b.Get(t.Context(), release.Ref{Strategy: artifacts.Strategy, Version: tc.version})
		require.NoError(t, err)
		require.Equal(t, release.Active, rec.Status)
		require.Equal(t, "v1.0.0", serving(t, b))
	}
}
