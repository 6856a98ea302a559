package registrytest

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/registry"
)

var began = time.Date(2026, 11, 21, 9, 0, 0, 5e6, time.UTC)

func testHosts(t *testing.T, fresh func(t *testing.T) Open) {
	t.Run("beats, is seen, leaves", func(t *testing.T) {
		open := fresh(t)
		r := open(t)
		require.Empty(t, hosts(t, r))
		h := registry.Host{Name: "h:1", Started: began.Add(999 * time.Microsecond).In(time.FixedZone("", 3600)), Version: "1.2.3"}
		require.True(t, beat(t, r, h), "the first beat")
		first := hosts(t, open(t))
		require.Len(t, first, 1)
		require.WithinDuration(t, time.Now(), first[0].Seen, time.Minute)
		require.GreaterOrEqual(t, first[0].Silent, time.Duration(0))
		require.Less(t, first[0].Silent, time.Minute)
		require.Equal(t, registry.Host{Name: "h:1", Started: began, Version: "1.2.3", Seen: first[0].Seen, Silent: first[0].Silent}, first[0])
		require.False(t, beat(t, r, h), "the same process")
		second := hosts(t, r)
		require.Len(t, second, 1)
		require.False(t, second[0].Seen.Before(first[0].Seen))
		require.NoError(t, r.Leave(t.Context(), h))
		require.Empty(t, hosts(t, r))
		require.NoError(t, r.Leave(t.Context(), h), "who is gone may go again")
		require.True(t, beat(t, r, h), "back again")
	})
	t.Run("silence grows", func(t *testing.T) {
		r := fresh(t)(t)
		beat(t, r, registry.Host{Name: "h:1", Started: began})
		before := hosts(t, r)[0].Silent
		require.Eventually(t, func() bool { return hosts(t, r)[0].Silent > before }, patience, time.Millisecond)
	})
	t.Run("another process takes nothing over", func(t *testing.T) {
		r := fresh(t)(t)
		old := registry.Host{Name: "h:1", Started: began}
		next := registry.Host{Name: "h:1", Started: began.Add(time.Millisecond), Version: "2"}
		beat(t, r, old)
		observe(t, r, served("s", "h:1"), served("other", "h:1"), served("s", "h:2"))
		require.False(t, beat(t, r, old))
		require.Len(t, observations(t, r, ""), 3)
		require.True(t, beat(t, r, next))
		require.Equal(t, []string{"h:2"}, observers(observations(t, r, "")), "what the earlier process said is gone")
		observe(t, r, served("s", "h:1"))
		require.NoError(t, r.Leave(t.Context(), old), "the earlier process leaves late")
		require.Equal(t, "2", hosts(t, r)[0].Version)
		require.Equal(t, []string{"h:1", "h:2"}, observers(observations(t, r, "")))
		require.NoError(t, r.Leave(t.Context(), next))
		require.Equal(t, []string{"h:2"}, observers(observations(t, r, "")))
	})
	t.Run("who said something before the first beat said nothing", func(t *testing.T) {
		r := fresh(t)(t)
		observe(t, r, served("s", "h:1"))
		require.True(t, beat(t, r, registry.Host{Name: "h:1", Started: began}))
		require.Empty(t, observations(t, r, ""))
	})
	t.Run("order is by bytes", func(t *testing.T) {
		r := fresh(t)(t)
		for _, name := range []string{"h:2", "ä:1", "h:10", "H:1"} {
			beat(t, r, registry.Host{Name: name, Started: began})
		}
		var names []string
		for _, h := range hosts(t, r) {
			names = append(names, h.Name)
		}
		require.Equal(t, []string{"H:1", "h:10", "h:2", "ä:1"}, names)
	})
	t.Run("refuses", func(t *testing.T) {
		r := fresh(t)(t)
		for _, c := range []struct {
			name string
			host registry.Host
			says string
		}{
			{"no name", registry.Host{Started: began}, "name is not set"},
			{"line break in the name", registry.Host{Name: "h\n1", Started: began}, "name"},
			{"no start", registry.Host{Name: "h:1"}, "started"},
			{"NUL in the version", registry.Host{Name: "h:1", Started: began, Version: "1\x00"}, "version"},
		} {
			t.Run(c.name, func(t *testing.T) {
				_, err := r.Beat(t.Context(), c.host)
				requireRefusal(t, err)
				require.ErrorContains(t, err, c.says)
				require.ErrorContains(t, r.Leave(t.Context(), c.host), c.says)
				require.Empty(t, hosts(t, r))
			})
		}
	})
	t.Run("many at once", func(t *testing.T) {
		open := fresh(t)
		var wg sync.WaitGroup
		for i := range 4 {
			r := open(t)
			wg.Go(func() {
				for n := range 10 {
					name := []string{"a:1", "b:1", "c:1"}[(i+n)%3]
					if _, err := r.Beat(t.Context(), registry.Host{Name: name, Started: began.Add(time.Duration(i) * time.Second)}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		require.Len(t, hosts(t, open(t)), 3)
	})
}

func beat(t *testing.T, r registry.Registry, h registry.Host) (joined bool) {
	t.Helper()
	joined, err := r.Beat(t.Context(), h)
	require.NoError(t, err)
	return joined
}

func hosts(t *testing.T, r registry.Registry) []registry.Host {
	t.Helper()
	list, err := r.Hosts(t.Context())
	require.NoError(t, err)
	return list
}

func observers(all []registry.Observation) (names []string) {
	for _, o := range all {
		names = append(names, o.Host)
	}
	return names
}
