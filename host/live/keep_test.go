package live_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/internal/demotest"
	"edgesignal/host/lastgood"
	"edgesignal/host/live"
	"edgesignal/host/registry"
	"edgesignal/host/release"
)

func keeper(t *testing.T, dir string) *lastgood.Keeper {
	t.Helper()
	k, damaged, err := lastgood.Open(dir, func([]string) {})
	require.NoError(t, err)
	require.Empty(t, damaged)
	return k
}

// restarted is a host that served v1.1.0 and starts again, on the same
// registry, store and disk.
type restarted struct {
	*demotest.Board
	dir string // of what it kept
	opt live.Options
}

// served has stopped after it served.
func served(t *testing.T) *restarted {
	t.Helper()
	r := &restarted{dir: t.TempDir()}
	r.Board = demotest.NewServingBoard(t, func(o *live.Options) {
		o.Keep = keeper(t, r.dir)
		r.opt = *o
	})
	r.MakeActive(strategy, "v1.1.0")
	_, err := r.Reload(t.Context(), "")
	require.NoError(t, err)
	r.Board.Board.Close()
	return r
}

// start starts it with what lies on its disk.
func (r *restarted) start(t *testing.T) {
	t.Helper()
	r.opt.Keep = keeper(t, r.dir)
	r.Board.Board = live.NewBoard(r.opt)
	t.Cleanup(r.Board.Board.Close)
	require.NoError(t, r.SetMarket(demotest.Market(t)))
}

func TestAStartWithoutRegistryServesWhatServed(t *testing.T) {
	b := served(t)
	b.start(t)
	b.FailRegistry(demotest.ErrNoRegistry)
	require.Error(t, b.Sync(t.Context()))
	require.Error(t, b.Ready())
	require.True(t, b.Kept())
	b.Restore(t.Context())
	require.NoError(t, b.Ready())
	require.Equal(t, "v1.1.0", serving(t, b.Board))
	require.NotEmpty(t, b.Problems(), "degraded")

	_, err := b.Reload(t.Context(), "")
	require.ErrorIs(t, err, demotest.ErrNoRegistry, "never reported as up to date")
	b.Restore(t.Context())
	require.Equal(t, "v1.1.0", serving(t, b.Board))

	b.Heal()
	b.MakeActive(strategy, "v1.0.0")
	require.NoError(t, b.Sync(t.Context()))
	require.Equal(t, "v1.0.0", serving(t, b.Board), "and catches up")
	require.Empty(t, b.Problems())
}

func TestARegistryThatHasNotAnsweredYetIsAProblem(t *testing.T) {
	b := served(t)
	b.start(t)
	b.Restore(t.Context())
	require.NoError(t, b.Ready())
	require.Len(t, b.Problems(), 1)
	require.ErrorContains(t, b.Problems()[0], "no answer yet")
	require.NoError(t, b.Sync(t.Context()))
	require.Empty(t, b.Problems())
}

