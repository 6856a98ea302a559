package market_test

import (
	"os"
	"path/filepath"
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

func (f *folder) Source() market.Source { return market.Directory(os.DirFS(f.dir)) }

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
