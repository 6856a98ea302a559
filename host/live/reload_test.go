package live_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/artifacts"
	"edgesignal/host/gate"
	"edgesignal/host/internal/demotest"
	"edgesignal/host/live"
	"edgesignal/host/registry"
	"edgesignal/host/release"
)

const strategy = artifacts.Strategy

func serving(t testing.TB, b *demotest.Board) string {
	t.Helper()
	snap, done, err := b.Current(strategy)
	require.NoError(t, err)
	defer done()
	return snap.Record.Version
}

func TestReloadOutcomes(t *testing.T) {
	b := demotest.NewBoard(t, nil)

	out, err := b.Reload(t.Context(), "")
	require.NoError(t, err)
	require.Equal(t, live.Outcome{Activated: true, Version: "v1.0.0"}, out, "the first load replaces nothing")

	out, err = b.Reload(t.Context(), strategy)
	require.NoError(t, err)
	require.Equal(t, live.Outcome{Version: "v1.0.0", Previous: "v1.0.0"}, out, "nothing changed")

	b.MakeActive(strategy, "v1.1.0")
	out, err = b.Reload(t.Context(), strategy)
	require.NoError(t, err)
	require.Equal(t, live.Outcome{Activated: true, Version: "v1.1.0", Previous: "v1.0.0"}, out)
	require.Equal(t, "v1.1.0", serving(t, b))

	_, err = b.Reload(t.Context(), "nobody")
	require.ErrorIs(t, err, live.ErrUnknownStrategy)
	_, _, err = b.Current("nobody")
	require.ErrorIs(t, err, live.ErrUnknownStrategy)
}

func TestAnEmptyRegistryServesNothingAndSaysSo(t *testing.T) {
	b := demotest.NewBoard(t, func(o *live.Options) { o.Strategy = "newcomer" })
	_, err := b.Reload(t.Context(), "")
	require.ErrorIs(t, err, live.ErrNoActive)
	_, _, err = b.Current("")
	require.ErrorIs(t, err, live.ErrNothingLoaded)
	require.ErrorIs(t, b.Ready(), live.ErrNothingLoaded)
	require.NotEmpty(t, b.Problems())
}

