package postgres_test

import (
	"context"
	"errors"
	"net"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"edgesignal/host/internal/pgtest"
	"edgesignal/host/registry"
	"edgesignal/host/registry/postgres"
	"edgesignal/host/release"
)

func requireUnavailable(t *testing.T, err error) {
	t.Helper()
	var gone *release.Unavailable
	require.ErrorAs(t, err, &gone)
	require.Equal(t, release.PartRegistry, gone.Part)
}

// A server that is killed loses nothing that was committed, and whoever waits
// goes on once it is back.
func TestKilledAndRestarted(t *testing.T) {
	server := pgtest.Own(t)
	url := server.URL(server.Addr())
	r := open(t, url, time.Minute)
	_, err := r.Register(t.Context(), plain("v1"))
	require.NoError(t, err)
	cursor, err := r.Wait(t.Context(), "")
	require.NoError(t, err)
	waited := make(chan error, 1)
	go func() { _, err := r.Wait(t.Context(), cursor); waited <- err }()

	server.Kill()
	_, err = r.Get(t.Context(), ref("v1"))
	requireUnavailable(t, err)
	_, _, err = r.Activate(t.Context(), ref("v1"), "ann", "")
	requireUnavailable(t, err)

	server.Start()
	other := open(t, url, time.Minute)
	_, _, err = other.Activate(t.Context(), ref("v1"), "ann", "")
	require.NoError(t, err)
	if err := <-waited; err != nil {
		requireUnavailable(t, err)
		next, err := r.Wait(t.Context(), cursor)
		require.NoError(t, err)
		require.NotEqual(t, cursor, next)
	}
	active, err := r.Active(t.Context(), "s")
	require.NoError(t, err)
	require.Equal(t, "v1", active.Version)
}

// Connections break together: after the first error each call has a new one.
func TestOneErrorForAllThatBroke(t *testing.T) {
	url := pgtest.New(t)
	r, admin := open(t, url, time.Minute), shell(t, url)
	_, err := r.Register(t.Context(), plain("v1"))
	require.NoError(t, err)
	for range 10 {
		var several sync.WaitGroup
		for range 8 { // as many connections as it has
			several.Go(func() { _, _ = r.List(t.Context(), "") })
		}
		several.Wait()
		run(t, admin, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()")
		errs := 0
		for range 8 {
			if _, err := r.Get(t.Context(), ref("v1")); err != nil {
				requireUnavailable(t, err)
				errs++
			}
		}
		require.LessOrEqual(t, errs, 1)
	}
}

// Nothing is lost between a connection that breaks and the next one that
// listens: each wait ends, though its polls are far apart.
func TestNothingIsMissedWhileConnectionsBreak(t *testing.T) {
	url := pgtest.New(t)
	r, other, admin := open(t, url, time.Minute), open(t, url, time.Minute), shell(t, url)
	for _, v := range []string{"v1", "v2"} {
		_, err := r.Register(t.Context(), plain(v))
		require.NoError(t, err)
	}
	cursor, err := r.Wait(t.Context(), "")
	require.NoError(t, err)
	for i := range 20 {
		waited := make(chan registry.Cursor)
		go func() {
			for {
				next, err := r.Wait(t.Context(), cursor)
				if err == nil || t.Context().Err() != nil {
					waited <- next
					return
				}
			}
		}()
		run(t, admin, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()")
		require.Eventually(t, func() bool {
			_, _, err := other.Activate(t.Context(), ref([]string{"v1", "v2"}[i%2]), "ann", "")
			return err == nil
		}, time.Minute, time.Millisecond)
		select {
		case cursor = <-waited:
		case <-time.After(30 * time.Second):
			require.Fail(t, "a change was missed")
		}
	}
}

func TestOpenWithoutAServer(t *testing.T) {
	server := pgtest.Own(t)
	url := server.URL(server.Addr())
	server.Kill()
	_, err := postgres.Open(t.Context(), url)
	requireUnavailable(t, err)

	r, err := postgres.OpenConfig(t.Context(), postgres.Config{URL: url, Patience: time.Second})
	require.NoError(t, err, "who is patient opens it all the same")
	t.Cleanup(func() { require.NoError(t, r.Close()) })
	_, err = r.List(t.Context(), "")
	requireUnavailable(t, err)
	server.Start()
	_, err = r.List(t.Context(), "")
	require.NoError(t, err)
}

func TestPatienceIsForOutagesAlone(t *testing.T) {
	url := pgtest.Empty(t)
	patient := postgres.Config{URL: url, Patience: time.Minute}
	_, err := postgres.OpenConfig(t.Context(), patient)
	require.ErrorContains(t, err, "edgesignal migrate")
	_, _, err = postgres.Migrate(t.Context(), url)
	require.NoError(t, err)
	r, err := postgres.OpenConfig(t.Context(), patient)
	require.NoError(t, err)
	require.NoError(t, r.Close())
}

// A database that was out of reach when it was opened, and turns out to have
// another schema, is as good as none until it is migrated.
func TestTheSchemaIsLookedAtOnFirstContact(t *testing.T) {
	server := pgtest.Own(t)
	url := server.URL(server.Addr())
	server.Kill()
	r, err := postgres.OpenConfig(t.Context(), postgres.Config{URL: url, Patience: time.Second})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.Close()) })
	server.Start()
	admin := shell(t, url)
	run(t, admin, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, true)")
	_, err = r.List(t.Context(), "")
	requireUnavailable(t, err)
	require.ErrorContains(t, err, "newer program")
	run(t, admin, "DELETE FROM goose_db_version WHERE version_id = 99")
	_, err = r.List(t.Context(), "")
	require.NoError(t, err)
}

