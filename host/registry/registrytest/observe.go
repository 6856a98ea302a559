package registrytest

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/registry"
)

// served returns an observation with every field set that a host may set.
func served(strategy, host string) registry.Observation {
	return registry.Observation{
		Host: host, Strategy: strategy, Desired: "v2", Serving: "v1", Release: "sha256:" + sum("ab"),
		Since:   time.Date(2026, 11, 21, 10, 0, 0, 123e6, time.UTC),
		Outcome: registry.OutcomeRejected, Detail: "golden_mismatch: Grüße, predictions.rows[7]",
		Report: json.RawMessage(`{"steps":[{"name":"model","ms":1.25}],"golden":{"worst":1e-12,"name":"a\u0000b"}}`),
	}
}

func testObserve(t *testing.T, fresh func(t *testing.T) Open) {
	t.Run("every field is kept", func(t *testing.T) {
		open := fresh(t)
		given := served("s", "host-1:8001")
		given.At = time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC) // the database's to set
		observe(t, open(t), given)
		got := observations(t, open(t), "s")
		require.Len(t, got, 1)
		require.WithinDuration(t, time.Now(), got[0].At, time.Minute)
		require.Equal(t, time.UTC, got[0].At.Location())
		given.At = got[0].At
		requireSameObservation(t, given, got[0])
	})
	t.Run("what is not given is empty, zero or nil", func(t *testing.T) {
		r := fresh(t)(t)
		given := registry.Observation{Host: "host-1:8001", Strategy: "nobody knows it", Outcome: registry.OutcomeNone}
		observe(t, r, given)
		got := observations(t, r, "nobody knows it")
		require.Len(t, got, 1)
		given.At = got[0].At
		require.Equal(t, given, got[0])
	})
	t.Run("the later one replaces all of the earlier one", func(t *testing.T) {
		r := fresh(t)(t)
		observe(t, r, served("s", "host-1:8001"), served("s", "host-2:8001"), served("other", "host-1:8001"))
		before := observations(t, r, "")
		later := registry.Observation{Host: "host-1:8001", Strategy: "s", Outcome: registry.OutcomeUnavailable, Detail: "store unavailable"}
		observe(t, r, later)
		after := observations(t, r, "")
		require.Len(t, after, 3)
		require.Equal(t, before[0], after[0])
		require.Equal(t, before[2], after[2])
		require.False(t, after[1].At.Before(before[1].At))
		later.At = after[1].At
		require.Equal(t, later, after[1])
	})
	t.Run("order and names are by bytes", func(t *testing.T) {
		r := fresh(t)(t)
		require.Empty(t, observations(t, r, ""))
		for _, o := range [][2]string{{"b", "h:2"}, {"ä", "h:1"}, {"a", "h:1"}, {"b", "h:10"}, {"B", "h:1"}, {"b", "H:1"}} {
			observe(t, r, served(o[0], o[1]))
		}
		names := func(strategy string) (all []string) {
			for _, o := range observations(t, r, strategy) {
				all = append(all, o.Strategy+" "+o.Host)
			}
			return all
		}
		require.Equal(t, []string{"B h:1", "a h:1", "b H:1", "b h:10", "b h:2", "ä h:1"}, names(""))
		require.Equal(t, []string{"b H:1", "b h:10", "b h:2"}, names("b"))
		require.Empty(t, names("%"))
	})
	t.Run("since is kept in UTC and milliseconds", func(t *testing.T) {
		r := fresh(t)(t)
		o := served("s", "h:1")
		o.Since = time.Date(2026, 11, 21, 10, 0, 0, 999_999_999, time.FixedZone("", 3600))
		observe(t, r, o)
		require.Equal(t, time.Date(2026, 11, 21, 9, 0, 0, 999e6, time.UTC), observations(t, r, "s")[0].Since)
	})
	outcomes := fresh(t)(t)
	for _, outcome := range []registry.Outcome{
		registry.OutcomeActivated, registry.OutcomeUnchanged, registry.OutcomeRejected, registry.OutcomeUnavailable, registry.OutcomeNone,
	} {
		t.Run("outcome "+string(outcome), func(t *testing.T) {
			o := served(string(outcome), "h:1")
			o.Outcome = outcome
			observe(t, outcomes, o)
			require.Equal(t, outcome, observations(t, outcomes, o.Strategy)[0].Outcome)
		})
	}
	t.Run("sizes", func(t *testing.T) { testObserveSizes(t, fresh(t)(t)) })
	t.Run("refuses", func(t *testing.T) { testObserveRefuses(t, fresh(t)(t)) })
	t.Run("several hosts at once", func(t *testing.T) { testObserveAtOnce(t, fresh(t)) })
	t.Run("leaves no event", func(t *testing.T) {
		r := fresh(t)(t)
		register(t, r, plain("s", "v1"))
		want := history(t, r, "")
		observe(t, r, served("s", "h:1"))
		require.Equal(t, want, history(t, r, ""))
		list, err := r.List(t.Context(), "")
		require.NoError(t, err)
		require.Equal(t, []string{"v1"}, versions(list))
	})
}

func observe(t *testing.T, r registry.Registry, all ...registry.Observation) {
	t.Helper()
	for _, o := range all {
		require.NoError(t, r.Observe(t.Context(), o))
	}
}

func observations(t *testing.T, r registry.Registry, strategy string) []registry.Observation {
	t.Helper()
	list, err := r.Observations(t.Context(), strategy)
	require.NoError(t, err)
	return list
}

// requireSameObservation compares observations, the report by value.
func requireSameObservation(t *testing.T, want, got registry.Observation) {
	t.Helper()
	require.JSONEq(t, string(want.Report), string(got.Report))
	want.Report, got.Report = nil, nil
	require.Equal(t, want, got)
}
