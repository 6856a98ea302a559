package registrytest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/release"
)

func testList(t *testing.T, fresh func(t *testing.T) Open) {
	t.Run("empty", func(t *testing.T) {
		r := fresh(t)(t)
		for _, strategy := range []string{"", "s"} {
			list, err := r.List(t.Context(), strategy)
			require.NoError(t, err)
			require.Empty(t, list)
		}
		_, err := r.Get(t.Context(), ref("s", "v1"))
		require.ErrorIs(t, err, release.ErrNotFound)
		require.ErrorContains(t, err, "v1")
		_, err = r.Active(t.Context(), "s")
		require.ErrorIs(t, err, release.ErrNotFound)
	})
	t.Run("order", func(t *testing.T) {
		r := fresh(t)(t)
		// Made within a millisecond or not: the later one is the newer one.
		register(t, r, plain("b", "v2"), plain("a", "v1"), plain("b", "v10"), plain("B", "v1"), plain("b", "v1"), plain("ä", "v1"))
		list, err := r.List(t.Context(), "b")
		require.NoError(t, err)
		require.Equal(t, []string{"v1", "v10", "v2"}, versions(list))
		list, err = r.List(t.Context(), "")
		require.NoError(t, err)
		var refs []string
		for _, rec := range list {
			refs = append(refs, rec.Ref().String())
		}
		require.Equal(t, []string{"B v1", "a v1", "b v1", "b v10", "b v2", "ä v1"}, refs)
	})
	t.Run("names are exact", func(t *testing.T) {
		r := fresh(t)(t)
		register(t, r, plain("s", "v1"), plain("s", "V1"), plain("s%", "v1 "), plain("s'; --", "v1"))
		for _, missing := range []release.Ref{ref("S", "v1"), ref("s", "v1 "), ref("s", "v_"), ref("%", "v1"), ref("", "v1"), ref("s", "")} {
			_, err := r.Get(t.Context(), missing)
			require.ErrorIs(t, err, release.ErrNotFound, missing)
		}
		got, err := r.Get(t.Context(), ref("s'; --", "v1"))
		require.NoError(t, err)
		require.Equal(t, "s'; --", got.Strategy)
		list, err := r.List(t.Context(), "s%")
		require.NoError(t, err)
		require.Equal(t, []string{"v1 "}, versions(list))
	})
	t.Run("a second handle sees the same", func(t *testing.T) {
		open := fresh(t)
		a, b := open(t), open(t)
		register(t, a, full("s", "v1"), plain("s", "v2"))
		want, err := a.List(t.Context(), "s")
		require.NoError(t, err)
		got, err := b.List(t.Context(), "s")
		require.NoError(t, err)
		require.Equal(t, want, got)
		require.Len(t, got, 2)
	})
}
