package fleettest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/artifacts"
	"edgesignal/host/internal/faultproxy"
	"edgesignal/host/internal/fleettest"
)

// The store of a fleet in every kind of trouble, each time with a release that
// no host has yet: no answer is wrong, no release is called failed for what
// the way to it did, and each host has it by itself when that is over.
func TestS3InTrouble(t *testing.T) {
	t.Parallel()
	f := fleettest.New(t, 3)
	r := f.Read(t)
	serving, plain := "v1.0.0", ""
	flips := faultproxy.Fault{Up: faultproxy.Harm{Flip: 1e-4}, Down: faultproxy.Harm{Flip: 1e-4}}
	fault := func(x faultproxy.Fault) {
		for _, h := range f.Hosts {
			h.S3.Set(x)
		}
	}
	for i, trouble := range []struct {
		name string
		do   func(t *testing.T, cold string)
	}{
		{"killed and started again", func(_ *testing.T, cold string) {
			f.S3.Kill()
			f.Activate(cold)
			for _, h := range f.Hosts {
				degraded(h, serving, "store unavailable")
			}
			r.Some(50)
			f.S3.Start()
		}},
		{"killed in mid-download", func(t *testing.T, cold string) {
			fault(faultproxy.Fault{Rate: 200_000})
			before := f.Hosts[0].S3.Passed()
			f.Activate(cold)
			require.Eventually(t, func() bool { return f.Hosts[0].S3.Passed() > before+100_000 }, fleettest.Patience, time.Millisecond)
			f.S3.Kill()
			fault(faultproxy.Fault{})
			r.Some(50)
			f.S3.Start()
		}},
		{"cut in mid-download again and again", func(_ *testing.T, cold string) {
			fault(faultproxy.Fault{Down: faultproxy.Harm{CutAfter: 100_000}})
			f.Activate(cold)
			f.Settle(cold) // each time it gets a little further
		}},
		{"slow", func(_ *testing.T, cold string) {
			fault(faultproxy.Fault{Rate: 1 << 10}) // minutes, for all of it
			f.Activate(cold)
			for _, h := range f.Hosts {
				degraded(h, serving, cold+" is being loaded")
			}
			r.Some(100)
		}},
		{"stalled", func(_ *testing.T, cold string) {
			fault(faultproxy.Fault{Stall: true})
			f.Activate(cold)
			for _, h := range f.Hosts {
				degraded(h, serving, cold+" is being loaded")
			}
			_, said, status := f.Try("activate", artifacts.Strategy, cold, "--wait", "1s")
			require.Equal(t, 1, status)
			require.Contains(t, said, "is not served by 3 of 3 live hosts: ")
			for _, h := range f.Hosts {
				require.Contains(t, said, h.Name+" serves "+serving+": "+cold+" is being loaded")
			}
			r.Some(100)
		}},
		{"one bit of the answer flipped", func(_ *testing.T, cold string) {
			fault(faultproxy.Fault{Down: faultproxy.Harm{FlipAt: 50_000}}) // of each connection
			for _, h := range f.Hosts {
				h.S3.Cut()
			}
			f.Activate(cold)
			for _, h := range f.Hosts {
				degraded(h, serving, "its bytes are not those of its ETag")
			}
			r.Some(50)
		}},
		{"bits flipped both ways", func(t *testing.T, cold string) {
			fault(flips)
			f.Activate(cold)
			for _, h := range f.Hosts {
				h.Await("degraded", func(s fleettest.Health) bool { return s.Status == "degraded" && s.Version == serving })
			}
			r.Some(100)
		}},
		{"bits flipped of a release without digests", func(t *testing.T, _ string) {
			// A row of plain SQL: whoever is first records what it found.
			fault(flips)
			plain = f.Insert("v1.0.0")
			f.Activate(plain)
			for _, h := range f.Hosts {
				h.Await("degraded", func(s fleettest.Health) bool { return s.Status == "degraded" && s.Version == serving })
			}
			r.Some(100)
		}},
		{"one host alone", func(t *testing.T, cold string) {
			alone := f.Hosts[2]
			alone.S3.Set(faultproxy.Fault{Refuse: true})
			alone.S3.Cut()
			_, said, status := f.Try("activate", artifacts.Strategy, cold, "--wait", "8s")
			require.Equal(t, 1, status)
			require.Contains(t, said, "is not served by 1 of 3 live hosts: "+alone.Name+" serves "+serving+": ")
			require.Contains(t, said, "store unavailable")
			alone.S3.Heal()
			_, said, status = f.Try("activate", artifacts.Strategy, cold, "--wait", fleettest.Patience.String())
			require.Zero(t, status, said)
			for _, h := range f.Status().Hosts {
				require.Empty(t, h.Strategies[0].Detail, "the reason clears")
			}
		}},
	} {
		ok := t.Run(trouble.name, func(t *testing.T) {
			begin := time.Now()
			cold := f.Publish([]string{"v1.1.0", "v1.0.0"}[i%2])
			trouble.do(t, cold)
			if plain != "" {
				cold, plain = plain, ""
			}
			fault(faultproxy.Fault{})
			f.Settle(cold)
			serving = cold
			require.Equal(t, "active", f.StatusOf(cold))
			r.Check(t)
			t.Logf("%d answers so far; %s", r.Answers(""), time.Since(begin).Round(time.Millisecond))
		})
		require.True(t, ok)
	}
}
