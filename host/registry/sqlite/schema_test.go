package sqlite

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"edgesignal/host/release"
	"edgesignal/migrations"
)

func TestOpenMakesWhatIsMissing(t *testing.T) {
	for _, name := range []string{"registry.db", "state/deep/registry.db", "a b/100%/what?/#1/ä.db"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "made", name)
			r := open(t, path)
			_, err := r.Register(t.Context(), plain("v1"))
			require.NoError(t, err)
			require.NoError(t, filepath.WalkDir(filepath.Dir(path), func(p string, d fs.DirEntry, err error) error {
				require.NoError(t, err)
				info, err := d.Info()
				require.NoError(t, err)
				require.Zero(t, info.Mode().Perm()&0o077, "%s %s", p, info.Mode())
				return nil
			}))
			require.NoError(t, r.Close())
			left, err := os.ReadDir(filepath.Dir(path))
			require.NoError(t, err)
			require.Len(t, left, 1, "one file remains")
			require.Equal(t, filepath.Base(path), left[0].Name())
		})
	}
}

func TestRelativePathSurvivesChdir(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	r, err := Open(t.Context(), "state/registry.db")
	require.NoError(t, err)
	t.Chdir(t.TempDir())
	_, err = r.Register(t.Context(), plain("v1"))
	require.NoError(t, err)
	require.NoError(t, r.Close())
	require.FileExists(t, filepath.Join(dir, "state", "registry.db"))
}

func TestOpenAgainIsANoOp(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registry.db")
	first := open(t, path)
	_, err := first.Register(t.Context(), plain("v1"))
	require.NoError(t, err)
	want, schema := dump(t, first), schemaOf(t, path)
	require.NoError(t, first.Close())
	for range 2 {
		r := open(t, path)
		require.Equal(t, want, dump(t, r))
		require.Equal(t, schema, schemaOf(t, path))
		require.NoError(t, r.Close())
	}
}

// A file of the schema before observations and hosts gets them and keeps what
// it holds, a name that is refused by now included.
func TestOpenAnOlderSchema(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registry.db")
	r := open(t, path)
	_, err := r.Register(t.Context(), plain("v1"))
	require.NoError(t, err)
	run(t, shell(t, path), "DROP TRIGGER model_registry_names", "INSERT INTO model_registry (strategy_name, version, model_path) VALUES ('old' || char(8238), 'v1', 'm')")
	want, wantTable := dump(t, r), tableOf(t, path, "model_registry_observations")
	require.NoError(t, r.Close())
	run(t, shell(t, path), "DROP TABLE model_registry_hosts", "DROP TABLE model_registry_observations",
		"DROP TRIGGER model_registry_feature_set_immutable", "ALTER TABLE model_registry DROP COLUMN feature_set_sha256", "DELETE FROM goose_db_version WHERE version_id > 3")

	r = open(t, path)
	require.Equal(t, want, dump(t, r))
	require.Equal(t, wantTable, tableOf(t, path, "model_registry_observations"))
	require.NoError(t, r.Observe(t.Context(), rejected("h:1", nil)))
}

func tableOf(t *testing.T, path, name string) (sql string) {
	t.Helper()
	require.NoError(t, shell(t, path).QueryRow("SELECT sql FROM sqlite_schema WHERE name = ?", name).Scan(&sql))
	return sql
}

// schemaOf returns the schema with what goose has written down.
func schemaOf(t *testing.T, path string) (all []string) {
	t.Helper()
	rows, err := shell(t, path).Query("SELECT name || ': ' || coalesce(sql, '') FROM sqlite_schema UNION ALL SELECT id || ' ' || version_id || ' ' || tstamp FROM goose_db_version")
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var s string
		require.NoError(t, rows.Scan(&s))
		all = append(all, s)
	}
	require.NoError(t, rows.Err())
	require.Greater(t, len(all), 15)
	return all
}

func TestOpenRefusesANewerSchema(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registry.db")
	require.NoError(t, open(t, path).Close())
	run(t, shell(t, path), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)")
	_, err := Open(t.Context(), path)
	require.ErrorContains(t, err, path)
	require.ErrorContains(t, err, "version 99")
	require.ErrorContains(t, err, "newer program")
	var gone *release.Unavailable
	require.NotErrorAs(t, err, &gone)
}

// A migration that fails leaves nothing behind, not even those before it.
func TestMigrationIsOneTransaction(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registry.db")
	r := open(t, path)
	want := schemaOf(t, path)
	files := fstest.MapFS{
		"00098_good.sql": {Data: []byte("-- +goose Up\nCREATE TABLE extra (a TEXT);\n")},
		"00099_bad.sql":  {Data: []byte("-- +goose Up\nCREATE TABLE other (a TEXT);\nCREATE TABLE model_registry (a TEXT);\n")},
	}
	sub, err := fs.Sub(migrations.SQLite, "sqlite")
	require.NoError(t, err)
	known, err := fs.Glob(sub, "*.sql")
	require.NoError(t, err)
	for _, name := range known {
		b, err := fs.ReadFile(sub, name)
		require.NoError(t, err)
		files[name] = &fstest.MapFile{Data: b}
	}
	require.ErrorContains(t, r.migrate(t.Context(), files), "already exists")
	require.NoError(t, r.Close())
	require.Equal(t, want, schemaOf(t, path))
	require.NoError(t, open(t, path).Close())
}

func TestOpenDamaged(t *testing.T) {
	whole := filepath.Join(t.TempDir(), "registry.db")
	r := open(t, whole)
	for _, v := range []string{"v1", "v2", "v3"} {
		_, err := r.Register(t.Context(), plain(v))
		require.NoError(t, err)
	}
	require.NoError(t, r.Close())
	good, err := os.ReadFile(whole)
	require.NoError(t, err)

	for _, c := range []struct {
		name   string
		damage func(b []byte) []byte
	}{
		{"not a database", func([]byte) []byte { return []byte("strategy,version\ns,v1\n") }},
		{"header overwritten", func(b []byte) []byte { copy(b, "garbage garbage "); return b }},
		{"cut in half", func(b []byte) []byte { return b[:len(b)/2] }},
		{"cut within a page", func(b []byte) []byte { return b[:len(b)/2-100] }},
		{"one page zeroed", func(b []byte) []byte { clear(b[4096*2 : 4096*3]); return b }},
		{"schema page zeroed", func(b []byte) []byte { clear(b[100:4096]); return b }},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "registry.db")
			require.NoError(t, os.WriteFile(path, c.damage(append([]byte(nil), good...)), 0o600))
			r, err := Open(t.Context(), path)
			if err == nil {
				r.Close()
			}
			requireUnavailable(t, err)
			require.ErrorContains(t, err, path)
		})
	}
}

func TestOpenImpossible(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	for _, c := range []struct{ name, path, says string }{
		{"a folder", dir, "not a file"},
		{"below a file", filepath.Join(file, "registry.db"), "not a directory"},
		{"a device", "/dev/null", "not a file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Open(t.Context(), c.path)
			requireUnavailable(t, err)
			require.ErrorContains(t, err, c.says)
		})
	}
	_, err := Open(t.Context(), "")
	require.ErrorContains(t, err, "no path")
}

func requireUnavailable(t *testing.T, err error) {
	t.Helper()
	var gone *release.Unavailable
	require.ErrorAs(t, err, &gone)
	require.Equal(t, release.PartRegistry, gone.Part)
}
