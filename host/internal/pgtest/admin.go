package pgtest

import (
	"context"
	"errors"
	"os/exec"
	"path/filepath"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// SQL runs statements in the registry's database, as its owner.
func (s *Server) SQL(sql string) {
	s.t.Helper()
	require.NoError(s.t, s.s.execIn(s.t.Context(), template, sql))
}

// CutAll ends the connections of everybody to the registry's database.
func (s *Server) CutAll() {
	s.t.Helper()
	s.Exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = '" + template + "'")
}

// Exhaust takes every connection that the server has left, until release.
func (s *Server) Exhaust() (release func()) {
	s.t.Helper()
	var hogs []*pgx.Conn
	for {
		c, err := pgx.Connect(s.t.Context(), s.s.url("postgres"))
		if err != nil {
			require.ErrorContains(s.t, err, "too many clients")
			break
		}
		hogs = append(hogs, c)
	}
	return func() {
		s.t.Helper()
		var errs []error
		for _, c := range hogs {
			errs = append(errs, c.Close(context.Background()))
		}
		require.NoError(s.t, errors.Join(errs...))
	}
}

// Dump writes the registry's database to a file, as pg_dump does.
func (s *Server) Dump(file string) {
	s.t.Helper()
	s.tool("pg_dump", "--no-owner", "--file", file, s.s.url(template))
}

// Restore puts what Dump wrote in place of the database, as psql does.
func (s *Server) Restore(file string) {
	s.t.Helper()
	s.Exec("DROP DATABASE " + template + " WITH (FORCE)")
	s.Exec("CREATE DATABASE " + template)
	s.tool("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null", "-f", file, s.s.url(template))
}

func (s *Server) tool(name string, args ...string) {
	s.t.Helper()
	out, err := exec.CommandContext(s.t.Context(), filepath.Join(s.s.bin, name), args...).CombinedOutput()
	require.NoError(s.t, err, "%s: %s", name, out)
}
