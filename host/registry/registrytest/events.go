package registrytest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/registry"
	"edgesignal/host/release"
)

func testEvents(t *testing.T, fresh func(t *testing.T) Open) {
	r := fresh(t)(t)
	none, err := r.Events(t.Context(), "")
	require.NoError(t, err)
	require.Empty(t, none)

	register(t, r, full("s", "v1"), plain("s", "v2"), with(plain("other", "v1"), func(r *release.Record) { r.Status = release.Active }))
	for _, v := range []string{"v1", "v2"} {
		_, _, err := r.Activate(t.Context(), ref("s", v), "bob", "try "+v)
		require.NoError(t, err)
	}
	register(t, r, with(full("s", "v3"), func(r *release.Record) { r.Status = release.Active }))
	_, _, err = r.Activate(t.Context(), ref("s", "v9"), "bob", "typo")
	require.ErrorIs(t, err, release.ErrNotFound)

	events, err := r.Events(t.Context(), "s")
	require.NoError(t, err)
	requireChain(t, events)
	for i, want := range []release.Event{
		{Version: "v1", To: release.Inactive, By: "ann"},
		{Version: "v2", To: release.Inactive},
		{Version: "v1", From: release.Inactive, To: release.Active, By: "bob", Why: "try v1"},
		{Version: "v1", From: release.Active, To: release.Inactive, By: "bob", Why: "try v2"},
		{Version: "v2", From: release.Inactive, To: release.Active, By: "bob", Why: "try v2"},
		{Version: "v2", From: release.Active, To: release.Inactive, By: "ann", Why: "registered v3 as active"},
		{Version: "v3", To: release.Active, By: "ann", Why: "registered v3 as active"},
	} {
		require.Greater(t, len(events), i)
		got := events[i]
		require.WithinDuration(t, time.Now(), got.At, time.Minute)
		require.Equal(t, time.UTC, got.At.Location())
		want.Strategy, want.ID, want.At = "s", got.ID, got.At
		require.Equal(t, want, got)
	}
	require.Len(t, events, 7)
	require.Equal(t, events[3].At, events[4].At, "one transaction, one time: no moment without an active release")
	require.Equal(t, events[5].At, events[6].At)

	v3, err := r.Get(t.Context(), ref("s", "v3"))
	require.NoError(t, err)
	require.Equal(t, events[6].At, *v3.ActivatedAt)

	all, err := r.Events(t.Context(), "")
	require.NoError(t, err)
	require.Len(t, all, 8)
	requireChain(t, all)
}

// requireChain wants a history without a gap: ids ascend, each event of a
// release starts where its last one ended, and after each there is at most
// one active release a strategy. It returns where every release ended.
func requireChain(t require.TestingT, events []release.Event) map[release.Ref]release.Status {
	at := map[release.Ref]release.Status{}
	active := map[string]int{}
	for i, e := range events {
		if i > 0 {
			require.Greater(t, e.ID, events[i-1].ID)
			require.False(t, e.At.Before(events[i-1].At), "event %d is older than the one before", e.ID)
		}
		rf := ref(e.Strategy, e.Version)
		require.Equal(t, at[rf], e.From, "event %d of %s", e.ID, rf)
		require.NotEqual(t, e.From, e.To, "event %d of %s", e.ID, rf)
		at[rf] = e.To
		if e.From == release.Active {
			active[e.Strategy]--
		}
		if e.To == release.Active {
			active[e.Strategy]++
		}
		require.LessOrEqual(t, active[e.Strategy], 1, "event %d of %s", e.ID, rf)
	}
	return at
}

func history(t *testing.T, r registry.Registry, strategy string) []release.Event {
	t.Helper()
	events, err := r.Events(t.Context(), strategy)
	require.NoError(t, err)
	return events
}
