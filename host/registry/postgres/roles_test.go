package postgres_test

import (
	"fmt"
	"net/url"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/internal/pgtest"
	"edgesignal/host/registry"
	"edgesignal/host/registry/postgres"
	"edgesignal/host/registry/registrytest"
	"edgesignal/host/release"
)

const (
	owner     = "edgesignal_owner"
	publisher = "edgesignal_publisher"
	host      = "edgesignal_host"
	reader    = "edgesignal_reader"
)

var roleDatabases atomic.Int64

// roles makes a database as docs/DEPLOY.md says, each script twice, and
// returns its URL for a role.
func roles(t *testing.T) (as func(role string) string) {
	t.Helper()
	server, name := pgtest.Empty(t), fmt.Sprintf("roles_%d", roleDatabases.Add(1))
	as = func(role string) string {
		u, err := url.Parse(server)
		require.NoError(t, err)
		u.User, u.Path = url.User(role), "/"+name
		return u.String()
	}
	script(t, server, "roles.sql", name)
	script(t, server, "roles.sql", name)
	_, _, err := postgres.Migrate(t.Context(), as(owner))
	require.NoError(t, err)
	script(t, as(owner), "grants.sql", name)
	script(t, as(owner), "grants.sql", name)
	return as
}

func script(t *testing.T, url, file, database string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "psql", url, "-X", "-q", "-v", "database="+database, "-f", "../../../docs/deploy/"+file)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Empty(t, string(out))
}

// Whatever the program does, one role or the other may do: the suite passes
// for one who is in both.
func TestConformanceOfPublisherAndHost(t *testing.T) {
	as := roles(t)
	empty := shell(t, pgtest.Empty(t))
	run(t, empty, "CREATE ROLE everything LOGIN IN ROLE edgesignal_publisher, edgesignal_host")
	template, err := url.Parse(as("everything"))
	require.NoError(t, err)
	registrytest.Run(t, func(t *testing.T) registrytest.Open {
		mine, name := *template, fmt.Sprintf("roles_%d", roleDatabases.Add(1))
		run(t, empty, "CREATE DATABASE "+name+" TEMPLATE "+strings.TrimPrefix(template.Path, "/")+" STRATEGY file_copy")
		mine.Path = "/" + name
		return func(t *testing.T) registry.Registry { return open(t, mine.String(), 5*time.Millisecond) }
	})
}

func TestWhatEachRoleDoes(t *testing.T) {
	as := roles(t)
	p, h, r := open(t, as(publisher), time.Second), open(t, as(host), time.Second), open(t, as(reader), time.Second)
	done := func(err error) { t.Helper(); require.NoError(t, err) }

	// Publishes, activates and rolls back, with the program and with plain SQL.
	_, err := p.Register(t.Context(), plain("v1"))
	done(err)
	_, _, err = p.Activate(t.Context(), ref("v1"), "ann", "first")
	done(err)
	sql := shell(t, as(publisher))
	run(t, sql,
		"INSERT INTO model_registry (strategy_name, version, model_path, created_by) VALUES ('s', 'v2', 'models/b.txt', 'ben')",
		"SELECT activate_model('s', 'v2')",
		"UPDATE model_registry SET status = 'inactive' WHERE status = 'active'; INSERT INTO model_registry (strategy_name, version, model_path, status) VALUES ('s', 'v3', 'models/c.txt', 'active')",
		`UPDATE model_registry SET notes = 'late', performance_metrics = '{"ic":0.04}' WHERE version = 'v3'`)
	now, _, err := p.Rollback(t.Context(), "s", "ann", "worse")
	done(err)
	require.Equal(t, "v2", now.Version)

	// Serves.
	cursor, err := h.Wait(t.Context(), "")
	done(err)
	require.NotEmpty(t, cursor)
	active, err := h.Active(t.Context(), "s")
	done(err)
	done(h.RecordDigests(t.Context(), active.Ref(), registry.Digests{Model: release.Sum([]byte("b"))}))
	changed, err := h.Fail(t.Context(), ref("v3"), "host-1:8001", "golden_mismatch")
	done(err)
	require.True(t, changed)
	me := registry.Host{Name: "host-1:8001", Started: time.Now()}
	_, err = h.Beat(t.Context(), me)
	done(err)
	done(h.Observe(t.Context(), registry.Observation{Host: me.Name, Strategy: "s", Desired: "v2", Outcome: registry.OutcomeUnavailable}))

	// Looks on, as the publisher does while it waits for the hosts.
	for name, looker := range map[string]registry.Registry{"publisher": p, "reader": r} {
		said, err := looker.Observations(t.Context(), "s")
		done(err)
		require.Len(t, said, 1, name)
		hosts, err := looker.Hosts(t.Context())
		done(err)
		require.Len(t, hosts, 1, name)
		events, err := looker.Events(t.Context(), "s")
		done(err)
		last := events[len(events)-1]
		require.Equal(t, release.Failed, last.To, name)
		require.Equal(t, "host-1:8001", last.By, name)
		require.Equal(t, "golden_mismatch", last.Why, name)
	}
	done(h.Leave(t.Context(), me))
}

