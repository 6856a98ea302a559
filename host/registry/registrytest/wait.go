package registrytest

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/registry"
)

func testWait(t *testing.T, fresh func(t *testing.T) Open) {
	wait := func(t *testing.T, r registry.Registry, c registry.Cursor) registry.Cursor {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		next, err := r.Wait(ctx, c)
		require.NoError(t, err)
		require.NotEqual(t, c, next)
		require.NotEmpty(t, next)
		return next
	}
	t.Run("the zero cursor returns at once, on an empty registry too", func(t *testing.T) {
		open := fresh(t)
		a, b := open(t), open(t)
		require.Equal(t, wait(t, a, ""), wait(t, b, ""), "one state, one cursor")
	})
	t.Run("a change before the call is not missed", func(t *testing.T) {
		open := fresh(t)
		a, b := open(t), open(t)
		seen := map[registry.Cursor]bool{}
		c := wait(t, a, "")
		for _, change := range []func(){
			func() { register(t, b, plain("s", "v1")) },
			func() { register(t, b, plain("s", "v2")) },
			func() { activate(t, b, "v1") },
			func() { activate(t, b, "v2") },
			func() { activate(t, b, "v1") }, // as two changes ago, and yet not the same state
			func() { fail(t, b, "v1") },
		} {
			require.False(t, seen[c])
			seen[c] = true
			change()
			c = wait(t, a, c)
		}
	})
	t.Run("wakes up while it waits", func(t *testing.T) {
		open := fresh(t)
		a, b := open(t), open(t)
		register(t, a, plain("s", "v1"))
		c := wait(t, a, "")
		woken := make(chan error, 1)
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		go func() {
			_, err := a.Wait(ctx, c)
			woken <- err
		}()
		activate(t, b, "v1")
		require.NoError(t, <-woken)
	})
	t.Run("nothing changed", func(t *testing.T) {
		r := fresh(t)(t)
		register(t, r, plain("s", "v1"))
		register(t, r, plain("s", "v2"))
		activate(t, r, "v1")
		fail(t, r, "v2")
		c := wait(t, r, "")
		activate(t, r, "v1")
		fail(t, r, "v2")
		register(t, r, plain("s", "v1"))
		require.NoError(t, r.RecordDigests(t.Context(), ref("s", "v1"), registry.Digests{Model: sum("aa")}))
		observe(t, r, served("s", "h:1"), served("s", "h:1"), served("unknown", "h:1"))
		ctx, cancel := context.WithTimeout(t.Context(), quiet)
		defer cancel()
		_, err := r.Wait(ctx, c)
		require.ErrorIs(t, err, context.DeadlineExceeded)
	})
	t.Run("close ends it", func(t *testing.T) {
		open := fresh(t)
		r := open(t)
		c := wait(t, r, "")
		ended := make(chan error, 1)
		go func() {
			_, err := r.Wait(t.Context(), c)
			ended <- err
		}()
		require.NoError(t, r.Close())
		requireUnavailable(t, <-ended)
	})
}

func activate(t *testing.T, r registry.Registry, version string) {
	t.Helper()
	_, _, err := r.Activate(t.Context(), ref("s", version), "ann", "")
	require.NoError(t, err)
}

func fail(t *testing.T, r registry.Registry, version string) {
	t.Helper()
	_, err := r.Fail(t.Context(), ref("s", version), "h:1", "rule_malformed: empty")
	require.NoError(t, err)
}
