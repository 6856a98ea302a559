package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"edgesignal/host/internal/pgtest"
	"edgesignal/host/registry"
	"edgesignal/host/registry/postgres"
	"edgesignal/host/registry/registrytest"
	"edgesignal/host/release"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestConformance(t *testing.T) {
	registrytest.Run(t, func(t *testing.T) registrytest.Open {
		url := pgtest.New(t)
		return func(t *testing.T) registry.Registry { return open(t, url, 5*time.Millisecond) }
	})
}

func open(t *testing.T, url string, poll time.Duration) *postgres.Registry {
	t.Helper()
	r, err := postgres.OpenConfig(t.Context(), postgres.Config{URL: url, PollInterval: poll, Timeout: 20 * time.Second})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.Close()) })
	return r
}

// shell returns a plain connection, as psql has it.
func shell(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close(context.Background())) })
	return conn
}

func run(t *testing.T, conn *pgx.Conn, statements ...string) {
	t.Helper()
	for _, s := range statements {
		_, err := conn.Exec(t.Context(), s)
		require.NoError(t, err, s)
	}
}

func ref(version string) release.Ref { return release.Ref{Strategy: "s", Version: version} }

func plain(version string) release.Record {
	return release.Record{Strategy: "s", Version: version, ModelPath: "models/" + version + ".txt"}
}
