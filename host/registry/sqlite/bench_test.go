package sqlite

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func benchmarked(b *testing.B) *Registry {
	b.Helper()
	r, err := Open(b.Context(), filepath.Join(b.TempDir(), "registry.db"))
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, r.Close()) })
	for _, v := range []string{"v1", "v2"} {
		_, err := r.Register(b.Context(), plain(v))
		require.NoError(b, err)
	}
	_, _, err = r.Activate(b.Context(), ref("v1"), "", "")
	require.NoError(b, err)
	b.ReportAllocs()
	return r
}

func BenchmarkOpen(b *testing.B) {
	path := benchmarked(b).cfg.Path
	for b.Loop() {
		r, err := Open(b.Context(), path)
		require.NoError(b, err)
		require.NoError(b, r.Close())
	}
}

func BenchmarkActive(b *testing.B) {
	r := benchmarked(b)
	for b.Loop() {
		_, err := r.Active(b.Context(), "s")
		require.NoError(b, err)
	}
}

// One poll of Wait.
func BenchmarkCursor(b *testing.B) {
	r := benchmarked(b)
	for b.Loop() {
		_, err := r.cursor(b.Context())
		require.NoError(b, err)
	}
}

// One swap, synced to the disk.
func BenchmarkActivate(b *testing.B) {
	r := benchmarked(b)
	for i := 0; b.Loop(); i++ {
		_, _, err := r.Activate(b.Context(), ref([]string{"v2", "v1"}[i%2]), "", "")
		require.NoError(b, err)
	}
}

// Why nothing is active, with a long history behind it.
func BenchmarkActiveChange(b *testing.B) {
	r := benchmarked(b)
	_, err := r.Fail(b.Context(), ref("v1"), "h:1", "golden_mismatch")
	require.NoError(b, err)
	for i := range 1000 {
		_, err := r.Register(b.Context(), plain(fmt.Sprint("w", i)))
		require.NoError(b, err)
	}
	for b.Loop() {
		_, err := r.ActiveChange(b.Context(), "s")
		require.NoError(b, err)
	}
}

// One status with a report of 2 KB, synced to the disk.
func BenchmarkObserve(b *testing.B) {
	r := benchmarked(b)
	o := rejected("h:1", []byte(`{"steps":"`+strings.Repeat("x", 2000)+`"}`))
	for b.Loop() {
		require.NoError(b, r.Observe(b.Context(), o))
	}
}
