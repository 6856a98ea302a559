// Package registrytest is the conformance suite of registry.Registry: what
// every back end must do, errors and concurrency included. A back end's own
// tests call Run and add what is peculiar to it.
package registrytest

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/registry"
	"edgesignal/host/release"
)

// Open makes a new handle on the database of one test, as another process
// would have it. The handle is closed when the test ends.
type Open func(t *testing.T) registry.Registry

// Run holds a back end against the contract. fresh makes an empty database
// and returns how to open handles on it; the handles should poll every few
// milliseconds, if they poll.
func Run(t *testing.T, fresh func(t *testing.T) Open) {
	for _, topic := range []struct {
		name string
		run  func(t *testing.T, fresh func(t *testing.T) Open)
	}{
		{"register", testRegister},
		{"register again", testRegisterAgain},
		{"register refuses", testRegisterRefuses},
		{"get and list", testList},
		{"activate", testActivate},
		{"rollback", testRollback},
		{"fail", testFail},
		{"active change", testActiveChange},
		{"events", testEvents},
		{"digests", testDigests},
		{"observe", testObserve},
		{"hosts", testHosts},
		{"wait", testWait},
		{"errors", testErrors},
		{"concurrency", testConcurrency},
		{"model", testModel},
	} {
		t.Run(topic.name, func(t *testing.T) { topic.run(t, fresh) })
	}
}

const (
	patience = time.Minute           // bounds a test that would hang; none waits for it
	quiet    = 60 * time.Millisecond // how long a Wait without a change is watched
)

// sum returns some valid digest that starts with the two hex digits given.
func sum(start string) string { return start + strings.Repeat("0", 62) }

// full returns a record with every field set that a publisher may set.
func full(strategy, version string) release.Record {
	return release.Record{
		Strategy: strategy, Version: version,
		MLflowRunID: "run-1", MLflowExperimentID: "7",
		ModelPath: "sha256/" + sum("aa"), ModelSHA256: sum("aa"),
		RulePath: "sha256/" + sum("bb"), RuleSHA256: sum("bb"),
		GoldenPath: "sha256/" + sum("cc"), GoldenSHA256: sum("cc"),
		RuleParams:         json.RawMessage(`{"bottom_n":2,"top_n":3}`),
		Config:             json.RawMessage(`{"limits":{"max_gross":1.5}}`),
		PerformanceMetrics: json.RawMessage(`{"ic":0.043}`),
		FeatureSet:         "alpha158",
		CreatedBy:          "ann", Notes: "Grüße, first try",
	}
}

// plain returns a record with nothing set but what must be.
func plain(strategy, version string) release.Record {
	return release.Record{Strategy: strategy, Version: version, ModelPath: "models/" + version + ".txt"}
}

func register(t *testing.T, r registry.Registry, recs ...release.Record) {
	t.Helper()
	for _, rec := range recs {
		_, err := r.Register(t.Context(), rec)
		require.NoError(t, err)
	}
}

func with(rec release.Record, change func(*release.Record)) release.Record {
	change(&rec)
	return rec
}

func ref(strategy, version string) release.Ref {
	return release.Ref{Strategy: strategy, Version: version}
}

func versions(recs []release.Record) []string {
	vs := make([]string, len(recs))
	for i, r := range recs {
		vs[i] = r.Version
	}
	return vs
}

// requireRefusal wants a plain error: neither "try again" nor "not there".
func requireRefusal(t *testing.T, err error) {
	t.Helper()
	require.Error(t, err)
	var gone *release.Unavailable
	require.NotErrorAs(t, err, &gone)
	require.NotErrorIs(t, err, release.ErrNotFound)
	require.NotErrorIs(t, err, context.Canceled)
}

func requireUnavailable(t *testing.T, err error) {
	t.Helper()
	var gone *release.Unavailable
	require.ErrorAs(t, err, &gone)
	require.Equal(t, release.PartRegistry, gone.Part)
}