func TestWhatEachRoleIsRefused(t *testing.T) {
	as := roles(t)
	p := open(t, as(publisher), time.Second)
	for _, v := range []string{"v1", "v2"} {
		_, err := p.Register(t.Context(), plain(v))
		require.NoError(t, err)
	}
	_, _, err := p.Activate(t.Context(), ref("v1"), "ann", "")
	require.NoError(t, err)
	admin := shell(t, as("postgres"))
	var all string
	rows := func() (text string) {
		t.Helper()
		require.NoError(t, admin.QueryRow(t.Context(), `SELECT (SELECT json_agg(r ORDER BY id) FROM model_registry r)::text
			|| (SELECT json_agg(e ORDER BY id) FROM model_registry_events e)::text || (SELECT json_agg(s) FROM model_registry_state s)::text`).Scan(&text))
		return text
	}
	all = rows()
	const denied, readOnly = "permission denied", "read-only transaction"
	insert := "INSERT INTO model_registry (strategy_name, version, model_path) VALUES ('s', 'v9', 'm')"
	for _, c := range []struct{ name, role, sql, says string }{
		{"other bytes", publisher, "UPDATE model_registry SET model_path = 'x' WHERE version = 'v2'", denied},
		{"other digest", publisher, "UPDATE model_registry SET model_sha256 = repeat('0', 64) WHERE version = 'v2'", denied},
		{"other parameters", publisher, "UPDATE model_registry SET rule_params = '{}' WHERE version = 'v2'", denied},
		{"other time", publisher, "UPDATE model_registry SET activated_at = now() WHERE version = 'v1'", denied},
		{"delete", publisher, "DELETE FROM model_registry WHERE version = 'v2'", denied},
		{"empty", publisher, "TRUNCATE model_registry", denied},
		{"delete events", publisher, "DELETE FROM model_registry_events", denied},
		{"change events", publisher, "UPDATE model_registry_events SET actor = 'x'", denied},
		{"make up an event", publisher, "INSERT INTO model_registry_events SELECT * FROM model_registry_events", denied},
		{"count", publisher, "UPDATE model_registry_state SET changes = 0", denied},
		{"another's word", publisher, "INSERT INTO model_registry_observations (strategy_name, host, outcome) VALUES ('s', 'h', 'none')", denied},
		{"a host that is none", publisher, "INSERT INTO model_registry_hosts (host, started_at) VALUES ('h', now())", denied},
		{"fail", publisher, "SELECT fail_model('s', 'v1')", denied},
		{"drop", publisher, "DROP TRIGGER model_registry_guard ON model_registry", "must be owner"},
		{"disable", publisher, "ALTER TABLE model_registry_events DISABLE TRIGGER ALL", "must be owner"},
		{"triggers off", publisher, "SET session_replication_role = replica", denied},
		{"a table", publisher, "CREATE TABLE t ()", denied},
		{"a temporary table", publisher, "CREATE TEMP TABLE t ()", denied},
		{"a trigger's function", publisher, "SELECT model_registry_at()", denied},

		{"insert", host, insert, denied},
		{"activate", host, "SELECT activate_model('s', 'v2')", denied},
		{"activate by hand", host, "UPDATE model_registry SET status = 'active' WHERE version = 'v2'", denied},
		{"deactivate", host, "UPDATE model_registry SET status = 'inactive'", denied},
		{"other digest once recorded", host, "UPDATE model_registry SET model_sha256 = repeat('0', 64); UPDATE model_registry SET model_sha256 = repeat('1', 64)", "model_sha256 of a published release"},
		{"other bytes", host, "UPDATE model_registry SET model_path = 'x'", denied},
		{"notes", host, "UPDATE model_registry SET notes = 'x'", denied},
		{"delete", host, "DELETE FROM model_registry", denied},
		{"delete events", host, "DELETE FROM model_registry_events", denied},
		{"make up an event", host, "INSERT INTO model_registry_events SELECT * FROM model_registry_events", denied},
		{"count", host, "UPDATE model_registry_state SET changes = 0", denied},
		{"migrate", host, "UPDATE goose_db_version SET version_id = 99", denied},
		{"fail what is not there", host, "SELECT fail_model('s', 'v9')", "no release s v9"},

		{"insert", reader, insert, readOnly},
		{"insert all the same", reader, "SET default_transaction_read_only = off; " + insert, readOnly},
		{"activate", reader, "BEGIN READ WRITE; SELECT activate_model('s', 'v2')", denied},
		{"hold the lock", reader, "BEGIN READ WRITE; SELECT model_registry_lock()", denied},
		{"fail", reader, "BEGIN READ WRITE; SELECT fail_model('s', 'v1')", denied},
		{"observe", reader, "BEGIN READ WRITE; DELETE FROM model_registry_hosts", denied},

		{"delete events", owner, "DELETE FROM model_registry_events", "the history cannot be changed"},
		{"other bytes", owner, "UPDATE model_registry SET model_path = 'x'", "model_path of a published release"},
	} {
		t.Run(c.role+" "+c.name, func(t *testing.T) {
			_, err := shell(t, as(c.role)).Exec(t.Context(), c.sql)
			require.ErrorContains(t, err, c.says)
			require.Equal(t, all, rows())
		})
	}
}

// A publisher that could make temporary tables still cannot have the events
// written into one of its own.
func TestATemporaryTableHidesNothing(t *testing.T) {
	as := roles(t)
	admin := shell(t, as("postgres"))
	run(t, admin, "GRANT TEMP ON DATABASE "+admin.Config().Database+" TO "+publisher)
	run(t, shell(t, as(publisher)),
		"CREATE TEMP TABLE model_registry_events (LIKE public.model_registry_events)",
		"CREATE TEMP TABLE model_registry_state (LIKE public.model_registry_state)",
		"GRANT ALL ON model_registry_events, model_registry_state TO PUBLIC",
		"INSERT INTO public.model_registry (strategy_name, version, model_path) VALUES ('s', 'v1', 'm')")
	events, err := open(t, as(reader), time.Second).Events(t.Context(), "s")
	require.NoError(t, err)
	require.Len(t, events, 1)
}

// Another account of the server does not even get in.
func TestOtherAccountsStayOut(t *testing.T) {
	as := roles(t)
	run(t, shell(t, as("postgres")), "DROP ROLE IF EXISTS stranger", "CREATE ROLE stranger LOGIN")
	_, err := postgres.Open(t.Context(), as("stranger"))
	require.ErrorContains(t, err, "permission denied for database")
}
