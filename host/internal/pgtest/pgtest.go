package pgtest

import (
	"context"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

var (
	shared    *server // set by the first New
	startOnce = sync.OnceValue(func() (err error) { shared, err = create(0); return err })
	databases atomic.Int64
	making    sync.Mutex // a template can be copied by one at a time
)

// Main runs a package's tests, stops the server that they used, looks for
// goroutines left behind and exits.
func Main(m *testing.M) {
	code := m.Run()
	if shared != nil {
		shared.remove()
	}
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// New returns the URL of a database of t's own with the whole schema in it. It is
// dropped when t ends.
func New(t testing.TB) string { return database(t, " TEMPLATE "+template+" STRATEGY file_copy") }

// Empty returns New without a schema.
func Empty(t testing.TB) string { return database(t, "") }

func database(t testing.TB, options string) string {
	t.Helper()
	require.NoError(t, startOnce())
	name := fmt.Sprintf("test_%d", databases.Add(1))
	making.Lock()
	defer making.Unlock()
	require.NoError(t, shared.exec(t.Context(), "CREATE DATABASE "+name+options))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		require.NoError(t, shared.exec(ctx, "DROP DATABASE "+name+" WITH (FORCE)"))
	})
	return shared.url(name)
}
