package fleettest_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/internal/faultproxy"
	"edgesignal/host/internal/fleettest"
)

// A host that finds nobody, neither registry nor store nor bars, starts with
// what it served, says so, and follows when they are back.
func TestAStartWithNobodyThere(t *testing.T) {
	t.Parallel()
	const (
		stale = 4 * time.Second
		// A start waits half a second for the registry; the rest is room for what
		// hangs besides.
		patience = 3 * time.Second / 2
	)
	f := fleettest.New(t, 1, fleettest.BarsInS3, fleettest.Env("MAX_STALENESS="+stale.String()))
	h := f.Hosts[0]
	network := func(x faultproxy.Fault) func() {
		return func() {
			h.Postgres.Set(x)
			h.S3.Set(x)
		}
	}
	for _, way := range []struct {
		name       string
		begin, end func()
	}{
		{"killed", func() { f.Postgres.Kill(); f.S3.Kill() }, func() { f.Postgres.Start(); f.S3.Start() }},
		{"connections reset", network(faultproxy.Fault{Refuse: true}), network(faultproxy.Fault{})},
		{"hang", network(faultproxy.Fault{Stall: true}), network(faultproxy.Fault{})},
	} {
		t.Run(way.name, func(t *testing.T) {
			f.Converge("v1.1.0") // a host says so once it has written it down
			// best is the shortest of some starts: the machine is busy, but not each time.
			best := func(then func()) time.Duration {
				shortest := time.Hour
				for range 4 {
					h.Kill()
					begin := time.Now()
					h.Launch()
					require.Equal(t, "v1.1.0", h.FirstAnswer())
					shortest = min(shortest, time.Since(begin))
					then()
				}
				return shortest
			}
			with := best(func() {})
			way.begin()
			without := best(func() { degraded(h, "v1.1.0", "registry unavailable") })
			require.Less(t, without, patience+4*with, "it takes %s when all are there", with)
			t.Logf("a right answer %s after the start, at best; with all there %s", without.Round(time.Millisecond), with.Round(time.Millisecond))
			h.Await("stale", func(fleettest.Health) bool { return h.Ready() == http.StatusServiceUnavailable })
			require.Equal(t, "v1.1.0", h.FirstAnswer(), "and it serves on")

			way.end()
			f.Converge("v1.0.0")
			require.Equal(t, http.StatusOK, h.Ready())
		})
	}
	f.Settle("v1.0.0") // the bars too
}
