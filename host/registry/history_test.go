package registry_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/registry"
	"edgesignal/host/release"
)

func at(hour int) time.Time { return time.Date(2026, 11, 1, hour, 0, 0, 0, time.UTC) }

func event(hour int, version string, from, to release.Status) release.Event {
	return release.Event{Strategy: "s", Version: version, From: from, To: to, At: at(hour)}
}

const (
	inactive = release.Inactive
	active   = release.Active
	failed   = release.Failed
)

func TestStatusAt(t *testing.T) {
	events := []release.Event{
		event(1, "v1", "", inactive),
		event(2, "v1", inactive, active),
		event(3, "v2", "", inactive),
		event(4, "v1", active, inactive),
		event(4, "v2", inactive, active),
		event(5, "v3", "", inactive),
		event(6, "v3", inactive, ""),
	}
	for _, c := range []struct {
		name string
		at   time.Time
		want map[string]release.Status
	}{
		{"before everything", at(0), map[string]release.Status{}},
		{"at the very time", at(1), map[string]release.Status{"v1": inactive}},
		{"just before a change", at(2).Add(-time.Nanosecond), map[string]release.Status{"v1": inactive}},
		{"between", at(3).Add(time.Minute), map[string]release.Status{"v1": active, "v2": inactive}},
		{"changes of one transaction count together", at(4), map[string]release.Status{"v1": inactive, "v2": active}},
		{"deleted since", at(5), map[string]release.Status{"v1": inactive, "v2": active, "v3": inactive}},
		{"deleted", at(6), map[string]release.Status{"v1": inactive, "v2": active}},
		{"long after", at(23), map[string]release.Status{"v1": inactive, "v2": active}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := map[string]release.Status{}
			for ref, s := range registry.StatusAt(events, c.at) {
				require.Equal(t, "s", ref.Strategy)
				got[ref.Version] = s
			}
			require.Equal(t, c.want, got)
		})
	}
}

func TestPrevious(t *testing.T) {
	for _, c := range []struct {
		name   string
		events []release.Event
		want   string
	}{
		{"nothing", nil, ""},
		{"never active", []release.Event{event(1, "v1", "", inactive)}, ""},
		{"the first is active", []release.Event{event(1, "v1", "", active)}, ""},
		{"two", []release.Event{event(1, "v1", "", active), event(2, "v1", active, inactive), event(2, "v2", "", active)}, "v1"},
		{"taken out of service by hand", []release.Event{event(1, "v1", "", active), event(2, "v1", active, inactive)}, "v1"},
		{"the active one failed", []release.Event{
			event(1, "v1", "", active), event(2, "v1", active, inactive), event(2, "v2", "", active), event(3, "v2", active, failed),
		}, "v1"},
		{"the one before failed since", []release.Event{
			event(1, "v0", "", active), event(2, "v0", active, inactive),
			event(2, "v1", "", active), event(3, "v1", active, failed), event(4, "v2", "", active),
		}, "v0"},
		{"failed, and mended since", []release.Event{
			event(1, "v1", "", active), event(2, "v1", active, failed), event(3, "v2", "", active), event(4, "v1", failed, inactive),
		}, "v1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := registry.Previous(c.events)
			require.Equal(t, c.want, got)
			require.Equal(t, c.want != "", ok)
		})
	}
}