// A release that cannot be loaded leaves the old one serving, says why, and
// is never reported as up to date.
func TestARefusedReleaseIsNeverUpToDate(t *testing.T) {
	modelV1 := demotest.File(t, artifacts.Releases()[0].Model)
	goldenV2 := demotest.File(t, artifacts.Releases()[1].Golden)
	for _, tc := range []struct {
		name          string
		model, golden []byte
		rec           release.Record
		after         func(b *demotest.Board, rec release.Record)
		want          release.Reason
	}{
		{name: "cut off", model: modelV1[:len(modelV1)/2], want: release.ModelMalformed},
		{name: "another model's golden file", model: modelV1, golden: goldenV2, want: release.GoldenMismatch},
		{name: "not JSON", model: modelV1, golden: []byte("{"), want: release.GoldenMismatch},
		{name: "bad limits", model: modelV1, rec: release.Record{Config: json.RawMessage(`{"limits":{"max_gross":-1}}`)}, want: release.RuleABI},
		{name: "bad parameters", model: modelV1, rec: release.Record{RuleParams: json.RawMessage(`{"top":1}`)}, want: release.RuleABI},
		{
			name: "bytes changed in the store", model: modelV1, want: release.DigestMismatch,
			after: func(b *demotest.Board, rec release.Record) {
				path := filepath.Join(b.Folder, "store", rec.ModelPath)
				require.NoError(t, os.Chmod(path, 0o600))
				require.NoError(t, os.WriteFile(path, bytes.Replace(modelV1, []byte("Tree=0"), []byte("Tree=9"), 1), 0o600))
			},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := demotest.NewServingBoard(t, nil)
			// Another model than v1.0.0's, so that the store has other bytes.
			tc.model = append(bytes.Clone(tc.model), "\n\n"...)
			tc.rec.Strategy, tc.rec.Version = strategy, "v2.0.0"
			b.Publish(tc.rec, tc.model, tc.golden)
			b.MakeActive(strategy, "v2.0.0")
			if tc.after != nil {
				rec, err := b.Active(t.Context(), strategy)
				require.NoError(t, err)
				tc.after(b, rec)
			}
			for range 2 {
				_, err := b.Reload(t.Context(), "")
				var rejection *release.Rejection
				require.ErrorAs(t, err, &rejection)
				require.Equal(t, tc.want, rejection.Reason, rejection.Detail)
				require.Equal(t, "v1.0.0", serving(t, b))
			}
			st, ok := b.Strategy(strategy)
			require.True(t, ok)
			require.Equal(t, "v2.0.0", st.Desired)
			require.Equal(t, "v1.0.0", st.Serving)
			require.Error(t, st.Err)
			require.Len(t, b.Problems(), 1)
			require.NoError(t, b.Ready(), "what serves, serves")

			// What every host would find is in the registry; a store may be mended.
			rec, err := b.Get(t.Context(), release.Ref{Strategy: strategy, Version: "v2.0.0"})
			require.NoError(t, err)
			require.Equal(t, tc.want == release.DigestMismatch, rec.Status == release.Active, rec.Status)
			said, err := b.Observations(t.Context(), strategy)
			require.NoError(t, err)
			require.Len(t, said, 1)
			require.Equal(t, registry.OutcomeRejected, said[0].Outcome)
			require.Equal(t, [2]string{"v2.0.0", "v1.0.0"}, [2]string{said[0].Desired, said[0].Serving})
			require.Nil(t, said[0].Report)

			b.MakeActive(strategy, "v1.1.0")
			_, err = b.Reload(t.Context(), "")
			require.NoError(t, err)
			require.Empty(t, b.Problems(), "the reason clears")
			said, err = b.Observations(t.Context(), strategy)
			require.NoError(t, err)
			require.Equal(t, registry.OutcomeActivated, said[0].Outcome)
			require.Empty(t, said[0].Detail)
			require.Contains(t, string(said[0].Report), `"purity"`)
		})
	}
}

func TestOutages(t *testing.T) {
	b := demotest.NewServingBoard(t, nil)
	b.MakeActive(strategy, "v1.1.0")

	b.FailRegistry(demotest.ErrNoRegistry)
	_, err := b.Reload(t.Context(), "")
	var unavailable *release.Unavailable
	require.ErrorAs(t, err, &unavailable)
	require.Equal(t, release.PartRegistry, unavailable.Part)
	require.Equal(t, "v1.0.0", serving(t, b))
	require.NotEmpty(t, b.Problems())
	b.Heal()

	b.FailStore(demotest.ErrNoStore)
	_, err = b.Reload(t.Context(), "")
	require.ErrorAs(t, err, &unavailable)
	require.Equal(t, release.PartStore, unavailable.Part)
	require.Equal(t, "v1.0.0", serving(t, b))
	b.Heal()

	_, err = b.Reload(t.Context(), "")
	require.NoError(t, err)
	require.Equal(t, "v1.1.0", serving(t, b))
	require.Empty(t, b.Problems())
}

func TestOneOutageIsSaidOnce(t *testing.T) {
	b := demotest.NewServingBoard(t, nil)
	b.Publish(release.Record{Strategy: "second", Version: "v1", Status: release.Active}, demotest.File(t, artifacts.Releases()[0].Model), nil)
	require.NoError(t, b.Sync(t.Context()))
	b.FailRegistry(demotest.ErrNoRegistry)
	for _, s := range b.Strategies() {
		_, err := b.Reload(t.Context(), s)
		require.Error(t, err)
	}
	require.Len(t, b.Problems(), 1)
}

func TestAStrategyThatNobodyWantsToServeIsNoProblem(t *testing.T) {
	b := demotest.NewServingBoard(t, nil)
	b.Publish(release.Record{Strategy: "draft", Version: "v1"}, demotest.File(t, artifacts.Releases()[0].Model), nil)
	_, err := b.Reload(t.Context(), "draft")
	require.ErrorIs(t, err, live.ErrNoActive)
	require.Empty(t, b.Problems())
}

