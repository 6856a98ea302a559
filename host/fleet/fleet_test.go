package fleet_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/fleet"
	"edgesignal/host/internal/pgtest"
	"edgesignal/host/registry"
	"edgesignal/host/registry/sqlite"
	"edgesignal/host/release"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

var v2 = release.Ref{Strategy: "s", Version: "v2"}

// aged is a registry in which hosts named in silent were last seen long ago.
type aged struct {
	registry.Registry
	silent map[string]time.Duration
	err    error         // of Hosts
	looks  int           // calls of Hosts
	over   chan struct{} // closed by the second; nil = by none
}

func (a *aged) Hosts(ctx context.Context) ([]registry.Host, error) {
	if a.looks++; a.looks == 2 && a.over != nil {
		close(a.over)
	}
	hosts, err := a.Registry.Hosts(ctx)
	for i := range hosts {
		hosts[i].Silent += a.silent[hosts[i].Name]
	}
	if a.err != nil {
		return nil, a.err
	}
	return hosts, err
}

// fresh has v1 and v2 of strategy s, v2 active, and no host.
func fresh(t *testing.T) *aged {
	t.Helper()
	r, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "registry.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.Close()) })
	for _, v := range []string{"v1", "v2"} {
		_, err := r.Register(t.Context(), release.Record{Strategy: "s", Version: v, ModelPath: v})
		require.NoError(t, err)
	}
	_, _, err = r.Activate(t.Context(), v2, "", "")
	require.NoError(t, err)
	return &aged{Registry: r, silent: map[string]time.Duration{}}
}

func (a *aged) join(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		_, err := a.Beat(t.Context(), registry.Host{Name: name, Started: time.Now()})
		require.NoError(t, err)
	}
}

func digest(first string) string { return "sha256:" + first + strings.Repeat("0", 64-len(first)) }

func serves(host, desired, serving string) registry.Observation {
	o := registry.Observation{Host: host, Strategy: "s", Desired: desired, Serving: serving, Outcome: registry.OutcomeActivated}
	if serving != "" {
		o.Release, o.Since = digest("a"), time.Now()
	}
	return o
}

func refused(o registry.Observation, outcome registry.Outcome, detail string) registry.Observation {
	o.Outcome, o.Detail = outcome, detail
	return o
}

func (a *aged) say(t *testing.T, all ...registry.Observation) {
	t.Helper()
	for _, o := range all {
		require.NoError(t, a.Observe(t.Context(), o))
	}
}

// soon returns a context whose time is up once the fleet was looked at, however
// long that takes.
func (a *aged) soon(t *testing.T) context.Context {
	a.over = make(chan struct{})
	return timeUp{t.Context(), a.over}
}

type timeUp struct {
	context.Context
	over <-chan struct{}
}

func (c timeUp) Done() <-chan struct{} { return c.over }

func (c timeUp) Err() error {
	select {
	case <-c.over:
		return context.DeadlineExceeded
	default:
		return nil
	}
}

func TestWaitSaysWhoDoesNotServe(t *testing.T) {
	other := serves("b:1", "v2", "v2")
	other.Release = digest("b")
	for _, c := range []struct {
		name   string
		hosts  []string
		silent string
		say    []registry.Observation
		wants  string // in the error; "" = converged
		not    string // not in the error
	}{
		{name: "no host at all", wants: "no host is live"},
		{name: "a host that has said nothing", hosts: []string{"a:1"}, wants: "not served by 1 of 1 live hosts: a:1 has said nothing"},
		{name: "one that serves", hosts: []string{"a:1"}, say: []registry.Observation{serves("a:1", "v2", "v2")}},
		{name: "one that does and one that does not", hosts: []string{"a:1", "b:1"}, say: []registry.Observation{
			serves("a:1", "v2", "v2"), refused(serves("b:1", "v2", "v1"), registry.OutcomeUnavailable, "store unavailable: connection refused"),
		}, wants: "1 of 2 live hosts: b:1 serves v1: store unavailable: connection refused", not: "a:1"},
		{name: "one that serves nothing", hosts: []string{"a:1"}, say: []registry.Observation{
			refused(serves("a:1", "v2", ""), registry.OutcomeRejected, "rule_abi: no memory"),
		}, wants: "a:1 serves nothing: rule_abi: no memory"},
		{name: "one that has not taken notice", hosts: []string{"a:1"}, say: []registry.Observation{serves("a:1", "v1", "v1")}, wants: "a:1 serves v1, has not taken notice yet"},
		{name: "one that serves it and was told of another", hosts: []string{"a:1"}, say: []registry.Observation{serves("a:1", "v1", "v2")}, wants: "a:1 serves v2, has not taken notice yet"},
		{name: "what hosts that left said does not count", say: []registry.Observation{serves("gone:1", "v2", "v2")}, wants: "no host is live"},
		{name: "a silent one is not waited for", hosts: []string{"a:1", "b:1"}, silent: "b:1", say: []registry.Observation{
			serves("a:1", "v2", "v2"), serves("b:1", "v1", "v1"),
		}},
		{name: "silent ones alone", hosts: []string{"b:1"}, silent: "b:1", say: []registry.Observation{serves("b:1", "v2", "v2")}, wants: "no host is live that could serve it; silent, and not counted: b:1"},
		{name: "two that serve it with other parameters", hosts: []string{"a:1", "b:1"}, say: []registry.Observation{serves("a:1", "v2", "v2"), other},
			wants: "2 of 2 live hosts: a:1 serves it as " + digest("a")},
		{name: "another strategy does not count", hosts: []string{"a:1"}, say: []registry.Observation{
			func() registry.Observation { o := serves("a:1", "v2", "v2"); o.Strategy = "other"; return o }(),
		}, wants: "has said nothing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := fresh(t)
			r.join(t, c.hosts...)
			r.silent[c.silent] = fleet.SilentAfter + time.Second
			r.say(t, c.say...)
			s, err := fleet.Wait(r.soon(t), r, v2, nil)
			if c.wants == "" {
				require.NoError(t, err)
				require.True(t, s.Converged)
				require.Equal(t, 1, s.Serving)
				return
			}
			var lag *fleet.NotConverged
			require.ErrorAs(t, err, &lag)
			require.ErrorContains(t, err, c.wants)
			if c.not != "" {
				require.NotContains(t, err.Error(), c.not)
			}
			require.False(t, lag.Converged)
		})
	}
}

