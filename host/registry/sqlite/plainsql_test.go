package sqlite

import (
	"context"
	"database/sql"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/registry"
	"edgesignal/host/release"
)

func run(t *testing.T, db *sql.DB, statements ...string) {
	t.Helper()
	for _, s := range statements {
		_, err := db.ExecContext(t.Context(), s)
		require.NoError(t, err, s)
	}
}

const insertV1 = `INSERT INTO model_registry (strategy_name, version, mlflow_run_id, mlflow_experiment_id, model_path, status, performance_metrics, config, created_by, notes)
	VALUES ('s', 'v1', 'run', 'exp', 's3://models/alpha.txt', 'active', '{"ic": 0.04}', '{"seed": 1}', 'ann', 'first')`

func TestPlainInsertOfTheOriginalColumns(t *testing.T) {
	r, db := fresh(t)
	run(t, db, insertV1)
	got, err := r.Active(t.Context(), "s")
	require.NoError(t, err)
	require.WithinDuration(t, time.Now(), got.CreatedAt, time.Minute)
	require.Equal(t, release.Record{
		ID: 1, Strategy: "s", Version: "v1", MLflowRunID: "run", MLflowExperimentID: "exp", ModelPath: "s3://models/alpha.txt",
		Status: release.Active, PerformanceMetrics: []byte(`{"ic": 0.04}`), Config: []byte(`{"seed": 1}`),
		CreatedAt: got.CreatedAt, ActivatedAt: &got.CreatedAt, CreatedBy: "ann", Notes: "first", FeatureSet: "alpha158",
	}, got)
	events, err := r.Events(t.Context(), "")
	require.NoError(t, err)
	require.Equal(t, []release.Event{{ID: 1, Strategy: "s", Version: "v1", To: release.Active, At: got.CreatedAt, By: "ann"}}, events)
}

func TestPlainUpdateThenInsert(t *testing.T) {
	r, db := fresh(t)
	run(t, db, insertV1,
		"UPDATE model_registry SET status = 'inactive', deactivated_at = CURRENT_TIMESTAMP WHERE strategy_name = 's' AND status = 'active'",
		"INSERT INTO model_registry (strategy_name, version, model_path, status, activated_at) VALUES ('s', 'v2', 'm2', 'active', '2026-11-21 10:00:00.5+02:00')")
	now, err := r.Active(t.Context(), "s")
	require.NoError(t, err)
	require.Equal(t, "v2", now.Version)
	require.Equal(t, time.Date(2026, 11, 21, 8, 0, 0, 5e8, time.UTC), *now.ActivatedAt, "any form SQLite reads")
	old, err := r.Get(t.Context(), ref("v1"))
	require.NoError(t, err)
	require.WithinDuration(t, time.Now(), *old.DeactivatedAt, time.Minute)
	events, err := r.Events(t.Context(), "s")
	require.NoError(t, err)
	require.Len(t, events, 3)
	require.Equal(t, release.Inactive, events[1].To)

	// The columns that the statement leaves alone are filled in.
	run(t, db, "UPDATE model_registry SET status = 'failed' WHERE version = 'v2'", "UPDATE model_registry SET status = 'active' WHERE version = 'v1'")
	back, err := r.Active(t.Context(), "s")
	require.NoError(t, err)
	require.True(t, back.ActivatedAt.After(*old.ActivatedAt) || back.ActivatedAt.Equal(*old.ActivatedAt))
	failed, err := r.Get(t.Context(), ref("v2"))
	require.NoError(t, err)
	require.NotNil(t, failed.DeactivatedAt)
}

func TestPlainSQLWakesWait(t *testing.T) {
	for _, change := range []string{
		"INSERT INTO model_registry (strategy_name, version, model_path) VALUES ('s', 'v3', 'm')",
		"UPDATE model_registry SET status = 'inactive' WHERE version = 'v1'",
		"DELETE FROM model_registry WHERE version = 'v2'",
	} {
		t.Run(change, func(t *testing.T) {
			r, db := fresh(t)
			run(t, db, insertV1, "INSERT INTO model_registry (strategy_name, version, model_path) VALUES ('s', 'v2', 'm')")
			c, err := r.Wait(t.Context(), "")
			require.NoError(t, err)
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			run(t, db, change)
			next, err := r.Wait(ctx, c)
			require.NoError(t, err)
			require.NotEqual(t, c, next)
		})
	}
}

