package api

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/artifacts"
	"edgesignal/host/internal/demotest"
	"edgesignal/host/registry"
)

// fleetCalls has a host beside the one that is asked, which says what the test
// makes it say.
func fleetCalls(t *testing.T) []call {
	b := demotest.NewServingBoard(t, nil)
	s := serve(t, b.Board, defaultLimits, func(o *Options) { o.Registry = b.Shaky })
	beat := func(name string) {
		_, err := b.Beat(t.Context(), registry.Host{Name: name, Started: time.Now()})
		require.NoError(t, err)
	}
	beat("other:1")
	says := func(version string) func() {
		return func() {
			beat("other:1") // the calls before may have taken longer than a host may be silent
			require.NoError(t, b.Observe(t.Context(), registry.Observation{
				Host: "other:1", Strategy: artifacts.Strategy, Desired: version, Serving: version, Since: time.Now(),
				Release: "sha256:" + strings.Repeat("a", 64), Outcome: registry.OutcomeActivated,
			}))
		}
	}
	var changing sync.WaitGroup
	t.Cleanup(changing.Wait)
	const wait = "/model/reload?wait=converged&timeout="
	return []call{
		{name: "fleet", on: s, method: "GET", path: "/api/v1/fleet", before: says("v1.0.0"), status: 200},
		{name: "releases", on: s, method: "GET", path: "/api/v1/releases", status: 200},
		{name: "releases of a strategy", on: s, method: "GET", path: "/api/v1/releases?strategy=alpha_baseline&at=2100-01-01T00:00:00%2B01:00", status: 200},
		{name: "releases of a day long ago", on: s, method: "GET", path: "/api/v1/releases?at=2000-01-01", status: 200},
		{name: "releases of an unknown strategy", on: s, method: "GET", path: "/api/v1/releases?strategy=x", status: 404, code: unknownStrategy},
		{name: "releases at no time", on: s, method: "GET", path: "/api/v1/releases?at=yesterday", status: 400, code: badRequest},
		{name: "parameter for releases", on: s, method: "GET", path: "/api/v1/releases?version=x", status: 400, code: badRequest},
		{name: "parameter for the fleet", on: s, method: "GET", path: "/api/v1/fleet?strategy=x", status: 400, code: badRequest},
		{name: "wait for something else", on: s, method: "POST", path: "/model/reload?wait=1", status: 400, code: badRequest},
		{name: "timeout of no wait", on: s, method: "POST", path: "/model/reload?timeout=1s", status: 400, code: badRequest},
		{name: "wait for no time", on: s, method: "POST", path: wait + "0s", status: 400, code: badRequest},
		{name: "wait for hours", on: s, method: "POST", path: wait + "1h", status: 400, code: badRequest},
		{name: "wait for who does not serve", on: s, method: "POST", path: wait + "200ms", before: says("v0"), status: 504, code: notConverged},
		{name: "wait, unchanged", on: s, method: "POST", path: wait + "1m", before: says("v1.0.0"), status: 200},
		{name: "wait, activated", on: s, method: "POST", path: wait + "1m", before: func() {
			active, err := b.Active(t.Context(), artifacts.Strategy)
			require.NoError(t, err)
			next := map[string]string{"v1.0.0": "v1.1.0", "v1.1.0": "v1.0.0"}[active.Version]
			b.MakeActive(artifacts.Strategy, next)
			says(next)()
		}, status: 200},
		{name: "superseded meanwhile", on: s, method: "POST", path: wait + "1m", before: func() {
			b.MakeActive(artifacts.Strategy, "v1.0.0")
			says("v0")()
			asked := time.Now()
			changing.Go(func() {
				for st, _ := b.Strategy(artifacts.Strategy); !st.CheckedAt.After(asked); st, _ = b.Strategy(artifacts.Strategy) {
					time.Sleep(time.Millisecond) // until the reload has read that v1.0.0 is wanted
				}
				b.MakeActive(artifacts.Strategy, "v1.1.0")
			})
		}, status: 409, code: superseded},
		{name: "fleet, registry down", on: s, method: "GET", path: "/api/v1/fleet", before: func() { b.FailRegistry(demotest.ErrNoRegistry) }, status: 503, code: registryUnavailable},
		{name: "releases, registry down", on: s, method: "GET", path: "/api/v1/releases", status: 503, code: registryUnavailable},
	}
}
