package registrytest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/registry"
	"edgesignal/host/release"
)

func testRollback(t *testing.T, fresh func(t *testing.T) Open) {
	r := fresh(t)(t)
	register(t, r, plain("s", "v1"), plain("s", "v2"), plain("s", "v3"), plain("other", "v9"))
	refused := func(t *testing.T, strategy string) {
		t.Helper()
		before := history(t, r, "")
		_, _, err := r.Rollback(t.Context(), strategy, "ann", "")
		require.ErrorIs(t, err, release.ErrNotFound)
		require.Equal(t, before, history(t, r, ""))
	}
	for _, step := range []struct {
		name string
		do   func(t *testing.T)
		want string // active after the rollback; "" = refused
		from string // active before it; "" = none
	}{
		{"nothing was ever active", func(*testing.T) {}, "", ""},
		{"one release alone", func(t *testing.T) { activate(t, r, "v1") }, "", ""},
		{"to the one before", func(t *testing.T) { activate(t, r, "v2") }, "v1", "v2"},
		{"and forth again", func(*testing.T) {}, "v2", "v1"},
		{"after a failure, to what served", func(t *testing.T) {
			activate(t, r, "v3")
			_, err := r.Fail(t.Context(), ref("s", "v3"), "host", "rule_abi: no memory")
			require.NoError(t, err)
		}, "v2", ""},
		{"never to what failed", func(*testing.T) {}, "v1", "v2"},
	} {
		t.Run(step.name, func(t *testing.T) {
			step.do(t)
			if step.want == "" {
				refused(t, "s")
				return
			}
			now, before, err := r.Rollback(t.Context(), "s", "ann", "too slow")
			require.NoError(t, err)
			require.Equal(t, step.want, now.Version)
			if step.from == "" {
				require.Nil(t, before)
			} else {
				require.Equal(t, step.from, before.Version)
				require.Equal(t, release.Inactive, before.Status)
			}
			got, err := r.Active(t.Context(), "s")
			require.NoError(t, err)
			require.Equal(t, now, got)
			events := history(t, r, "s")
			last := events[len(events)-1]
			require.Equal(t, []string{step.want, "ann", "too slow"}, []string{last.Version, last.By, last.Why})
		})
	}
	t.Run("unknown strategy", func(t *testing.T) { refused(t, "unknown") })
	t.Run("the history says what was active when", func(t *testing.T) {
		list, err := r.List(t.Context(), "s")
		require.NoError(t, err)
		events := history(t, r, "s")
		for _, e := range events {
			active := 0
			for _, rec := range registry.At(list, events, e.At) {
				if rec.Status == release.Active {
					active++
				}
			}
			require.LessOrEqual(t, active, 1)
		}
		last, err := registry.ListAt(t.Context(), r, "s", events[len(events)-1].At)
		require.NoError(t, err)
		require.Equal(t, list, last, "what the events say is what the rows say")
	})
}
