package live_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/artifacts"
	"edgesignal/host/internal/demotest"
	"edgesignal/host/live"
	"edgesignal/host/registry"
	"edgesignal/host/release"
)

// rehearsing returns a board that serves v1.0.0 and whose rehearsals may be
// made to fail: of a version, or on another market than the demo's.
func rehearsing(t *testing.T) (b *demotest.Board, version, revision *atomic.Value) {
	version, revision = &atomic.Value{}, &atomic.Value{}
	version.Store("")
	revision.Store("")
	return demotest.NewServingBoard(t, func(o *live.Options) {
		o.Rehearse = func(_ context.Context, s *live.Snapshot) error {
			if s.Record.Version == version.Load() || s.Market.Revision == revision.Load() {
				return errors.New("no book today")
			}
			return nil
		}
	}), version, revision
}

func observation(t *testing.T, b *demotest.Board) registry.Observation {
	said, err := b.Observations(t.Context(), artifacts.Strategy)
	require.NoError(t, err)
	require.Len(t, said, 1)
	return said[0]
}

func TestAReleaseThatFailsItsRehearsalIsNotSwappedIn(t *testing.T) {
	b, version, _ := rehearsing(t)
	version.Store("v1.1.0")
	b.MakeActive(artifacts.Strategy, "v1.1.0")
	_, err := b.Reload(t.Context(), "")
	var refused *release.Rejection
	require.ErrorAs(t, err, &refused)
	require.Equal(t, release.RehearsalFailed, refused.Reason)
	require.Equal(t, "the book of 2024-12-31 on this market: no book today", refused.Detail)
	require.Equal(t, "v1.0.0", serving(t, b), "the old one serves on")
	require.NoError(t, b.Ready())
	require.Len(t, b.Problems(), 1)
	rec, err := b.Get(t.Context(), release.Ref{Strategy: artifacts.Strategy, Version: "v1.1.0"})
	require.NoError(t, err)
	require.Equal(t, release.Active, rec.Status, "another host's market may be another")
	require.Equal(t, registry.OutcomeRejected, observation(t, b).Outcome)
	require.Contains(t, observation(t, b).Detail, "rehearsal_failed: the book of 2024-12-31")

	version.Store("")
	changed := *demotest.Market(t)
	changed.Revision = "another"
	require.NoError(t, b.SetMarket(&changed))
	require.Eventually(t, func() bool { return serving(t, b) == "v1.1.0" }, time.Minute, time.Millisecond, "another market is another try")
	require.Eventually(t, func() bool { return len(b.Problems()) == 0 }, time.Minute, time.Millisecond)
}

func TestAMarketOnWhichTheReleaseFailsDoesNotServe(t *testing.T) {
	b, _, revision := rehearsing(t)
	before, changed := b.Market(), *demotest.Market(t)
	changed.Revision = "bad"
	revision.Store("bad")
	snapshot := func() *live.Snapshot {
		snap, done, err := b.Current("")
		require.NoError(t, err)
		done()
		return snap
	}
	require.ErrorContains(t, b.SetMarket(&changed), "strategy alpha_baseline: rehearsal_failed")
	for range 2 {
		require.Same(t, before, snapshot().Market, "the old market serves on")
		require.NoError(t, b.Ready())
		require.Len(t, b.Problems(), 1)
		require.ErrorContains(t, b.Problems()[0], "no book today")
		require.Contains(t, observation(t, b).Detail, "no book today")
		require.Equal(t, "v1.0.0", observation(t, b).Serving)
		_, err := b.Reload(t.Context(), "")
		require.NoError(t, err, "a check of the registry changes nothing of it")
	}
	mended := changed
	mended.Revision = "good"
	require.NoError(t, b.SetMarket(&mended))
	require.Same(t, &mended, snapshot().Market)
	require.Empty(t, b.Problems())
	require.Eventually(t, func() bool { return observation(t, b).Detail == "" }, time.Minute, time.Millisecond)
}

func TestAFirstMarketOnWhichTheReleaseFails(t *testing.T) {
	var bad atomic.Bool
	bad.Store(true)
	b := demotest.NewBoard(t, func(o *live.Options) {
		o.Rehearse = func(context.Context, *live.Snapshot) error {
			if bad.Load() {
				return errors.New("no book today")
			}
			return nil
		}
	})
	require.NoError(t, b.Sync(t.Context()))
	require.Error(t, b.SetMarket(demotest.Market(t)))
	require.ErrorIs(t, b.Ready(), live.ErrNothingLoaded, "what cannot answer does not serve")
	require.ErrorContains(t, errors.Join(b.Problems()...), "no book today")
	bad.Store(false)
	require.NoError(t, b.SetMarket(demotest.Market(t)))
	require.Eventually(t, func() bool { return b.Ready() == nil && len(b.Problems()) == 0 }, time.Minute, time.Millisecond)
}

func TestABookThatFailsMakesItsStrategyDegraded(t *testing.T) {
	var later atomic.Int64
	b := demotest.NewServingBoard(t, func(o *live.Options) {
		o.Now = func() time.Time { return time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC).Add(time.Duration(later.Load())) }
	})
	snap, done, err := b.Current("")
	require.NoError(t, err)
	done()
	b.Failed(snap, errors.New("status 7"))
	require.EqualError(t, errors.Join(b.Problems()...), "strategy alpha_baseline v1.0.0: a book failed at 2026-12-01T09:00:00Z: status 7")
	require.NoError(t, b.Ready())
	require.Eventually(t, func() bool { return observation(t, b).Detail != "" }, time.Minute, time.Millisecond)
	require.NotEqual(t, registry.OutcomeRejected, observation(t, b).Outcome)
	later.Store(int64(11 * time.Minute))
	require.Empty(t, b.Problems(), "none has failed for long")
	b.Failed(snap, errors.New("status 7"))
	require.Len(t, b.Problems(), 1)
	b.MakeActive(artifacts.Strategy, "v1.1.0")
	_, err = b.Reload(t.Context(), "")
	require.NoError(t, err)
	require.Empty(t, b.Problems(), "another release")
}