// A schema that changes under a program that runs is noticed, and so is its way back.
func TestTheSchemaIsLookedAtAgain(t *testing.T) {
	url := pgtest.New(t)
	r, err := postgres.OpenConfig(t.Context(), postgres.Config{URL: url, Recheck: 20 * time.Millisecond})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.Close()) })
	rested, err := postgres.OpenConfig(t.Context(), postgres.Config{URL: url, Recheck: time.Hour})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, rested.Close()) })
	admin := shell(t, url)
	for _, c := range []struct{ change, undo, wants string }{
		{"INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, true)", "DELETE FROM goose_db_version WHERE version_id = 99", "use a newer program"},
		{"ALTER TABLE goose_db_version RENAME TO away", "ALTER TABLE away RENAME TO goose_db_version", "run edgesignal migrate"},
	} {
		run(t, admin, c.change)
		require.Eventually(t, func() bool { _, err = r.List(t.Context(), ""); return err != nil }, time.Minute, time.Millisecond)
		requireUnavailable(t, err)
		require.ErrorContains(t, err, c.wants)
		_, err = rested.List(t.Context(), "")
		require.NoError(t, err, "it is not asked with each call")
		run(t, admin, c.undo)
		_, err = r.List(t.Context(), "")
		require.NoError(t, err)
	}
}

// deaf accepts connections and never says a word.
func deaf(t *testing.T) (addr string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var conns []net.Conn
	var accepting sync.WaitGroup
	accepting.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			conns = append(conns, c)
		}
	})
	t.Cleanup(func() {
		require.NoError(t, ln.Close())
		accepting.Wait()
		for _, c := range conns {
			_ = c.Close()
		}
	})
	return ln.Addr().String()
}

func TestAServerThatHangs(t *testing.T) {
	url := "postgres://ann:secret@" + deaf(t) + "/db?sslmode=disable&password=secret"
	cfg := postgres.Config{URL: url, Timeout: 200 * time.Millisecond}
	_, err := postgres.OpenConfig(t.Context(), cfg)
	requireUnavailable(t, err)
	require.NotContains(t, err.Error(), "secret")
	cfg.Patience = 100 * time.Millisecond
	r, err := postgres.OpenConfig(t.Context(), cfg)
	require.NoError(t, err)
	_, err = r.List(t.Context(), "")
	requireUnavailable(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = r.List(ctx, "")
	require.ErrorIs(t, err, context.Canceled)
	require.NoError(t, r.Close())
}

func TestErrorsDoNotRepeatThePassword(t *testing.T) {
	for _, url := range []string{
		"postgres://ann:secret@127.0.0.1:1/db", "postgres://ann@127.0.0.1:1/db?password=secret", "postgres://ann:secret@127.0.0.1:1/db?sslmode=wrong",
		"postgres://ann:secret@[::1", "postgres://ann:secret@127.0.0.1:99999/db", "mysql://ann:secret@127.0.0.1/db",
	} {
		for name, err := range map[string]error{
			"open":    errors.Join(second(postgres.Open(t.Context(), url))),
			"migrate": third(postgres.Migrate(t.Context(), url)),
		} {
			require.Error(t, err, "%s %s", name, url)
			require.NotContains(t, err.Error(), "secret", "%s %s", name, url)
		}
	}
}

func second[T any](_ T, err error) error        { return err }
func third[T, U any](_ T, _ U, err error) error { return err }

// Others take every connection that the server has: what is open goes on, what
// comes is told that the registry is out of reach, and all is well once they
// are gone.
func TestConnectionsExhaustedByOthers(t *testing.T) {
	server := pgtest.Own(t)
	url := server.URL(server.Addr())
	r := open(t, url, time.Minute)
	_, err := r.Register(t.Context(), plain("v1"))
	require.NoError(t, err)
	var hogs []*pgx.Conn
	for {
		c, err := pgx.Connect(t.Context(), url)
		if err != nil {
			require.ErrorContains(t, err, "too many clients")
			break
		}
		hogs = append(hogs, c)
	}
	for range 10 {
		_, err = r.Get(t.Context(), ref("v1"))
		require.NoError(t, err, "the connection that it has is kept")
	}
	_, err = postgres.Open(t.Context(), url)
	requireUnavailable(t, err)
	for _, c := range hogs {
		require.NoError(t, c.Close(t.Context()))
	}
	require.Eventually(t, func() bool {
		late, err := postgres.Open(t.Context(), url)
		if err != nil {
			return false
		}
		return late.Close() == nil
	}, time.Minute, 10*time.Millisecond)
}

// The files are plain SQL: psql makes the same schema of them, and an operator
// can register and activate with nothing else.
func TestTheFilesByPsql(t *testing.T) {
	url := pgtest.Empty(t)
	files, err := filepath.Glob("../../../migrations/postgres/*.sql")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	psql := func(args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "psql", append([]string{url, "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1"}, args...)...)
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
		return string(out)
	}
	for _, f := range files {
		psql("-f", f)
	}
	psql("-c", `INSERT INTO model_registry (strategy_name, version, model_path, status) VALUES ('s', 'v1', 'm', 'active'), ('s', 'v2', 'm', 'inactive')`)
	psql("-c", "SELECT activate_model('s', 'v2')")
	require.Equal(t, "v2\n", psql("-c", "SELECT version FROM model_registry WHERE status = 'active'"))
	const columns = "SELECT table_name, column_name, data_type, column_default, is_nullable FROM information_schema.columns WHERE table_name LIKE 'model_registry%' ORDER BY 1, 2"
	want := psql("-c", columns)
	url = pgtest.New(t)
	require.Equal(t, want, psql("-c", columns), "as the program makes it")
}
