package sqlite

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/release"
)

// childPath names the registry that this test binary, started again, works on.
const childPath = "EDGESIGNAL_TEST_REGISTRY"

var versions = []string{"v1", "v2", "v3"}

// child opens the registry, registers what is missing and swaps.
func child(path string) int {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	r, err := OpenConfig(ctx, Config{Path: path, BusyTimeout: 30 * time.Second})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer r.Close()
	for i := range 12 {
		v := versions[(i+os.Getpid())%len(versions)]
		if _, err := r.Register(ctx, plain(v)); err != nil {
			fmt.Println(err)
			return 1
		}
		if _, _, err := r.Activate(ctx, ref(v), fmt.Sprint(os.Getpid()), ""); err != nil {
			fmt.Println(err)
			return 1
		}
	}
	return 0
}

func start(t *testing.T, path string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childPath+"="+path)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	require.NoError(t, cmd.Start())
	return cmd
}

// Two processes make the file, migrate it, register and swap at the same time.
func TestTwoProcesses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registry.db")
	a, b := start(t, path), start(t, path)
	require.NoError(t, a.Wait())
	require.NoError(t, b.Wait())
	requireWhole(t, path)
}

// A process that is killed in the middle leaves a registry that is whole.
func TestKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registry.db")
	r := open(t, path)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cursor, err := r.Wait(ctx, "")
	require.NoError(t, err)
	for range 3 { // after its first change, then while it starts
		cmd := start(t, path)
		next, err := r.Wait(ctx, cursor)
		require.NoError(t, err)
		cursor = next
		require.NoError(t, cmd.Process.Kill())
		_ = cmd.Wait() // "killed", or nil when it was faster
		_, _, err = r.Activate(t.Context(), ref(oneOf(t, r)), "parent", "")
		require.NoError(t, err)
	}
	requireWhole(t, path)
}

func oneOf(t *testing.T, r *Registry) string {
	t.Helper()
	list, err := r.List(t.Context(), "s")
	require.NoError(t, err)
	require.NotEmpty(t, list)
	return list[0].Version
}

// requireWhole wants one active release, and a history that leads to the rows.
func requireWhole(t *testing.T, path string) {
	t.Helper()
	r := open(t, path)
	list, err := r.List(t.Context(), "s")
	require.NoError(t, err)
	events, err := r.Events(t.Context(), "s")
	require.NoError(t, err)
	at := map[string]release.Status{}
	for _, e := range events {
		require.Equal(t, at[e.Version], e.From, "event %d", e.ID)
		at[e.Version] = e.To
	}
	active := 0
	for _, rec := range list {
		require.Equal(t, at[rec.Version], rec.Status)
		if rec.Status == release.Active {
			active++
		}
	}
	require.Equal(t, 1, active)
	require.Len(t, at, len(list))
}