func TestAMissingFileIsWorthRetrying(t *testing.T) {
	b := demotest.NewServingBoard(t, nil)
	_, err := b.Register(t.Context(), release.Record{
		Strategy: strategy, Version: "v3", ModelPath: "models/late.txt", FeatureSet: release.FeatureSetAlpha158, Status: release.Active,
	})
	require.NoError(t, err)
	_, err = b.Reload(t.Context(), "")
	var unavailable *release.Unavailable
	require.ErrorAs(t, err, &unavailable)
	require.ErrorIs(t, err, release.ErrNotFound)

	// The file comes late and without a digest in the row: what is found is recorded.
	model := demotest.File(t, artifacts.Releases()[0].Model)
	require.NoError(t, os.MkdirAll(filepath.Join(b.Folder, "models"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(b.Folder, "models", "late.txt"), model, 0o600))
	out, err := b.Reload(t.Context(), "")
	require.NoError(t, err)
	require.Equal(t, live.Outcome{Activated: true, Version: "v3", Previous: "v1.0.0"}, out)
	rec, err := b.Get(t.Context(), release.Ref{Strategy: strategy, Version: "v3"})
	require.NoError(t, err)
	require.Equal(t, release.Sum(model), rec.ModelSHA256)

	out, err = b.Reload(t.Context(), "")
	require.NoError(t, err)
	require.False(t, out.Activated)
}

func TestAReloadSharesOnlyALoadThatBeginsAfterIt(t *testing.T) {
	synctest.Test(t, aReloadSharesOnlyALoadThatBeginsAfterIt)
}

func aReloadSharesOnlyALoadThatBeginsAfterIt(t *testing.T) {
	b := demotest.NewServingBoard(t, nil)
	letGo := b.Hold()
	type result struct {
		out live.Outcome
		err error
	}
	ask := func() chan result {
		c := make(chan result, 1)
		go func() {
			out, err := b.Reload(context.WithoutCancel(t.Context()), "")
			c <- result{out, err}
		}()
		return c
	}
	first := ask() // reads the registry before the change below
	synctest.Wait()
	require.Equal(t, int64(1), b.Waiting())
	b.MakeActive(strategy, "v1.1.0")
	var later []chan result
	for range 8 {
		later = append(later, ask())
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := b.Reload(gone, "")
	require.ErrorIs(t, err, context.Canceled, "who gives up does not stop the load")
	synctest.Wait() // until the eight are in line
	letGo()
	early := <-first
	require.NoError(t, early.err)
	require.Equal(t, "v1.0.0", early.out.Version, "this load read the registry before the change")
	for _, c := range later {
		r := <-c
		require.NoError(t, r.err)
		require.Equal(t, "v1.1.0", r.out.Version, "the change is never missed")
	}
	require.Equal(t, int64(1+1+1), b.ActiveCalls(), "the start, the first, and one for all of the eight")
	require.Equal(t, "v1.1.0", serving(t, b))
}

func TestARequestKeepsItsReleaseWhileItIsSwappedOut(t *testing.T) {
	b := demotest.NewServingBoard(t, nil)
	snap, done, err := b.Current("")
	require.NoError(t, err)
	b.MakeActive(strategy, "v1.1.0")
	_, err = b.Reload(t.Context(), "")
	require.NoError(t, err)
	require.NoError(t, runRule(t, snap), "the old rule still runs")
	done()
	require.Error(t, runRule(t, snap), "and is closed when the last user is done")

	snap, done, err = b.Current("")
	require.NoError(t, err)
	b.Board.Close()
	require.NoError(t, runRule(t, snap), "closing the board waits for nobody")
	done()
	require.Error(t, runRule(t, snap))
	_, _, err = b.Current("")
	require.ErrorIs(t, err, live.ErrNothingLoaded)
	_, err = b.Reload(t.Context(), "")
	require.ErrorIs(t, err, live.ErrClosed)
}

func TestSwapsUnderReadersAreWholeAndLeakNothing(t *testing.T) {
	b := demotest.NewServingBoard(t, nil)
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				snap, done, err := b.Current("")
				if err != nil {
					t.Error(err)
					return
				}
				if snap.Record.Version != snap.Release.Manifest.Version || runRule(t, snap) != nil {
					t.Error("a mixed or closed release")
				}
				done()
			}
		})
	}
	for i := range 20 {
		b.MakeActive(strategy, []string{"v1.1.0", "v1.0.0"}[i%2])
		_, err := b.Reload(t.Context(), "")
		require.NoError(t, err)
	}
	close(stop)
	readers.Wait()
}