func TestWaitWaits(t *testing.T) {
	r := fresh(t)
	r.join(t, "a:1", "b:1")
	r.say(t, serves("a:1", "v2", "v2"), serves("b:1", "v1", "v1"))
	looked := 0
	s, err := fleet.Wait(t.Context(), r, v2, func(serving int) {
		if looked++; looked == 2 {
			require.Equal(t, 1, serving)
			r.say(t, serves("b:1", "v2", "v2"))
		}
	})
	require.NoError(t, err)
	require.Equal(t, 2, s.Serving)
	require.Equal(t, 3, looked)
}

func TestWaitEnds(t *testing.T) {
	t.Run("when another release becomes active", func(t *testing.T) {
		r := fresh(t)
		r.join(t, "a:1")
		_, err := fleet.Wait(t.Context(), r, v2, func(int) {
			_, _, err := r.Activate(t.Context(), release.Ref{Strategy: "s", Version: "v1"}, "ann", "v2 is too slow")
			require.NoError(t, err)
		})
		var gone *fleet.Superseded
		require.ErrorAs(t, err, &gone)
		require.EqualError(t, err, "release s v2 is not the active one any more: v1 is active (v2 is too slow)")
	})
	t.Run("when the release fails", func(t *testing.T) {
		r := fresh(t)
		r.join(t, "a:1")
		_, err := fleet.Wait(t.Context(), r, v2, func(int) {
			_, err := r.Fail(t.Context(), v2, "a:1", "golden_mismatch: row 7")
			require.NoError(t, err)
		})
		require.EqualError(t, err, "release s v2 is not the active one any more: no release is active (golden_mismatch: row 7)")
	})
	t.Run("when the caller gives up", func(t *testing.T) {
		r := fresh(t)
		ctx, cancel := context.WithCancel(t.Context())
		_, err := fleet.Wait(ctx, r, v2, func(int) { cancel() })
		require.ErrorIs(t, err, context.Canceled)
	})
	t.Run("with the outage when there is nothing else to say", func(t *testing.T) {
		r := fresh(t)
		r.err = &release.Unavailable{Part: release.PartRegistry, Err: context.DeadlineExceeded}
		_, err := fleet.Wait(r.soon(t), r, v2, nil)
		require.ErrorIs(t, err, r.err)
	})
	t.Run("at once for an error that will not pass", func(t *testing.T) {
		r := fresh(t)
		r.err = context.Canceled
		_, err := fleet.Wait(t.Context(), r, v2, nil)
		require.ErrorIs(t, err, context.Canceled)
	})
}

func TestLook(t *testing.T) {
	r := fresh(t)
	_, err := r.Register(t.Context(), release.Record{Strategy: "idle", Version: "v1", ModelPath: "m"})
	require.NoError(t, err)
	r.join(t, "b:1", "a:1", "c:1")
	r.silent["c:1"] = time.Hour
	away := serves("a:1", "", "v9")
	away.Strategy = "gone"
	r.say(t, serves("a:1", "v2", "v2"), serves("b:1", "v1", "v1"), serves("c:1", "v2", "v2"), serves("left:1", "v2", "v2"), away)
	v, err := fleet.Look(t.Context(), r)
	require.NoError(t, err)
	require.Equal(t, []fleet.Strategy{
		{Name: "gone", Live: 2, Silent: []string{"c:1"}},
		{Name: "idle", Live: 2, Silent: []string{"c:1"}},
		{Name: "s", Active: "v2", Live: 2, Serving: 1, Laggards: []fleet.Laggard{{Host: "b:1", Reason: "serves v1, has not taken notice yet"}}, Silent: []string{"c:1"}},
	}, v.Strategies)
	var members []string
	for _, m := range v.Members {
		line := m.Name
		if m.Live {
			line += " live"
		}
		for _, o := range m.Said {
			line += " " + o.Strategy + "=" + o.Serving
		}
		members = append(members, line)
	}
	require.Equal(t, []string{"a:1 live gone=v9 s=v2", "b:1 live s=v1", "c:1 s=v2"}, members)
	d := v.Document()
	require.Len(t, d.Hosts, 3)
	require.Nil(t, d.Strategies[1].Active)
	require.Equal(t, "v2", *d.Strategies[2].Active)
	require.Equal(t, []fleet.LaggardDocument{{Host: "b:1", Reason: "serves v1, has not taken notice yet"}}, d.Strategies[2].Laggards)
	require.GreaterOrEqual(t, d.Hosts[2].SilentSeconds, 3600.0)
}
