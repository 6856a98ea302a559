package registrytest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/registry"
	"edgesignal/host/release"
)

func testFail(t *testing.T, fresh func(t *testing.T) Open) {
	const why = "golden_mismatch: predictions.rows[7] gives 0.1, want 0.2"
	from := fresh(t)(t) // one database, a strategy a case
	for _, s := range []release.Status{release.Inactive, release.Testing, release.Active} {
		t.Run("from "+string(s), func(t *testing.T) {
			register(t, from, with(full(string(s), "v1"), func(r *release.Record) { r.Status = s }))
			before, err := from.Get(t.Context(), ref(string(s), "v1"))
			require.NoError(t, err)
			changed, err := from.Fail(t.Context(), before.Ref(), "host-1:8001", why)
			require.NoError(t, err)
			require.True(t, changed)

			got, err := from.Get(t.Context(), before.Ref())
			require.NoError(t, err)
			events, err := from.Events(t.Context(), string(s))
			require.NoError(t, err)
			require.Len(t, events, 2)
			last := events[1]
			require.Equal(t, release.Event{
				ID: last.ID, Strategy: string(s), Version: "v1", From: s, To: release.Failed, At: last.At, By: "host-1:8001", Why: why,
			}, last)
			want := with(before, func(r *release.Record) { r.Status = release.Failed })
			if s == release.Active {
				want.DeactivatedAt = &last.At
			}
			requireSame(t, want, got)
			_, err = from.Active(t.Context(), string(s))
			require.ErrorIs(t, err, release.ErrNotFound)
		})
	}
	t.Run("again changes nothing", func(t *testing.T) {
		r := fresh(t)(t)
		register(t, r, plain("s", "v1"), with(plain("s", "v2"), func(r *release.Record) { r.Status = release.Failed }))
		_, err := r.Fail(t.Context(), ref("s", "v1"), "host-1:8001", why)
		require.NoError(t, err)
		want := history(t, r, "s")
		for _, v := range []string{"v1", "v2"} {
			changed, err := r.Fail(t.Context(), ref("s", v), "host-2:8001", "rule_malformed: other words")
			require.NoError(t, err)
			require.False(t, changed)
		}
		require.Equal(t, want, history(t, r, "s"))
	})
	t.Run("unknown", func(t *testing.T) {
		r := fresh(t)(t)
		register(t, r, plain("s", "v1"), plain("other", "v9"))
		activate(t, r, "v1")
		want := history(t, r, "")
		for _, unknown := range []release.Ref{ref("s", "v2"), ref("s", "v9"), ref("s", "V1"), ref("s", ""), ref("", "v1"), ref("x", "v1")} {
			changed, err := r.Fail(t.Context(), unknown, "host-1:8001", why)
			require.ErrorIs(t, err, release.ErrNotFound, unknown)
			require.False(t, changed)
		}
		require.Equal(t, want, history(t, r, ""))
	})
	t.Run("the others of the strategy are left alone", func(t *testing.T) {
		r := fresh(t)(t)
		register(t, r, plain("s", "v1"), plain("s", "v2"), plain("other", "v1"))
		activate(t, r, "v1")
		want, err := r.Active(t.Context(), "s")
		require.NoError(t, err)
		_, err = r.Fail(t.Context(), ref("s", "v2"), "host-1:8001", why)
		require.NoError(t, err)
		got, err := r.Active(t.Context(), "s")
		require.NoError(t, err)
		require.Equal(t, want, got)
		other, err := r.Get(t.Context(), ref("other", "v1"))
		require.NoError(t, err)
		require.Equal(t, release.Inactive, other.Status)
	})
	t.Run("mended and active again", func(t *testing.T) {
		r := fresh(t)(t)
		register(t, r, plain("s", "v1"))
		for range 2 {
			activate(t, r, "v1")
			changed, err := r.Fail(t.Context(), ref("s", "v1"), "host-1:8001", why)
			require.NoError(t, err)
			require.True(t, changed)
		}
		require.Len(t, history(t, r, "s"), 5)
	})
	t.Run("the reason holds what an upload said", func(t *testing.T) {
		r := fresh(t)(t)
		register(t, r, plain("s", "v1"))
		hostile := "rule_abi: name \"\x00\xff'; DROP TABLE model_registry; --\"\n" + strings.Repeat("雪", 1<<20)
		changed, err := r.Fail(t.Context(), ref("s", "v1"), "host\x00-1", hostile)
		require.NoError(t, err)
		require.True(t, changed)
		last := history(t, r, "s")[1]
		require.Equal(t, registry.OneLine(hostile), last.Why)
		require.LessOrEqual(t, len(last.Why), registry.MaxLineBytes)
		require.Equal(t, "host -1", last.By)
	})
	t.Run("several hosts at once", func(t *testing.T) { testFailAtOnce(t, fresh(t)) })
}
