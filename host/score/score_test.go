package score_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"edgesignal/artifacts"
	"edgesignal/host/internal/demotest"
	"edgesignal/host/market"
	"edgesignal/host/score"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// demoPredictor returns what a release of the demo predicts with.
func demoPredictor(t testing.TB, i int) *score.Predictor {
	t.Helper()
	return accepted(t, nil, demotest.File(t, artifacts.Releases()[i].Model))
}

func TestScoresAreLightGBMsOwn(t *testing.T) {
	m := demotest.Market(t)
	for i, r := range artifacts.Releases() {
		p := demoPredictor(t, i)
		want := demotest.Predictions(t, r.Version)
		for _, c := range []*score.Cache{nil, score.New(1), score.New(64 << 20)} {
			for _, date := range []string{"2024-01-16", "2024-12-31"} {
				day, err := market.ParseDate(date)
				require.NoError(t, err)
				at, ok := m.DayIndex(day)
				require.True(t, ok)
				s, err := c.Scores(t.Context(), m, p, at)
				require.NoError(t, err)
				found := map[string]float64{}
				for k, v := range s.Predictions {
					if s.Gaps[k] != score.None {
						require.True(t, math.IsNaN(v))
						continue
					}
					found[m.Series[k].Symbol] = v
				}
				require.Equal(t, want[date], found)
			}
		}
	}
}

// gappy returns the demo's market of which the newest day lacks a bar of the first
// symbol, and the second is listed 60 rows before it.
func gappy(t testing.TB) *market.Market {
	whole := demotest.Market(t)
	m := *whole
	m.Revision, m.Series = strings.Repeat("0", 64), slices.Clone(whole.Series)
	first := *m.Series[0]
	for _, column := range []*[]float32{&first.Open, &first.High, &first.Low, &first.Close, &first.Volume, &first.VWAP} {
		if *column != nil {
			*column = slices.Clone(*column)
			(*column)[first.Len()-1] = float32(math.NaN())
		}
	}
	second := *m.Series[1]
	second.First, second.Columns = len(m.Calendar)-60, second.Slice(second.Len()-60, second.Len())
	third := *m.Series[2]
	third.Columns = third.Slice(0, third.Len()-1)
	m.Series[0], m.Series[1], m.Series[2] = &first, &second, &third
	return &m
}

func TestWhatCannotBeScored(t *testing.T) {
	m := gappy(t)
	p := demoPredictor(t, 0)
	s, err := score.New(64<<20).Scores(t.Context(), m, p, len(m.Calendar)-1)
	require.NoError(t, err)
	require.Equal(t, []score.Gap{score.NoBar, score.ShortHistory, score.NoBar, score.None}, s.Gaps[:4])
	require.Len(t, s.Order, len(m.Series)-3)
	for k := range m.Series {
		require.Equal(t, s.Gaps[k] == score.None, slices.Contains(s.Order, int32(k)))
		require.Equal(t, s.Gaps[k] == score.None, s.Decimals[k] != "")
	}
	for k := 1; k < len(s.Order); k++ {
		a, b := s.Order[k-1], s.Order[k]
		require.True(t, s.Predictions[a] > s.Predictions[b] || s.Predictions[a] == s.Predictions[b] && a < b)
	}
}

func TestOneComputationServesAll(t *testing.T) {
	c, m := score.New(64<<20), demotest.Market(t)
	last := len(m.Calendar) - 1
	releases := []*score.Predictor{demoPredictor(t, 0), demoPredictor(t, 1)}
	var mu sync.Mutex
	seen := []map[*score.Scores]bool{{}, {}}
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			s, err := c.Scores(t.Context(), m, releases[i%2], last)
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			seen[i%2][s] = true
			mu.Unlock()
		})
	}
	wg.Wait()
	require.Len(t, seen[0], 1)
	require.Len(t, seen[1], 1)
	scores, features := c.Stats()
	require.Equal(t, int64(2), scores.Misses)
	require.Equal(t, int64(1), features.Misses, "features outlive the model")
}

func TestWarm(t *testing.T) {
	c, m := score.New(64<<20), demotest.Market(t)
	p := demoPredictor(t, 0)
	require.NoError(t, (*score.Cache)(nil).Warm(t.Context(), m, p))
	require.NoError(t, c.Warm(t.Context(), nil, p))
	scores, _ := c.Stats()
	require.Zero(t, scores.Misses)
	require.NoError(t, c.Warm(t.Context(), m, p))
	_, err := c.Scores(t.Context(), m, p, len(m.Calendar)-1)
	require.NoError(t, err)
	scores, features := c.Stats()
	require.Equal(t, int64(1), scores.Misses)
	require.Equal(t, int64(1), scores.Hits)
	require.Positive(t, features.Bytes)
}

func TestWhoGivesUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p := demoPredictor(t, 0)
	_, err := score.New(64<<20).Scores(ctx, demotest.Market(t), p, 100)
	require.ErrorIs(t, err, context.Canceled)
}

func BenchmarkNewestDay(b *testing.B) {
	m := demotest.Market(b)
	p := demoPredictor(b, 0)
	last := len(m.Calendar) - 1
	for _, bc := range []struct {
		name  string
		cache *score.Cache
	}{{"cold", nil}, {"kept", score.New(64 << 20)}} {
		b.Run(bc.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := bc.cache.Scores(b.Context(), m, p, last); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