func TestTheDatabaseRefuses(t *testing.T) {
	r, db := refusing(t)
	before := dump(t, r)
	sum := strings.Repeat("a", 64)
	for _, c := range []struct{ name, sql, says string }{
		{"two active by INSERT", "INSERT INTO model_registry (strategy_name, version, model_path, status) VALUES ('s', 'v9', 'm', 'active')", "UNIQUE"},
		{"two active by UPDATE", "UPDATE model_registry SET status = 'active' WHERE version = 'v2'", "UNIQUE"},
		{"replace by name", "INSERT OR REPLACE INTO model_registry (strategy_name, version, model_path) VALUES ('s', 'v2', 'other')", "cannot be replaced"},
		{"replace by id", "INSERT OR REPLACE INTO model_registry (id, strategy_name, version, model_path) VALUES (3, 's', 'v2', 'other')", "written by the database"},
		{"replace the active one by INSERT", "INSERT OR REPLACE INTO model_registry (strategy_name, version, model_path, status) VALUES ('s', 'v9', 'm', 'active')", "cannot be replaced"},
		{"replace the active one by UPDATE", "UPDATE OR REPLACE model_registry SET status = 'active' WHERE version = 'v2'", "cannot be replaced"},
		{"upsert of other bytes", "INSERT INTO model_registry (strategy_name, version, model_path) VALUES ('s', 'v2', 'x') ON CONFLICT DO UPDATE SET model_path = excluded.model_path", "model_path"},
		{"same name again", "INSERT INTO model_registry (strategy_name, version, model_path) VALUES ('s', 'v2', 'm')", "UNIQUE"},
		{"unknown status", "INSERT INTO model_registry (strategy_name, version, model_path, status) VALUES ('s', 'v9', 'm', 'paused')", "status_is_known"},
		{"active to testing", "UPDATE model_registry SET status = 'testing' WHERE version = 'v1'", "cannot become testing"},
		{"no model path", "INSERT INTO model_registry (strategy_name, version, model_path) VALUES ('s', 'v9', '')", "model_path_is_set"},
		{"a version of two lines", "INSERT INTO model_registry (strategy_name, version, model_path) VALUES ('s', 'v9' || char(10) || 'v1', 'm')", "version must be printable"},
		{"a version with a NUL", "INSERT INTO model_registry (strategy_name, version, model_path) VALUES ('s', 'v9' || char(0), 'm')", "version must be printable"},
		{"a version of 8-bit controls", "INSERT INTO model_registry (strategy_name, version, model_path) VALUES ('s', char(155), 'm')", "version must be printable"},
		{"a strategy that is read backwards", "INSERT INTO model_registry (strategy_name, version, model_path) VALUES ('s' || char(8238), 'v9', 'm')", "strategy_name must be printable"},
		{"a strategy with a tag", "INSERT INTO model_registry (strategy_name, version, model_path) VALUES ('s' || char(917569), 'v9', 'm')", "strategy_name must be printable"},
		{"a strategy of 129 characters", "INSERT INTO model_registry (strategy_name, version, model_path) VALUES ('" + strings.Repeat("ä", 129) + "', 'v9', 'm')", "strategy_name must be printable"},
		{"config is no JSON", "INSERT INTO model_registry (strategy_name, version, model_path, config) VALUES ('s', 'v9', 'm', '{a:1}')", "config_is_a_json_object"},
		{"config is an array", "INSERT INTO model_registry (strategy_name, version, model_path, config) VALUES ('s', 'v9', 'm', '[]')", "config_is_a_json_object"},
		{"config is empty text", "INSERT INTO model_registry (strategy_name, version, model_path, config) VALUES ('s', 'v9', 'm', '')", "config_is_a_json_object"},
		{"parameters are null", "INSERT INTO model_registry (strategy_name, version, model_path, rule_params) VALUES ('s', 'v9', 'm', 'null')", "rule_params_is_a_json_object"},
		{"metrics are a blob", "UPDATE model_registry SET performance_metrics = x'7b7d'", "BLOB"},
		{"metrics are a number", "UPDATE model_registry SET performance_metrics = '1'", "performance_metrics_is_a_json_object"},
		{"digest too short", "UPDATE model_registry SET model_sha256 = 'beef' WHERE version = 'v2'", "model_sha256_is_64_hex_digits"},
		{"digest in capitals", "UPDATE model_registry SET model_sha256 = '" + strings.ToUpper(sum) + "' WHERE version = 'v2'", "model_sha256_is_64_hex_digits"},
		{"golden digest without a file", "UPDATE model_registry SET golden_sha256 = '" + sum + "' WHERE version = 'v2'", "golden_sha256_has_a_path"},
		{"digest of a built-in feature set", "UPDATE model_registry SET feature_set_sha256 = '" + sum + "' WHERE version = 'v2'", "feature_set_sha256_has_a_path"},
		{"time is no time", "UPDATE model_registry SET activated_at = 'yesterday'", "activated_at_is_a_date"},
		{"time is a number", "UPDATE model_registry SET created_at = '2460000.5'", "created_at_is_a_date"},
		{"id", "UPDATE model_registry SET id = 7 WHERE version = 'v1'", "id cannot change"},
		{"strategy", "UPDATE model_registry SET strategy_name = 'x'", "strategy_name"},
		{"version", "UPDATE model_registry SET version = 'x' WHERE version = 'v2'", "version"},
		{"model path", "UPDATE model_registry SET model_path = 'x' WHERE version = 'v2'", "model_path"},
		{"model digest", "UPDATE model_registry SET model_sha256 = '" + sum + "' WHERE version = 'v1'", "model_sha256"},
		{"model digest removed", "UPDATE model_registry SET model_sha256 = NULL WHERE version = 'v1'", "model_sha256"},
		{"rule path", "UPDATE model_registry SET rule_path = 'x' WHERE version = 'v2'", "rule_path"},
		{"rule digest", "UPDATE model_registry SET rule_sha256 = '" + sum + "' WHERE version = 'v1'", "rule_sha256"},
		{"rule parameters", `UPDATE model_registry SET rule_params = '{"top_n":9}' WHERE version = 'v1'`, "rule_params"},
		{"rule parameters removed", "UPDATE model_registry SET rule_params = NULL WHERE version = 'v1'", "rule_params"},
		{"feature set", "UPDATE model_registry SET feature_set = 'x'", "feature_set"},
		{"golden path", "UPDATE model_registry SET golden_path = 'x' WHERE version = 'v2'", "golden_path"},
		{"golden digest", "UPDATE model_registry SET golden_sha256 = '" + sum + "' WHERE version = 'v1'", "golden_sha256"},
		{"config", "UPDATE model_registry SET config = '{}' WHERE version = 'v1'", "config"},
		{"delete what serves", "DELETE FROM model_registry WHERE version = 'v1'", "ever active"},
		{"delete what served", "DELETE FROM model_registry WHERE version = 'v0'", "ever active"},
		{"delete all", "DELETE FROM model_registry", "ever active"},
		{"event changed", "UPDATE model_registry_events SET at = '1999-01-01T00:00:00.000Z'", "cannot be changed"},
		{"event replaced", "INSERT OR REPLACE INTO model_registry_events SELECT id, registry_id, strategy_name, version, from_status, to_status, at, 'eve', reason FROM model_registry_events WHERE id = 1", "written by the database"},
		{"event deleted", "DELETE FROM model_registry_events WHERE id = 1", "cannot be deleted"},
		{"events deleted", "DELETE FROM model_registry_events", "cannot be deleted"},
		{"event made up", "INSERT INTO model_registry_events (registry_id, strategy_name, version, from_status, to_status, at, actor, reason) VALUES (1, 's', 'v1', 'active', 'failed', '', '', '')", "written by the database"},
		{"event made up of no change", "INSERT INTO model_registry_events (registry_id, strategy_name, version, from_status, to_status, at, actor, reason) VALUES (2, 's', 'v1', 'active', 'active', '', '', '')", "CHECK"},
		{"event of a row that never was", "INSERT INTO model_registry_events (registry_id, strategy_name, version, from_status, to_status, at, actor, reason) VALUES (99, 's', 'v9', NULL, 'active', '', '', '')", "written by the database"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := db.ExecContext(t.Context(), c.sql)
			require.ErrorContains(t, err, c.says)
			require.Equal(t, before, dump(t, r))
		})
	}
}

