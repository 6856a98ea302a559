package pgtest

import (
	"context"
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/internal/daemon"
)

// Server is a PostgreSQL of one test's own, which it may kill.
type Server struct {
	t testing.TB
	s *server
}

// Own starts a server that listens on a port of 127.0.0.1 too, with the whole
// schema in its one database. It is removed when t ends.
func Own(t testing.TB) *Server {
	t.Helper()
	port, err := daemon.Port()
	require.NoError(t, err)
	s, err := create(port)
	require.NoError(t, err)
	t.Cleanup(s.remove)
	return &Server{t, s}
}

// Addr returns where it listens: 127.0.0.1 and a port.
func (s *Server) Addr() string { return fmt.Sprintf("127.0.0.1:%d", s.s.port) }

// URL returns the database by way of addr: Addr, or a proxy before it.
func (s *Server) URL(addr string) string {
	return fmt.Sprintf("postgres://postgres@%s/%s?sslmode=disable", addr, template)
}

// Database makes another database with the whole schema and returns its URL.
func (s *Server) Database(name string) string {
	s.t.Helper()
	s.Exec("CREATE DATABASE " + name + " TEMPLATE " + template)
	return fmt.Sprintf("postgres://postgres@%s/%s?sslmode=disable", s.Addr(), name)
}

// Kill ends it and all its children as a power cut would.
func (s *Server) Kill() { s.s.end(syscall.SIGKILL) }

// Start starts it after Kill, and returns when it answers.
func (s *Server) Start() {
	s.t.Helper()
	require.NoError(s.t, s.s.start())
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	require.NoError(s.t, s.s.await(ctx))
}

// Exec runs one statement in the database "postgres", as its owner.
func (s *Server) Exec(sql string) {
	s.t.Helper()
	require.NoError(s.t, s.s.exec(s.t.Context(), sql))
}