func TestRestoreTakesTheWayThroughTheGate(t *testing.T) {
	for _, c := range []struct {
		name   string
		tamper func(t *testing.T, b *demotest.Board, file string)
		change func(*live.Options)
	}{
		{name: "other bytes in the store", tamper: func(t *testing.T, b *demotest.Board, _ string) {
			rec, err := b.Get(t.Context(), release.Ref{Strategy: strategy, Version: "v1.1.0"})
			require.NoError(t, err)
			path := filepath.Join(b.Folder, "store", filepath.FromSlash(rec.ModelPath))
			require.NoError(t, os.Chmod(path, 0o600))
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(path, append(text, '\n'), 0o600))
		}},
		{name: "another version's name", tamper: rewrite(`"Version":"v1.1.0"`, `"Version":"v1.2.0"`)},
		{name: "other parameters", tamper: rewrite(`"RuleParams":null`, `"RuleParams":{"top_n":30}`)},
		{name: "other limits", tamper: rewrite(`"Config":null`, `"Config":{"limits":{"max_gross":100}}`)},
		{name: "no golden file", tamper: func(t *testing.T, b *demotest.Board, file string) {
			rec, err := b.Get(t.Context(), release.Ref{Strategy: strategy, Version: "v1.1.0"})
			require.NoError(t, err)
			rewrite(`"GoldenPath":"`+rec.GoldenPath+`"`, `"GoldenPath":""`)(t, b, file)
		}},
		{name: "another TOP_N", change: func(o *live.Options) { o.Defaults = []byte(`{"top_n":4,"bottom_n":3}`) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := served(t)
			if c.tamper != nil {
				c.tamper(t, b.Board, filepath.Join(b.dir, "s-"+strategy+".json"))
			}
			if c.change != nil {
				c.change(&b.opt)
			}
			b.start(t)
			b.FailRegistry(demotest.ErrNoRegistry)
			b.Restore(t.Context())
			_, _, err := b.Current("")
			require.ErrorIs(t, err, live.ErrNothingLoaded)
		})
	}
}

func rewrite(old, with string) func(*testing.T, *demotest.Board, string) {
	return func(t *testing.T, _ *demotest.Board, file string) {
		t.Helper()
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Contains(t, string(text), old)
		require.NoError(t, os.WriteFile(file, []byte(strings.Replace(string(text), old, with, 1)), 0o600))
	}
}

func TestStalenessOutlivesAStart(t *testing.T) {
	now := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	b := served(t)
	b.opt.MaxStaleness, b.opt.Now = time.Minute, func() time.Time { return now }
	require.NoError(t, keeper(t, b.dir).Saw(now))
	b.start(t)
	b.FailRegistry(demotest.ErrNoRegistry)
	require.Error(t, b.Sync(t.Context()))
	b.Restore(t.Context())
	now = now.Add(time.Minute)
	require.NoError(t, b.Ready())
	now = now.Add(time.Second)
	require.ErrorIs(t, b.Ready(), live.ErrStale)
	now = now.Add(-time.Hour)
	require.ErrorIs(t, b.Ready(), live.ErrStale, "a clock that is set back makes nothing younger")
	b.Heal()
	require.NoError(t, b.Sync(t.Context()))
	require.NoError(t, b.Ready())
}

func TestHeartbeat(t *testing.T) {
	b := demotest.NewServingBoard(t, func(o *live.Options) { o.Version = "1.2.3" })
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); b.Heartbeat(ctx) }()
	said := func() []registry.Observation {
		list, err := b.Observations(t.Context(), strategy)
		require.NoError(t, err)
		return list
	}
	require.Eventually(t, func() bool {
		hosts, err := b.Shaky.Hosts(t.Context())
		require.NoError(t, err)
		return len(hosts) == 1 && hosts[0].Name == "test:1" && hosts[0].Version == "1.2.3" && len(said()) == 1
	}, time.Minute, 5*time.Millisecond, "it joins, and says again what it serves")
	require.Equal(t, "v1.0.0", said()[0].Serving)
	stop()
	<-ended
	hosts, err := b.Shaky.Hosts(t.Context())
	require.NoError(t, err)
	require.Empty(t, hosts)
	require.Empty(t, said(), "who leaves takes along what it said")
}

// A registry that comes back as an old backup holds what this host said then.
func TestTheHeartbeatSaysAgainWhatServesOnceTheRegistryIsBack(t *testing.T) {
	b := demotest.NewServingBoard(t, nil)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); b.Heartbeat(ctx) }()
	defer func() { stop(); <-ended }()
	var said registry.Observation
	says := func(version string) func() bool {
		return func() bool {
			hosts, err := b.Shaky.Hosts(t.Context())
			require.NoError(t, err)
			list, err := b.Observations(t.Context(), strategy)
			require.NoError(t, err)
			if len(hosts) == 1 && len(list) == 1 {
				said = list[0]
			}
			return said.Serving == version
		}
	}
	require.Eventually(t, says("v1.0.0"), time.Minute, 5*time.Millisecond)
	old := said
	old.Desired, old.Serving = "v0.9.0", "v0.9.0"
	require.NoError(t, b.Observe(t.Context(), old))
	b.FailRegistry(demotest.ErrNoRegistry)
	require.Error(t, b.Sync(t.Context()))
	b.Heal()
	said = old
	require.Eventually(t, says("v1.0.0"), time.Minute, 5*time.Millisecond)
}

func TestHeartbeatNoticesAnOutageAndItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pulse{}
		b := live.NewBoard(live.Options{Registry: p, Host: "test:1", Strategy: strategy, Log: slog.New(slog.DiscardHandler)})
		defer b.Close()
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { defer close(ended); b.Heartbeat(ctx) }()
		defer func() { stop(); <-ended }()
		synctest.Wait()
		require.Len(t, b.Problems(), 2, "no market, no release")
		hangs := &release.Unavailable{Part: release.PartRegistry, Err: context.DeadlineExceeded} // its client gave up, not the host
		for _, outage := range []*release.Unavailable{demotest.ErrNoRegistry, hangs} {
			p.err.Store(&outage)
			time.Sleep(3 * time.Second)
			synctest.Wait()
			require.Contains(t, b.Problems(), error(outage))
			p.err.Store(nil)
			time.Sleep(3 * time.Second)
			synctest.Wait()
			require.NotContains(t, b.Problems(), error(outage))
		}
	})
}

// A watcher that has given up for half a minute goes on when the heartbeat
// finds the registry back.
func TestTheWatcherGoesOnWhenTheRegistryIsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pulse{}
		b := live.NewBoard(live.Options{Registry: p, Host: "test:1", Strategy: strategy, Log: slog.New(slog.DiscardHandler)})
		defer b.Close()
		ctx, stop := context.WithCancel(t.Context())
		var both sync.WaitGroup
		both.Go(func() { b.Watch(ctx) })
		both.Go(func() { b.Heartbeat(ctx) })
		defer func() { stop(); both.Wait() }()
		p.err.Store(&demotest.ErrNoRegistry)
		time.Sleep(time.Second)
		tries := p.waits.Load()
		require.Greater(t, tries, int64(2), "at first it tries again at once")
		time.Sleep(10 * time.Minute)
		require.Less(t, p.waits.Load(), tries+30, "and then twice a minute")
		tries = p.waits.Load()
		p.err.Store(nil)
		time.Sleep(3 * time.Second)
		synctest.Wait()
		require.Greater(t, p.waits.Load(), tries)
	})
}

// pulse is a registry that answers heartbeats, and has no release.
type pulse struct {
	registry.Registry
	err   atomic.Pointer[*release.Unavailable]
	waits atomic.Int64 // calls of Wait
}

func (p *pulse) answer() error {
	if err := p.err.Load(); err != nil {
		return *err
	}
	return nil
}

func (p *pulse) Beat(context.Context, registry.Host) (bool, error) { return false, p.answer() }
func (p *pulse) Leave(context.Context, registry.Host) error        { return p.answer() }
func (p *pulse) Wait(ctx context.Context, c registry.Cursor) (registry.Cursor, error) {
	p.waits.Add(1)
	if err := p.answer(); err != nil || c == "" {
		return "1", err
	}
	<-ctx.Done()
	return c, ctx.Err()
}
func (p *pulse) List(context.Context, string) ([]release.Record, error) { return nil, p.answer() }
func (p *pulse) Active(context.Context, string) (release.Record, error) {
	return release.Record{}, errors.Join(p.answer(), release.ErrNotFound)
}
func (p *pulse) ActiveChange(context.Context, string) (release.Event, error) {
	return release.Event{}, errors.Join(p.answer(), release.ErrNotFound)
}
func (p *pulse) Observe(context.Context, registry.Observation) error { return p.answer() }
