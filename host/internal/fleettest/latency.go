package fleettest

import (
	"sync"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/artifacts"
	"edgesignal/host/registry/postgres"
	"edgesignal/host/release"
)

// Latencies swaps between the two releases of the demo, which every host has
// loaded before, n times, and gives for each the time from the commit of the
// activation, as the client that made it sees it, until the last host was seen
// to serve it. Each host is asked every 5 ms. before, which may be nil, is
// called just before each activation.
func (f *Fleet) Latencies(n int, before func()) []time.Duration {
	f.t.Helper()
	client, err := postgres.Open(f.t.Context(), f.Postgres.URL(f.Postgres.Addr()))
	require.NoError(f.t, err)
	defer func() { require.NoError(f.t, client.Close()) }()
	f.Converge("v1.1.0")
	f.Converge("v1.0.0")
	took := make([]time.Duration, n)
	for i := range took {
		version := []string{"v1.1.0", "v1.0.0"}[i%2]
		seen := make([]time.Time, len(f.Hosts))
		var watching sync.WaitGroup
		for j, h := range f.Hosts {
			watching.Go(func() { seen[j] = h.awaitVersion(version) })
		}
		if before != nil {
			before()
		}
		_, _, err := client.Activate(f.t.Context(), release.Ref{Strategy: artifacts.Strategy, Version: version}, "test", "")
		committed := time.Now()
		require.NoError(f.t, err)
		watching.Wait()
		for j, at := range seen {
			require.False(f.t, at.IsZero(), "host %s does not serve %s", f.Hosts[j].Name, version)
			took[i] = max(took[i], at.Sub(committed))
		}
	}
	return took
}

// awaitVersion returns when a host was first seen to serve version; zero = never.
func (h *Host) awaitVersion(version string) time.Time {
	for end := time.Now().Add(Patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if h.Health().Version == version {
			return time.Now()
		}
	}
	return time.Time{}
}
