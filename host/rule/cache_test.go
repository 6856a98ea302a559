package rule

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/guest/rules"
)

// entries returns the files of a cache directory.
func entries(t *testing.T, dir string) (files []string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, path)
		}
		return err
	}))
	return files
}

func TestCacheIsFilledAndUsed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "cache")
	admitted(t, stock(t, rules.TopBottom), Options{CacheDir: dir})
	files := entries(t, dir)
	require.Len(t, files, 1)
	info, err := os.Stat(dir)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o700), info.Mode().Perm())
	before, err := os.Stat(files[0])
	require.NoError(t, err)
	admitted(t, stock(t, rules.TopBottom), Options{CacheDir: dir})
	after, err := os.Stat(files[0])
	require.NoError(t, err)
	require.True(t, os.SameFile(before, after), "the entry was used, not written again")
}

func TestADamagedCacheEntryIsMadeAgain(t *testing.T) {
	for _, tc := range []struct {
		name   string
		damage func(b []byte) []byte
	}{
		{"empty", func([]byte) []byte { return nil }},
		{"truncated", func(b []byte) []byte { return b[:len(b)/2] }},
		{"one bit flipped", func(b []byte) []byte { b[len(b)/2] ^= 1; return b }},
		{"another version of the runtime", func(b []byte) []byte { b[7]++; return b }},
		{"junk", func([]byte) []byte { return []byte("junk") }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			require.NoError(t, os.Chmod(dir, 0o700))
			admitted(t, stock(t, rules.TopBottom), Options{CacheDir: dir})
			file := entries(t, dir)[0]
			good, err := os.ReadFile(file)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(file, tc.damage(append([]byte(nil), good...)), 0o600))

			m := admitted(t, stock(t, rules.TopBottom), Options{CacheDir: dir})
			weights, err := run(t, m, over(1, 2, 3))
			require.NoError(t, err)
			require.Len(t, weights, 3)
			again, err := os.ReadFile(file)
			require.NoError(t, err)
			require.Equal(t, good, again)
		})
	}
}

func TestCacheDirectoryMustBePrivate(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o750))
	require.ErrorContains(t, PrivateDir(dir), "has mode 0750: others must not reach it, want 0700")
	_, err := Compile(t.Context(), stock(t, rules.TopBottom), Options{CacheDir: dir})
	require.ErrorContains(t, err, "compile cache: cache directory")
	require.Empty(t, entries(t, dir))

	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err = Compile(t.Context(), stock(t, rules.TopBottom), Options{CacheDir: file})
	require.ErrorContains(t, err, "compile cache: ")
}

func TestPruneKeepsWhatWasUsedLast(t *testing.T) {
	dir := t.TempDir()
	now := time.Now()
	for i, name := range []string{"oldest", "old", "new", "own"} {
		folder := filepath.Join(dir, name)
		require.NoError(t, os.Mkdir(folder, 0o700))
		f, err := os.Create(filepath.Join(folder, "entry"))
		require.NoError(t, err)
		require.NoError(t, f.Truncate(MaxCacheBytes/3)) // sparse
		require.NoError(t, f.Close())
		at := now.Add(time.Duration(i-10) * time.Hour)
		if name == "own" {
			at = now.Add(-100 * time.Hour)
		}
		require.NoError(t, os.Chtimes(folder, at, at))
	}
	require.NoError(t, codeCache{dir: dir, folder: filepath.Join(dir, "own")}.prune())
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	var names []string
	for _, e := range left {
		names = append(names, e.Name())
	}
	require.Equal(t, []string{"new", "old", "own"}, names)
}
