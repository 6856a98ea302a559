package sqlite

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/registry"
)

// locked returns a registry whose write lock another connection holds.
func locked(t *testing.T, patience time.Duration) (r *Registry, unlock func()) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "registry.db")
	r, err := OpenConfig(t.Context(), Config{Path: path, BusyTimeout: patience, unsynced: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.Close()) })
	_, err = r.Register(t.Context(), plain("v1"))
	require.NoError(t, err)
	conn, err := shell(t, path).Conn(t.Context())
	require.NoError(t, err)
	_, err = conn.ExecContext(t.Context(), "BEGIN IMMEDIATE")
	require.NoError(t, err)
	return r, func() {
		_, err := conn.ExecContext(t.Context(), "ROLLBACK")
		require.NoError(t, err)
		require.NoError(t, conn.Close())
	}
}

func TestLocked(t *testing.T) {
	r, unlock := locked(t, 100*time.Millisecond)
	_, err := r.Register(t.Context(), plain("v2"))
	requireUnavailable(t, err)
	require.ErrorContains(t, err, "locked")
	_, _, err = r.Activate(t.Context(), ref("v1"), "", "")
	requireUnavailable(t, err)
	changed, err := r.Fail(t.Context(), ref("v1"), "", "")
	requireUnavailable(t, err)
	require.False(t, changed)
	requireUnavailable(t, r.RecordDigests(t.Context(), ref("v1"), registry.Digests{}))
	requireUnavailable(t, r.Observe(t.Context(), rejected("h:1", nil)))
	_, err = OpenConfig(t.Context(), Config{Path: r.cfg.Path, BusyTimeout: 100 * time.Millisecond})
	requireUnavailable(t, err)

	_, err = r.Get(t.Context(), ref("v1"))
	require.NoError(t, err, "reading needs no lock")
	_, err = r.Observations(t.Context(), "")
	require.NoError(t, err)
	_, err = r.Wait(t.Context(), "")
	require.NoError(t, err)
	unlock()
	_, err = r.Register(t.Context(), plain("v2"))
	require.NoError(t, err)
}

func TestLockedForAWhile(t *testing.T) {
	r, unlock := locked(t, 20*time.Second)
	done := make(chan error, 1)
	go func() {
		_, _, err := r.Activate(t.Context(), ref("v1"), "", "")
		done <- err
	}()
	unlock()
	require.NoError(t, <-done)
}

// SQLite itself does not hear the context while it waits for a lock.
func TestLockedAndTheCallerGivesUp(t *testing.T) {
	r, unlock := locked(t, time.Hour)
	defer unlock()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, _, err := r.Activate(ctx, ref("v1"), "", "")
	require.ErrorIs(t, err, context.DeadlineExceeded)
	_, err = OpenConfig(ctx, Config{Path: r.cfg.Path, BusyTimeout: time.Hour})
	require.ErrorIs(t, err, context.DeadlineExceeded)
}
