package fleettest_test

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"edgesignal/artifacts"
	"edgesignal/host/internal/faultproxy"
	"edgesignal/host/internal/fleettest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// degraded waits until a host says that it is, with word in why, and that it
// serves on.
func degraded(h *fleettest.Host, version, word string) {
	h.Await("degraded with "+word+", serving "+version, func(s fleettest.Health) bool {
		return s.Status == "degraded" && s.Version == version && strings.Contains(strings.Join(s.Problems, "\n"), word)
	})
}

// The registry of a fleet in every kind of trouble: each answer stays right,
// each host says that it is degraded, and follows by itself when it is over.
func TestPostgresInTrouble(t *testing.T) {
	t.Parallel()
	f := fleettest.New(t, 3, fleettest.Env("MODEL_RELOAD_INTERVAL_SECONDS=300"))
	r := f.Read(t)
	r.Some(20)
	serving := "v1.0.0"
	swap := func() {
		serving = map[string]string{"v1.0.0": "v1.1.0", "v1.1.0": "v1.0.0"}[serving]
		f.Activate(serving)
	}
	for _, trouble := range []struct {
		name string
		do   func(t *testing.T)
	}{
		{"killed and started again", func(*testing.T) {
			f.Postgres.Kill()
			for _, h := range f.Hosts {
				degraded(h, serving, "registry unavailable")
			}
			r.Some(100)
			f.Postgres.Start()
		}},
		{"all connections ended again and again", func(*testing.T) {
			for range 5 {
				f.Postgres.CutAll()
				swap()
				f.Postgres.CutAll()
				f.Settle(serving)
			}
		}},
		{"all connections reset by the network", func(*testing.T) {
			for range 5 {
				for _, h := range f.Hosts {
					h.Postgres.Cut()
				}
				swap()
				f.Settle(serving)
			}
		}},
		{"every connection taken by others", func(*testing.T) {
			release := f.Postgres.Exhaust()
			r.Some(100) // what the hosts have, they keep
			f.Settle(serving)
			for _, h := range f.Hosts {
				h.Postgres.Set(faultproxy.Fault{Refuse: true}) // until others have taken what it had
				h.Postgres.Cut()
			}
			f.Hosts[0].Await("degraded", func(s fleettest.Health) bool { return s.Status == "degraded" })
			more := f.Postgres.Exhaust()
			for _, h := range f.Hosts {
				h.Postgres.Heal()
			}
			for _, h := range f.Hosts {
				degraded(h, serving, "too many clients")
			}
			r.Some(100)
			more()
			release()
		}},
		{"the network of one host hangs", func(t *testing.T) {
			deaf := f.Hosts[2]
			before := serving
			deaf.Postgres.Set(faultproxy.Fault{Stall: true})
			degraded(deaf, serving, "registry unavailable")
			f.AwaitSilent(deaf)
			swap()
			out, said, status := f.Try("activate", artifacts.Strategy, serving, "--wait", "60s")
			require.Zero(t, status, said)
			require.Contains(t, out, serving+" serves on 2 of 2 live hosts")
			require.Contains(t, said, "silent, and not counted: "+deaf.Name)
			degraded(deaf, before, "registry unavailable")
			deaf.Postgres.Heal()
		}},
		{"slow", func(*testing.T) {
			for _, h := range f.Hosts {
				h.Postgres.Set(faultproxy.Fault{Rate: 20_000})
			}
			swap()
			f.Settle(serving)
		}},
		{"restored from an older backup", func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "dump.sql")
			f.Postgres.Dump(file)
			backup := serving
			for range 3 { // as many changes after it as before, and more
				swap()
				f.Settle(serving)
			}
			require.NotEqual(t, backup, serving)
			f.Postgres.Restore(file)
			serving = backup
			f.Settle(serving)
			for range 4 { // the numbers of the changes come again
				swap()
				f.Settle(serving)
			}
			require.Contains(t, f.Run("activate", artifacts.Strategy, serving, "--wait", "60s"), serving+" serves on 3 of 3 live hosts")
		}},
		{"a newer schema", func(t *testing.T) {
			f.Postgres.SQL("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, true)")
			for _, h := range f.Hosts {
				degraded(h, serving, "its schema has version 99")
			}
			late := f.Hosts[2]
			late.Stop()
			late.Launch()
			require.Equal(t, 1, late.Exit())
			require.Contains(t, late.LastLine(), "its schema has version 99, this program knows up to")
			r.Some(50)
			f.Postgres.SQL("DELETE FROM goose_db_version WHERE version_id = 99")
			late.Start()
		}},
	} {
		ok := t.Run(trouble.name, func(t *testing.T) {
			begin := time.Now()
			trouble.do(t)
			f.Settle(serving)
			swap()
			f.Settle(serving)
			r.Check(t)
			t.Logf("%d answers so far; %s", r.Answers(""), time.Since(begin).Round(time.Millisecond))
		})
		require.True(t, ok)
	}
	for _, h := range f.Hosts {
		require.Equal(t, http.StatusOK, h.Ready())
	}
}
