package postgres_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/internal/pgtest"
	"edgesignal/host/registry"
	"edgesignal/host/registry/postgres"
	"edgesignal/host/release"
)

func TestPlainSQL(t *testing.T) {
	url := pgtest.New(t)
	r, db := open(t, url, time.Second), shell(t, url)
	run(t, db,
		"INSERT INTO model_registry (strategy_name, version, model_path, status, created_by) VALUES ('s', 'v1', 'models/a.txt', 'active', 'ann')",
		"UPDATE model_registry SET status = 'inactive' WHERE status = 'active'; INSERT INTO model_registry (strategy_name, version, model_path, status) VALUES ('s', 'v2', 'models/b.txt', 'active')",
		"SELECT activate_model('s', 'v1')", "SELECT activate_model('s', 'v1')",
		"INSERT INTO model_registry (strategy_name, version, model_path) VALUES ('s', 'v3', 'models/c.txt')",
	)
	want, err := r.Events(t.Context(), "")
	require.NoError(t, err)
	require.Len(t, want, 6)
	for _, c := range []struct{ name, sql, says string }{
		{"unknown", "SELECT activate_model('s', 'v9')", "no release s v9"},
		{"two active", "UPDATE model_registry SET status = 'active' WHERE version = 'v2'", "model_registry_one_active"},
		{"active to testing", "UPDATE model_registry SET status = 'testing' WHERE version = 'v1'", "cannot become testing"},
		{"other bytes", "UPDATE model_registry SET model_path = 'x' WHERE version = 'v2'", "model_path of a published release"},
		{"other parameters", `UPDATE model_registry SET rule_params = '{"top_n":1}' WHERE version = 'v2'`, "rule_params of a published release"},
		{"a version of two lines", "INSERT INTO model_registry (strategy_name, version, model_path) VALUES ('s', E'v9\\nv1', 'm')", "version must be printable"},
		{"a version of 8-bit controls", "INSERT INTO model_registry (strategy_name, version, model_path) VALUES ('s', E'\\u009b', 'm')", "version must be printable"},
		{"a strategy that is read backwards", "INSERT INTO model_registry (strategy_name, version, model_path) VALUES (E's\\u202e', 'v9', 'm')", "strategy_name must be printable"},
		{"a strategy with a tag", "INSERT INTO model_registry (strategy_name, version, model_path) VALUES (E's\\U000e0041', 'v9', 'm')", "strategy_name must be printable"},
		{"a strategy of 129 characters", "INSERT INTO model_registry (strategy_name, version, model_path) VALUES (repeat('ä', 129), 'v9', 'm')", "strategy_name must be printable"},
		{"ever active", "DELETE FROM model_registry WHERE version = 'v2'", "ever active"},
		{"all rows", "TRUNCATE model_registry", "refused"},
		{"event changed", "UPDATE model_registry_events SET actor = 'x'", "refused"},
		{"event deleted", "DELETE FROM model_registry_events", "refused"},
		{"event made up", "INSERT INTO model_registry_events SELECT 99, registry_id, strategy_name, version, from_status, to_status, at, actor, reason FROM model_registry_events WHERE id = 1", "refused"},
		{"count changed", "UPDATE model_registry_state SET changes = 0", "refused"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := db.Exec(t.Context(), c.sql)
			require.ErrorContains(t, err, c.says)
			got, err := r.Events(t.Context(), "")
			require.NoError(t, err)
			require.Equal(t, want, got)
		})
	}
	now, err := r.Active(t.Context(), "s")
	require.NoError(t, err)
	require.Equal(t, "v1", now.Version)
	run(t, db, "DELETE FROM model_registry WHERE version = 'v3'")
}

func TestActivationsAtOnce(t *testing.T) {
	const connections, rounds = 16, 5
	url := pgtest.New(t)
	r := open(t, url, time.Second)
	for i := range connections {
		_, err := r.Register(t.Context(), plain(fmt.Sprint("v", i)))
		require.NoError(t, err)
	}
	var wg sync.WaitGroup
	for i := range connections {
		db := shell(t, url)
		wg.Go(func() {
			for range rounds {
				if _, err := db.Exec(t.Context(), "SELECT activate_model('s', $1)", fmt.Sprint("v", i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	events, err := r.Events(t.Context(), "s")
	require.NoError(t, err)
	active := ""
	for _, e := range events {
		switch {
		case e.To == "active":
			require.Empty(t, active)
			active = e.Version
		case e.From == "active":
			require.Equal(t, active, e.Version)
			active = ""
		}
	}
	now, err := r.Active(t.Context(), "s")
	require.NoError(t, err)
	require.Equal(t, active, now.Version)
}

// With the poll an hour away, only the listener that connects again can tell.
func TestConnectionsCutDuringWait(t *testing.T) {
	url := pgtest.New(t)
	r, db := open(t, url, time.Hour), shell(t, url)
	cursor, err := r.Wait(t.Context(), "")
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	next := make(chan registry.Cursor, 1)
	go func() {
		c, err := r.Wait(ctx, cursor)
		for err != nil && ctx.Err() == nil { // a cut may hit the look itself
			c, err = r.Wait(ctx, cursor)
		}
		next <- c
	}()
	run(t, db, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
		"INSERT INTO model_registry (strategy_name, version, model_path) VALUES ('s', 'v1', 'models/a.txt')")
	got := <-next
	require.NotEmpty(t, got)
	require.NotEqual(t, cursor, got)
}

func TestSchemaVersions(t *testing.T) {
	url := pgtest.Empty(t)
	files, err := filepath.Glob("../../../migrations/postgres/*.sql")
	require.NoError(t, err)
	newest := int64(len(files)) // they are numbered without a gap
	_, err = postgres.Open(t.Context(), url)
	require.ErrorContains(t, err, "version 0")
	require.ErrorContains(t, err, "edgesignal migrate")
	from, to, err := postgres.Migrate(t.Context(), url)
	require.NoError(t, err)
	require.Equal(t, []int64{0, newest}, []int64{from, to})
	from, to, err = postgres.Migrate(t.Context(), url)
	require.NoError(t, err)
	require.Equal(t, []int64{newest, newest}, []int64{from, to})
	run(t, shell(t, url), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, true)")
	_, err = postgres.Open(t.Context(), url)
	require.ErrorContains(t, err, "newer program")
	_, _, err = postgres.Migrate(t.Context(), url)
	require.ErrorContains(t, err, "newer program")
}

// A row from before the names were held goes on as it is.
func TestNames(t *testing.T) {
	url := pgtest.New(t)
	r, db := open(t, url, time.Second), shell(t, url)
	for _, name := range []string{"alpha_baseline", "Größe 数量 - v1.0+rc:2/ü", strings.Repeat("ä", 128), "😀", "a]b[c"} {
		_, err := db.Exec(t.Context(), "INSERT INTO model_registry (strategy_name, version, model_path) VALUES ($1, $1, 'm')", name)
		require.NoError(t, err, name)
		require.NoError(t, registry.CheckNames(release.Ref{Strategy: name, Version: name}), name)
	}
	run(t, db, "ALTER TABLE model_registry DISABLE TRIGGER model_registry_names", "INSERT INTO model_registry (strategy_name, version, model_path) VALUES (E'old\\u202e', 'v1', 'm')",
		"ALTER TABLE model_registry ENABLE TRIGGER model_registry_names")
	now, _, err := r.Activate(t.Context(), release.Ref{Strategy: "old\u202e", Version: "v1"}, "test", "")
	require.NoError(t, err)
	require.Equal(t, release.Active, now.Status)
}