func TestWatchFollowsTheRegistry(t *testing.T) {
	b := demotest.NewServingBoard(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); b.Watch(ctx) }()
	follows := func(version string) {
		t.Helper()
		require.Eventually(t, func() bool { return serving(t, b) == version }, 20*time.Second, 5*time.Millisecond)
	}
	b.MakeActive(strategy, "v1.1.0")
	follows("v1.1.0")

	// A change during an outage is seen after it.
	b.FailStore(demotest.ErrNoStore)
	b.MakeActive(strategy, "v1.0.0")
	require.Eventually(t, func() bool { return len(b.Problems()) > 0 }, 20*time.Second, 5*time.Millisecond)
	b.Heal()
	follows("v1.0.0")

	// A new strategy gets a place by itself.
	b.Publish(release.Record{Strategy: "second", Version: "v1", Status: release.Active}, demotest.File(t, artifacts.Releases()[0].Model), nil)
	require.Eventually(t, func() bool { st, ok := b.Strategy("second"); return ok && st.Serving == "v1" }, 20*time.Second, 5*time.Millisecond)
	snap, done, err := b.Current("second")
	require.NoError(t, err)
	require.NotNil(t, snap.Market)
	done()
	require.Equal(t, "v1.0.0", serving(t, b))
	cancel()
	<-ended
}

func TestStaleness(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	b := demotest.NewServingBoard(t, func(o *live.Options) {
		o.Now = func() time.Time { return now }
		o.MaxStaleness = time.Minute
	})
	now = now.Add(time.Hour)
	require.NoError(t, b.Ready(), "a long silence is no outage while the registry answers")
	b.FailRegistry(demotest.ErrNoRegistry)
	_, err := b.Reload(t.Context(), "")
	require.Error(t, err)
	require.ErrorIs(t, b.Ready(), live.ErrStale)
	b.Heal()
	_, err = b.Reload(t.Context(), "")
	require.NoError(t, err)
	require.NoError(t, b.Ready())
}

func TestANewMarketReachesEveryStrategy(t *testing.T) {
	b := demotest.NewServingBoard(t, nil)
	m := *demotest.Market(t)
	m.Revision = "next"
	require.NoError(t, b.SetMarket(&m))
	snap, done, err := b.Current("")
	require.NoError(t, err)
	defer done()
	require.Equal(t, "next", snap.Market.Revision)
	require.Equal(t, "v1.0.0", snap.Record.Version)
}

// slowGate refuses, after somebody has activated the release once more.
type slowGate struct{ meanwhile func() }

func (g slowGate) Check(context.Context, gate.Job) (*gate.Verdict, error) {
	g.meanwhile()
	return nil, release.Reject(release.ModelMalformed, "of bytes that have been mended since")
}

func TestALateRefusalDoesNotFailWhatWasActivatedSince(t *testing.T) {
	var b *demotest.Board
	refuse := slowGate{func() {
		b.MakeActive(strategy, "v1.1.0")
		time.Sleep(5 * time.Millisecond) // the times of the registry are in milliseconds
		b.MakeActive(strategy, "v1.0.0")
	}}
	b = demotest.NewBoard(t, func(o *live.Options) { o.Gate = refuse })
	_, err := b.Reload(t.Context(), "")
	require.ErrorContains(t, err, "mended since")
	rec, err := b.Active(t.Context(), strategy)
	require.NoError(t, err)
	require.Equal(t, "v1.0.0", rec.Version)
}
