package registrytest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/release"
)

func testActivate(t *testing.T, fresh func(t *testing.T) Open) {
	t.Run("the first, the next, and back", func(t *testing.T) {
		r := fresh(t)(t)
		register(t, r, full("s", "v1"), plain("s", "v2"))

		now, before, err := r.Activate(t.Context(), ref("s", "v1"), "ann", "start")
		require.NoError(t, err)
		require.Nil(t, before)
		require.Equal(t, release.Active, now.Status)
		require.WithinDuration(t, time.Now(), *now.ActivatedAt, time.Minute)
		require.Nil(t, now.DeactivatedAt)
		requireSame(t, with(full("s", "v1"), func(r *release.Record) {
			r.ID, r.CreatedAt, r.Status, r.ActivatedAt = now.ID, now.CreatedAt, release.Active, now.ActivatedAt
		}), now)

		next, before, err := r.Activate(t.Context(), ref("s", "v2"), "ann", "better")
		require.NoError(t, err)
		require.Equal(t, "v2", next.Version)
		require.Equal(t, "v1", before.Version)
		require.Equal(t, release.Inactive, before.Status)
		require.Equal(t, *now.ActivatedAt, *before.ActivatedAt)
		require.Equal(t, *next.ActivatedAt, *before.DeactivatedAt, "one transaction, one time")

		back, before, err := r.Activate(t.Context(), ref("s", "v1"), "ann", "worse")
		require.NoError(t, err)
		require.Equal(t, "v2", before.Version)
		require.False(t, back.ActivatedAt.Before(*now.ActivatedAt))
		require.NotNil(t, back.DeactivatedAt, "when it was last deactivated is kept")

		got, err := r.Active(t.Context(), "s")
		require.NoError(t, err)
		require.Equal(t, back, got)
	})
	t.Run("the active one again changes nothing", func(t *testing.T) {
		r := fresh(t)(t)
		register(t, r, plain("s", "v1"))
		first, _, err := r.Activate(t.Context(), ref("s", "v1"), "ann", "")
		require.NoError(t, err)
		again, before, err := r.Activate(t.Context(), ref("s", "v1"), "bob", "again")
		require.NoError(t, err)
		require.Nil(t, before)
		require.Equal(t, first, again)
		events, err := r.Events(t.Context(), "s")
		require.NoError(t, err)
		require.Len(t, events, 2)
	})
	t.Run("unknown leaves the active one alone", func(t *testing.T) {
		r := fresh(t)(t)
		register(t, r, plain("s", "v1"), plain("other", "v9"))
		want, _, err := r.Activate(t.Context(), ref("s", "v1"), "ann", "")
		require.NoError(t, err)
		for _, unknown := range []release.Ref{ref("s", "v2"), ref("s", "v9"), ref("s", "V1"), ref("s", ""), ref("", "v1"), ref("x", "v1")} {
			_, _, err := r.Activate(t.Context(), unknown, "ann", "typo")
			require.ErrorIs(t, err, release.ErrNotFound, unknown)
		}
		got, err := r.Active(t.Context(), "s")
		require.NoError(t, err)
		require.Equal(t, want, got)
	})
	from := fresh(t)(t)
	for _, s := range []release.Status{release.Inactive, release.Testing, release.Failed} {
		t.Run("from "+string(s), func(t *testing.T) {
			register(t, from, with(plain(string(s), "v1"), func(r *release.Record) { r.Status = s }))
			now, before, err := from.Activate(t.Context(), ref(string(s), "v1"), "ann", "")
			require.NoError(t, err)
			require.Nil(t, before)
			require.Equal(t, release.Active, now.Status)
		})
	}
	t.Run("strategies do not touch each other", func(t *testing.T) {
		r := fresh(t)(t)
		register(t, r, plain("a", "v1"), plain("a", "v2"), plain("b", "v1"))
		for _, rf := range []release.Ref{ref("a", "v1"), ref("b", "v1"), ref("a", "v2")} {
			_, _, err := r.Activate(t.Context(), rf, "ann", "")
			require.NoError(t, err)
		}
		a, err := r.Active(t.Context(), "a")
		require.NoError(t, err)
		b, err := r.Active(t.Context(), "b")
		require.NoError(t, err)
		require.Equal(t, []string{"v2", "v1"}, versions([]release.Record{a, b}))
	})
}
