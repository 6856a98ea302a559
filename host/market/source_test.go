package market_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/market"
	"edgesignal/host/market/markettest"
)

// folder is a data directory on disk. Each write is a second later.
type folder struct {
	dir string
	now time.Time
}

func (f *folder) Source() market.Source { return market.Directory(market.Dir(f.dir)) }

func (f *folder) Put(t testing.TB, name string, content []byte) {
	t.Helper()
	name = filepath.Join(f.dir, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
	require.NoError(t, os.WriteFile(name, content, 0o644))
	f.now = f.now.Add(time.Second)
	require.NoError(t, os.Chtimes(name, f.now, f.now))
}

func (f *folder) Remove(t testing.TB, name string) {
	t.Helper()
	require.NoError(t, os.Remove(filepath.Join(f.dir, name)))
}

func TestDirectory(t *testing.T) {
	markettest.Run(t, func(t *testing.T) markettest.Place { return &folder{t.TempDir(), time.Unix(1e9, 0)} })
}

// vanishing is a data directory whose newest run goes away once its name was
// read.
type vanishing struct {
	fs.FS
	gone  bool
	run   string
	lists int
}

func (v *vanishing) ReadDir(name string) ([]fs.DirEntry, error) {
	if name == v.run {
		v.gone = true
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	entries, err := fs.ReadDir(v.FS, name)
	if name == "." {
		v.lists++
	}
	if v.gone {
		entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return e.Name() == v.run })
	}
	return entries, err
}

func TestARunThatGoesAwayWhileItIsListed(t *testing.T) {
	dir := t.TempDir()
	for _, run := range []string{"2024-12-30", "2024-12-31"} {
		require.NoError(t, os.Mkdir(filepath.Join(dir, run), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, run, "AAA.parquet"), nil, 0o644))
	}
	v := &vanishing{FS: os.DirFS(dir), run: "2024-12-31"}
	l, err := market.Directory(v).List(t.Context(), market.AnyDay)
	require.NoError(t, err)
	require.Equal(t, "2024-12-30", l.Run.String())
	require.Equal(t, 2, v.lists)

	v.run = "." // no directory at all stays an error
	_, err = market.Directory(v).List(t.Context(), market.AnyDay)
	require.ErrorIs(t, err, fs.ErrNotExist)
}
