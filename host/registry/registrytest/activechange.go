package registrytest

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/release"
)

func testActiveChange(t *testing.T, fresh func(t *testing.T) Open) {
	r := fresh(t)(t)
	register(t, r, plain("s", "v1"), plain("s", "v2"), with(plain("other", "v7"), func(r *release.Record) { r.Status = release.Active }))
	_, err := r.Fail(t.Context(), ref("s", "v2"), "host-1:8001", "never active")
	require.NoError(t, err)
	for _, strategy := range []string{"s", "unknown", "S", ""} {
		_, err := r.ActiveChange(t.Context(), strategy)
		require.ErrorIs(t, err, release.ErrNotFound, strategy)
	}
	for _, step := range []struct {
		name   string
		change func(*testing.T)
		want   release.Event
	}{
		{
			"activated", func(t *testing.T) { activate(t, r, "v1") },
			release.Event{Version: "v1", From: release.Inactive, To: release.Active, By: "ann"},
		},
		{
			"replaced: the one that came, not the one that went", func(t *testing.T) { activate(t, r, "v2") },
			release.Event{Version: "v2", From: release.Failed, To: release.Active, By: "ann"},
		},
		{"failed", func(t *testing.T) {
			_, err := r.Fail(t.Context(), ref("s", "v2"), "host-1:8001", "rule_abi: no memory")
			require.NoError(t, err)
		}, release.Event{Version: "v2", From: release.Active, To: release.Failed, By: "host-1:8001", Why: "rule_abi: no memory"}},
		{"what happens to others since does not hide it", func(t *testing.T) {
			register(t, r, plain("s", "v3"), plain("s", "v4"), with(plain("another", "v1"), func(r *release.Record) { r.Status = release.Active }))
			_, err := r.Fail(t.Context(), ref("s", "v3"), "host-1:8001", "rule_malformed: empty")
			require.NoError(t, err)
		}, release.Event{Version: "v2", From: release.Active, To: release.Failed, By: "host-1:8001", Why: "rule_abi: no memory"}},
		{
			"registered as active", func(t *testing.T) {
				register(t, r, with(full("s", "v5"), func(r *release.Record) { r.Status = release.Active }))
			},
			release.Event{Version: "v5", To: release.Active, By: "ann", Why: "registered v5 as active"},
		},
	} {
		t.Run(step.name, func(t *testing.T) {
			step.change(t)
			got, err := r.ActiveChange(t.Context(), "s")
			require.NoError(t, err)
			require.WithinDuration(t, time.Now(), got.At, time.Minute)
			require.Contains(t, history(t, r, "s"), got)
			step.want.Strategy, step.want.ID, step.want.At = "s", got.ID, got.At
			require.Equal(t, step.want, got)
		})
	}
}

// requireActiveChange wants got, with err, to be the last of events in which a
// release became active or ceased to be.
func requireActiveChange(t require.TestingT, events []release.Event, got release.Event, err error) {
	for _, e := range slices.Backward(events) {
		if e.From == release.Active || e.To == release.Active {
			require.NoError(t, err)
			require.Equal(t, e, got)
			return
		}
	}
	require.ErrorIs(t, err, release.ErrNotFound)
}
