package registrytest

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/registry"
)

// report returns a JSON object of n bytes, in characters of three bytes as far as
// they go.
func report(n int) json.RawMessage {
	n -= len(`{"a":""}`)
	return json.RawMessage(`{"a":"` + strings.Repeat("雪", n/3) + strings.Repeat("x", n%3) + `"}`)
}

func testObserveSizes(t *testing.T, r registry.Registry) {
	o := served("s", "h:1")
	o.Report = report(registry.MaxReportBytes)
	o.Detail = "rule_abi: \x00\xff\n" + strings.Repeat("雪", 1<<20)
	observe(t, r, o)
	got := observations(t, r, "s")[0]
	require.JSONEq(t, string(o.Report), string(got.Report))
	require.Equal(t, registry.OneLine(o.Detail), got.Detail)
	require.LessOrEqual(t, len(got.Detail), registry.MaxLineBytes)

	o.Report = report(registry.MaxReportBytes + 1)
	err := r.Observe(t.Context(), o)
	requireRefusal(t, err)
	require.ErrorContains(t, err, "262145")
	require.Equal(t, []registry.Observation{got}, observations(t, r, "s"))
}

func testObserveRefuses(t *testing.T, r registry.Registry) {
	observe(t, r, served("s", "h:1"))
	want := observations(t, r, "")
	for _, c := range []struct {
		name   string
		change func(*registry.Observation)
		says   string
	}{
		{"no host", func(o *registry.Observation) { o.Host = "" }, "host is not set"},
		{"line break in the host", func(o *registry.Observation) { o.Host = "h\n1" }, "host"},
		{"no strategy", func(o *registry.Observation) { o.Strategy = "" }, "strategy is not set"},
		{"NUL in the strategy", func(o *registry.Observation) { o.Strategy = "s\x00" }, "strategy"},
		{"no UTF-8 in the desired version", func(o *registry.Observation) { o.Desired = "\xff" }, "desired"},
		{"tab in the serving version", func(o *registry.Observation) { o.Serving = "v\t1" }, "serving"},
		{"no outcome", func(o *registry.Observation) { o.Outcome = "" }, "outcome"},
		{"unknown outcome", func(o *registry.Observation) { o.Outcome = "Activated" }, "Activated"},
		{"serves, no digest", func(o *registry.Observation) { o.Release = "" }, "go together"},
		{"serves, no time", func(o *registry.Observation) { o.Since = time.Time{} }, "go together"},
		{"digest and time of nothing", func(o *registry.Observation) { o.Serving = "" }, "go together"},
		{"digest of nothing", func(o *registry.Observation) { o.Serving, o.Since = "", time.Time{} }, "go together"},
		{"time of nothing", func(o *registry.Observation) { o.Serving, o.Release = "", "" }, "go together"},
		{"digest without sha256:", func(o *registry.Observation) { o.Release = sum("ab") }, "sha256:"},
		{"digest too short", func(o *registry.Observation) { o.Release = "sha256:ab" }, "sha256:"},
		{"digest in capitals", func(o *registry.Observation) { o.Release = "sha256:" + sum("AB") }, "sha256:"},
		{"report is an array", func(o *registry.Observation) { o.Report = json.RawMessage(`[]`) }, "report"},
		{"report is null", func(o *registry.Observation) { o.Report = json.RawMessage(`null`) }, "report"},
		{"report is cut off", func(o *registry.Observation) { o.Report = json.RawMessage(`{"a":1`) }, "report"},
		{"report with something behind", func(o *registry.Observation) { o.Report = json.RawMessage(`{}{}`) }, "report"},
		{"no UTF-8 in the report", func(o *registry.Observation) { o.Report = json.RawMessage("{\"a\":\"\xff\"}") }, "report"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := served("s", "h:1")
			c.change(&o)
			err := r.Observe(t.Context(), o)
			requireRefusal(t, err)
			require.ErrorContains(t, err, c.says)
			require.Equal(t, want, observations(t, r, ""))
		})
	}
}
