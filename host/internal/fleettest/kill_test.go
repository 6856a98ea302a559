package fleettest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/internal/fleettest"
)

// A host that is killed some time after a change became known, that is in any
// step of the load, starts with what it served or with what it is to serve,
// also when it finds nobody; and with what it is to serve once it does.
func TestKilledWhileItLoads(t *testing.T) {
	t.Parallel()
	f := fleettest.New(t, 2)
	f.Read(t)
	victim, serving := f.Hosts[1], "v1.0.0"
	for i := range 10 {
		cold := f.Publish([]string{"v1.1.0", "v1.0.0"}[i%2])
		f.Activate(cold)
		time.Sleep(time.Duration(i) * 20 * time.Millisecond)
		victim.Kill()
		alone := i%2 == 0
		if alone {
			f.Postgres.Kill()
			f.S3.Kill()
		}
		victim.Launch()
		require.Contains(t, []string{serving, cold}, victim.FirstAnswer())
		victim.Open()
		if alone {
			f.S3.Start()
			f.Postgres.Start()
		}
		f.Settle(cold)
		serving = cold
	}
}
