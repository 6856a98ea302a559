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

func TestAt(t *testing.T) {
	events := []release.Event{
		event(1, "v1", "", inactive),
		event(2, "v1", inactive, active),
		event(3, "v2", "", inactive),
		event(4, "v1", active, inactive),
		event(4, "v2", inactive, active),
		event(5, "v3", "", inactive),
		event(6, "v3", inactive, ""),
	}
	stored := []release.Record{
		{ID: 2, Strategy: "s", Version: "v2", Status: active, Notes: "kept"},
		{ID: 1, Strategy: "s", Version: "v1", Status: inactive},
	}
	row := func(version string, s release.Status, activated, deactivated int) release.Record {
		r := release.Record{ID: 1, Strategy: "s", Version: version, Status: s}
		if version == "v2" {
			r.ID, r.Notes = 2, "kept"
		}
		if activated > 0 {
			when := at(activated)
			r.ActivatedAt = &when
		}
		if deactivated > 0 {
			when := at(deactivated)
			r.DeactivatedAt = &when
		}
		return r
	}
	for _, c := range []struct {
		name string
		at   time.Time
		want []release.Record
	}{
		{"before everything", at(0), nil},
		{"at the very time", at(1), []release.Record{row("v1", inactive, 0, 0)}},
		{"just before a change", at(2).Add(-time.Nanosecond), []release.Record{row("v1", inactive, 0, 0)}},
		{"between", at(3).Add(time.Minute), []release.Record{row("v2", inactive, 0, 0), row("v1", active, 2, 0)}},
		{"changes of one transaction count together", at(4), []release.Record{row("v2", active, 4, 0), row("v1", inactive, 2, 4)}},
		{"what was deleted since is left out", at(5), []release.Record{row("v2", active, 4, 0), row("v1", inactive, 2, 4)}},
		{"long after", at(23), []release.Record{row("v2", active, 4, 0), row("v1", inactive, 2, 4)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, registry.At(stored, events, c.at))
			require.Equal(t, active, stored[0].Status, "the rows given stay as they are")
		})
	}
}

func TestParseTime(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       time.Time // zero = refused
	}{
		{"RFC 3339", "2026-11-01T10:00:00Z", at(10)},
		{"another zone", "2026-11-01T12:30:00+02:30", at(10)},
		{"a day", "2026-11-01", at(0)},
		{"nothing", "", time.Time{}},
		{"no zone", "2026-11-01T10:00:00", time.Time{}},
		{"a number", "1793527200", time.Time{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := registry.ParseTime(c.text)
			if c.want.IsZero() {
				require.ErrorContains(t, err, "2026-11-01T10:00:00Z")
				return
			}
			require.NoError(t, err)
			require.True(t, c.want.Equal(got))
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
