package fleet_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/artifacts"
	"edgesignal/host/fleet"
	"edgesignal/host/internal/demotest"
	"edgesignal/host/internal/pgtest"
	"edgesignal/host/live"
	"edgesignal/host/registry"
	"edgesignal/host/registry/postgres"
	"edgesignal/host/release"
)

// A host whose clock is wrong, or jumps, is live as long as it says so, is
// waited for like any other, and writes a true history: all of that goes by the
// database's clock.
func TestAHostsClockDoesNotMatter(t *testing.T) {
	back := map[string]func(*demotest.Shaky){
		"sqlite": func(*demotest.Shaky) {},
		"postgres": func(s *demotest.Shaky) {
			r, err := postgres.Open(t.Context(), pgtest.New(t))
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, r.Close()) })
			s.Registry = r
		},
	}
	for name, use := range back {
		t.Run(name, func(t *testing.T) {
			begin := time.Now().Add(-time.Second)
			var wrong atomic.Int64
			var others registry.Registry
			b := demotest.NewBoard(t, func(o *live.Options) {
				use(o.Registry.(*demotest.Shaky))
				others = o.Registry
				o.Now = func() time.Time { return time.Now().Add(time.Duration(wrong.Load())) }
				o.MaxStaleness = time.Minute
			})
			require.NoError(t, b.SetMarket(demotest.Market(t)))
			ctx, stop := context.WithCancel(t.Context())
			var hosts sync.WaitGroup
			hosts.Go(func() { b.Watch(ctx) })
			hosts.Go(func() { b.Heartbeat(ctx) })
			defer func() { stop(); hosts.Wait() }()
			for i, by := range []time.Duration{5 * time.Hour, -5 * time.Hour, 1000 * time.Hour, 0} {
				wrong.Store(int64(by))
				version := []string{"v1.1.0", "v1.0.0"}[i%2]
				ref := release.Ref{Strategy: artifacts.Strategy, Version: version}
				_, _, err := others.Activate(t.Context(), ref, "ann", "")
				require.NoError(t, err)
				waiting, cancel := context.WithTimeout(t.Context(), time.Minute)
				seen, err := fleet.Wait(waiting, others, ref, nil)
				cancel()
				require.NoError(t, err, by)
				require.Equal(t, 1, seen.Serving)
				require.NoError(t, b.Ready(), "by %s", by)

				_, err = others.Beat(t.Context(), registry.Host{Name: "late:1", Started: time.Now().Add(by)})
				require.NoError(t, err)
				v, err := fleet.Look(t.Context(), others)
				require.NoError(t, err)
				for _, m := range v.Members {
					require.True(t, m.Live, "%s by %s: silent for %s", m.Name, by, m.Silent)
				}
				require.NoError(t, others.Leave(t.Context(), v.Members[0].Host))

				now, err := registry.ListAt(t.Context(), others, artifacts.Strategy, time.Now().Add(time.Second))
				require.NoError(t, err)
				for _, r := range now {
					require.Equal(t, r.Version == version, r.Status == release.Active, "%s by %s", r.Version, by)
				}
			}
			events, err := others.Events(t.Context(), artifacts.Strategy)
			require.NoError(t, err)
			for _, e := range events {
				require.WithinRange(t, e.At, begin, time.Now().Add(time.Second))
			}
		})
	}
}
