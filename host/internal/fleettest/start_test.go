package fleettest_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/internal/faultproxy"
	"edgesignal/host/internal/fleettest"
)

// A host that finds nobody starts with what it served, says so, and follows
// when they are back.
func TestAStartWithoutARegistry(t *testing.T) {
	const stale = 4 * time.Second
	f := fleettest.New(t, 1, fleettest.Env("MAX_STALENESS="+stale.String()))
	h := f.Hosts[0]
	for _, way := range []struct {
		name        string
		break_, end func()
	}{
		{"killed", f.Postgres.Kill, f.Postgres.Start},
		{"connections reset", func() { h.Postgres.Set(faultproxy.Fault{Refuse: true}) }, h.Postgres.Heal},
		{"hangs", func() { h.Postgres.Set(faultproxy.Fault{Stall: true}) }, h.Postgres.Heal},
	} {
		t.Run(way.name, func(t *testing.T) {
			f.Converge("v1.1.0") // a host says so once it has written it down
			way.break_()
			best := time.Hour
			for range 4 { // the machine is busy, but not each time
				h.Kill()
				begin := time.Now()
				h.Launch()
				require.Equal(t, "v1.1.0", h.FirstAnswer())
				best = min(best, time.Since(begin))
				degraded(h, "v1.1.0", "registry unavailable")
			}
			require.Less(t, best, 2*time.Second)
			t.Logf("a right answer %s after the start, at best", best.Round(time.Millisecond))
			h.Await("stale", func(fleettest.Health) bool { return h.Ready() == http.StatusServiceUnavailable })
			require.Equal(t, "v1.1.0", h.FirstAnswer(), "and it serves on")

			way.end()
			f.Settle("v1.1.0")
			require.Equal(t, http.StatusOK, h.Ready())
			f.Activate("v1.0.0")
			f.Settle("v1.0.0")
		})
	}
}
