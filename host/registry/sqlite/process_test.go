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

// childPath names the registry that this test binary, started again, works on,
// childWork what it does there.
const (
	childPath = "EDGESIGNAL_TEST_REGISTRY"
	childWork = "EDGESIGNAL_TEST_WORK"
)

var versions = []string{"v1", "v2", "v3"}

// child opens the registry and does its work.
func child(path, work string) int {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	r, err := OpenConfig(ctx, Config{Path: path, BusyTimeout: 30 * time.Second})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer r.Close()
	if err := map[string]func(context.Context, *Registry) error{"swap": swap, "fail": failAll}[work](ctx, r); err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}

// swap registers what is missing and swaps.
func swap(ctx context.Context, r *Registry) error {
	for i := range 12 {
		v := versions[(i+os.Getpid())%len(versions)]
		if _, err := r.Register(ctx, plain(v)); err != nil {
			return err
		}
		if _, _, err := r.Activate(ctx, ref(v), fmt.Sprint(os.Getpid()), ""); err != nil {
			return err
		}
	}
	return nil
}

// failAll finds every release bad.
func failAll(ctx context.Context, r *Registry) error {
	list, err := r.List(ctx, "s")
	if err != nil {
		return err
	}
	for _, rec := range list {
		if _, err := r.Fail(ctx, rec.Ref(), fmt.Sprint(os.Getpid()), "golden_mismatch"); err != nil {
			return err
		}
	}
	return nil
}

func start(t *testing.T, path, work string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childPath+"="+path, childWork+"="+work)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	require.NoError(t, cmd.Start())
	return cmd
}

// Two processes make the file, migrate it, register and swap at the same time.
func TestTwoProcesses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registry.db")
	a, b := start(t, path, "swap"), start(t, path, "swap")
	require.NoError(t, a.Wait())
	require.NoError(t, b.Wait())
	requireWhole(t, path)
}

// Two hosts find the same releases bad at the same time: one word of each.
func TestTwoProcessesFail(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registry.db")
	r := open(t, path)
	const releases = 30
	for i := range releases {
		_, err := r.Register(t.Context(), plain(fmt.Sprint("v", i)))
		require.NoError(t, err)
	}
	a, b := start(t, path, "fail"), start(t, path, "fail")
	require.NoError(t, a.Wait())
	require.NoError(t, b.Wait())
	events, err := r.Events(t.Context(), "s")
	require.NoError(t, err)
	failed := map[string]int{}
	for _, e := range events[releases:] {
		require.Equal(t, release.Failed, e.To)
		failed[e.Version]++
	}
	require.Len(t, failed, releases)
	require.Len(t, events, 2*releases)
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
		cmd := start(t, path, "swap")
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