// refusing has v0 that served, v1 that serves, both complete, and v2 that
// never did and has nothing that may be left out.
func refusing(t *testing.T) (*Registry, *sql.DB) {
	t.Helper()
	r, db := fresh(t)
	for _, v := range []string{"v0", "v1"} {
		rec := plain(v)
		rec.Status, rec.ModelSHA256 = release.Active, strings.Repeat("1", 64)
		rec.RulePath, rec.RuleSHA256, rec.RuleParams = "r", strings.Repeat("2", 64), []byte(`{"top_n":3}`)
		rec.GoldenPath, rec.GoldenSHA256, rec.Config = "g", strings.Repeat("3", 64), []byte(`{"a":1}`)
		_, err := r.Register(t.Context(), rec)
		require.NoError(t, err)
	}
	_, err := r.Register(t.Context(), plain("v2"))
	require.NoError(t, err)
	return r, db
}

func dump(t *testing.T, r *Registry) any {
	t.Helper()
	rows, err := r.List(t.Context(), "")
	require.NoError(t, err)
	events, err := r.Events(t.Context(), "")
	require.NoError(t, err)
	return []any{rows, events}
}

func TestTheDatabaseAllows(t *testing.T) {
	sum := strings.Repeat("a", 64)
	_, db := refusing(t) // each case leaves to the next what that needs
	for _, c := range []struct{ name, sql string }{
		{"a missing model digest", "UPDATE model_registry SET model_sha256 = '" + sum + "' WHERE version = 'v2'"},
		{"a missing rule digest", "UPDATE model_registry SET rule_sha256 = '" + sum + "' WHERE version = 'v2'"},
		{"notes and metrics", `UPDATE model_registry SET notes = 'x', performance_metrics = '{"a":[1]}'`},
		{"the same values", "UPDATE model_registry SET model_path = model_path, config = config, status = status"},
		{"a name that is taken, ignored", "INSERT OR IGNORE INTO model_registry (strategy_name, version, model_path) VALUES ('s', 'v2', 'x')"},
		{"testing", "UPDATE model_registry SET status = 'testing' WHERE version = 'v2'"},
		{"failed", "UPDATE model_registry SET status = 'failed' WHERE version = 'v1'"},
		{"none active", "UPDATE model_registry SET status = 'inactive' WHERE status = 'active'"},
		{"delete what never served", "DELETE FROM model_registry WHERE version = 'v2'"},
	} {
		t.Run(c.name, func(t *testing.T) {
			run(t, db, c.sql)
		})
	}
}

