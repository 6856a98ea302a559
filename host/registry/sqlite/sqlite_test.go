package sqlite

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"edgesignal/host/registry"
	"edgesignal/host/registry/registrytest"
	"edgesignal/host/release"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(childPath); path != "" {
		os.Exit(child(path, os.Getenv(childWork)))
	}
	goleak.VerifyTestMain(m)
}

func TestConformance(t *testing.T) {
	registrytest.Run(t, func(t *testing.T) registrytest.Open {
		path := filepath.Join(t.TempDir(), "registry.db")
		return func(t *testing.T) registry.Registry { return open(t, path) }
	})
}

func open(t *testing.T, path string) *Registry {
	t.Helper()
	r, err := OpenConfig(t.Context(), Config{Path: path, PollInterval: 5 * time.Millisecond, BusyTimeout: 20 * time.Second, unsynced: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.Close()) })
	return r
}

// fresh returns a registry of its own and a plain connection to the same file, as
// the sqlite3 shell has it: no foreign keys, no defensive mode.
func fresh(t *testing.T) (*Registry, *sql.DB) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "registry.db")
	r := open(t, path)
	return r, shell(t, path)
}

func shell(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", path+"?_pragma=busy_timeout(5000)")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func ref(version string) release.Ref { return release.Ref{Strategy: "s", Version: version} }

func plain(version string) release.Record {
	return release.Record{Strategy: "s", Version: version, ModelPath: "models/" + version + ".txt"}
}
