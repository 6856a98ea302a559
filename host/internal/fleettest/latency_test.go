package fleettest_test

import (
	"slices"
	"testing"
	"time"

	"edgesignal/host/internal/fleettest"
)

// breaks are the ways in which a change comes to the hosts.
var breaks = []struct {
	name   string
	before func(*fleettest.Fleet)
}{
	{"all is well", func(*fleettest.Fleet) {}},
	// The notification is lost with the connection, and so are those that ask.
	{"connections cut at that moment", func(f *fleettest.Fleet) {
		for _, h := range f.Hosts {
			h.Postgres.Cut()
		}
	}},
	// As when the connection that listens hangs: each host has to ask.
	{"no notification comes", func(f *fleettest.Fleet) { f.Postgres.SQL(mute) }},
}

// mute takes the notification out of the trigger.
const mute = `DO $$ BEGIN
	EXECUTE replace(pg_get_functiondef('model_registry_record'::regproc), 'PERFORM pg_notify(''edgesignal_registry'', '''');', '');
END $$`

// The time from the commit of an activation to the last of three hosts:
//
//	go test ./host/internal/fleettest -run '^$' -bench Activation -benchtime 100x
func BenchmarkActivation(b *testing.B) {
	for _, c := range breaks {
		b.Run(c.name, func(b *testing.B) {
			f := fleettest.New(b, 3)
			b.ResetTimer()
			took := f.Latencies(b.N, func() { c.before(f) })
			slices.Sort(took)
			ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
			b.ReportMetric(ms(took[len(took)/2]), "ms/median")
			b.ReportMetric(ms(took[(len(took)-1)*99/100]), "ms/p99")
			b.ReportMetric(ms(took[len(took)-1]), "ms/worst")
			b.ReportMetric(0, "ns/op") // it would count what comes before each
		})
	}
}

// What the benchmark does, once each way, with a reader beside it.
func TestActivationReachesEveryHost(t *testing.T) {
	t.Parallel()
	f := fleettest.New(t, 3)
	f.Read(t)
	for _, c := range breaks {
		t.Log(c.name, f.Latencies(4, func() { c.before(f) }))
	}
}