func TestDeletedAndRegisteredAgain(t *testing.T) {
	r, db := fresh(t)
	_, err := r.Register(t.Context(), plain("v1"))
	require.NoError(t, err)
	run(t, db, "DELETE FROM model_registry WHERE version = 'v1'")
	again, err := r.Register(t.Context(), plain("v1"))
	require.NoError(t, err)
	require.Equal(t, int64(2), again.ID, "ids are not given twice")
	events, err := r.Events(t.Context(), "s")
	require.NoError(t, err)
	require.Equal(t, []release.Status{release.Inactive, "", release.Inactive}, []release.Status{events[0].To, events[1].To, events[2].To})
	require.Equal(t, []release.Status{"", release.Inactive, ""}, []release.Status{events[0].From, events[1].From, events[2].From})
}

// What the sqlite3 shell may write as a name a host may, too, and a row from
// before the names were held goes on as it is.
func TestNames(t *testing.T) {
	r, db := refusing(t)
	for _, name := range []string{"alpha_baseline", "Größe 数量 - v1.0+rc:2/ü", strings.Repeat("ä", 128), "😀", "a]b[c"} {
		_, err := db.Exec("INSERT INTO model_registry (strategy_name, version, model_path) VALUES (?, ?, 'm')", name, name)
		require.NoError(t, err, name)
		require.NoError(t, registry.CheckNames(release.Ref{Strategy: name, Version: name}), name)
	}
	run(t, db, "DROP TRIGGER model_registry_names", "INSERT INTO model_registry (strategy_name, version, model_path) VALUES ('old' || char(8238), 'v1', 'm')")
	now, _, err := r.Activate(t.Context(), release.Ref{Strategy: "old\u202e", Version: "v1"}, "test", "")
	require.NoError(t, err)
	require.Equal(t, release.Active, now.Status)
}
