package sqlite

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/registry"
)

// rejected returns what a host says that serves v1 and was to serve v2.
func rejected(host string, report json.RawMessage) registry.Observation {
	return registry.Observation{
		Host: host, Strategy: "s", Desired: "v2", Serving: "v1", Release: "sha256:" + strings.Repeat("a", 64),
		Since: time.Date(2026, 11, 21, 10, 0, 0, 7e6, time.UTC), Outcome: registry.OutcomeRejected, Detail: "rule_abi: no memory", Report: report,
	}
}

func TestReportIsKeptByteForByte(t *testing.T) {
	r, _ := fresh(t)
	for _, report := range []string{"{\"b\" : 1.0,\n \"a\":[1e400, 1, 1]}", `{"a":1,"a":2}`, `{"a":"\u0000\ud800"}`, `{}`} {
		require.NoError(t, r.Observe(t.Context(), rejected("h:1", json.RawMessage(report))))
		list, err := r.Observations(t.Context(), "s")
		require.NoError(t, err)
		require.Equal(t, report, string(list[0].Report))
	}
}

// What an operator reads with the sqlite3 shell.
func TestPlainSelectOfObservations(t *testing.T) {
	r, db := fresh(t)
	require.NoError(t, r.Observe(t.Context(), rejected("h:1", nil)))
	var line, at string
	var report *string
	require.NoError(t, db.QueryRow(`SELECT host || '|' || desired_version || '|' || serving_version || '|' || release_digest || '|' || serving_since
		|| '|' || outcome || '|' || detail, report, at FROM model_registry_observations`).Scan(&line, &report, &at))
	require.Equal(t, "h:1|v2|v1|sha256:"+strings.Repeat("a", 64)+"|2026-11-21T10:00:00.007Z|rejected|rule_abi: no memory", line)
	require.Nil(t, report)
	require.Regexp(t, `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`, at)
}

func TestTheDatabaseRefusesObservations(t *testing.T) {
	r, db := fresh(t)
	require.NoError(t, r.Observe(t.Context(), rejected("h:1", json.RawMessage(`{"steps":[]}`))))
	want, err := r.Observations(t.Context(), "")
	require.NoError(t, err)
	for _, c := range []struct{ name, set, says string }{
		{"no strategy", "strategy_name = ''", "strategy_name_is_set"},
		{"strategy is NULL", "strategy_name = NULL", "NOT NULL"},
		{"no host", "host = ''", "host_is_set"},
		{"host is NULL", "host = NULL", "NOT NULL"},
		{"desired is empty text", "desired_version = ''", "desired_version_is_set"},
		{"serving is empty text", "serving_version = ''", "serving_version_is_set"},
		{"digest and time of nothing", "serving_version = NULL", "what_serves_is_whole"},
		{"serves without a digest", "release_digest = NULL", "what_serves_is_whole"},
		{"serves without a time", "serving_since = NULL", "what_serves_is_whole"},
		{"digest without sha256:", "release_digest = substr(release_digest, 8)", "release_digest_is_sha256"},
		{"digest too long", "release_digest = release_digest || 'a'", "release_digest_is_sha256"},
		{"digest in capitals", "release_digest = 'sha256:' || upper(substr(release_digest, 8))", "release_digest_is_sha256"},
		{"unknown outcome", "outcome = 'ok'", "outcome_is_known"},
		{"detail is NULL", "detail = NULL", "NOT NULL"},
		{"detail too long", "detail = printf('%.2049c', 'ä')", "detail_is_short"},
		{"report too long", `report = '{"a":"' || printf('%.87379c', '雪') || '"}'`, "report_is_short"},
		{"report is no JSON", "report = '{a:1}'", "report_is_a_json_object"},
		{"report is an array", "report = '[]'", "report_is_a_json_object"},
		{"report is empty text", "report = ''", "report_is_a_json_object"},
		{"report is a blob", "report = x'7b7d'", "BLOB"},
		{"since in another form", "serving_since = '2026-11-21 10:00:00'", "serving_since_is_a_time"},
		{"since is no time", "serving_since = 'yesterday'", "serving_since_is_a_time"},
		{"at in another zone", "at = '2026-11-21T10:00:00.000+01:00'", "at_is_a_time"},
		{"at is a number", "at = '2460000.5'", "at_is_a_time"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := db.ExecContext(t.Context(), "UPDATE model_registry_observations SET "+c.set)
			require.ErrorContains(t, err, c.says)
			got, err := r.Observations(t.Context(), "")
			require.NoError(t, err)
			require.Equal(t, want, got)
		})
	}
}
