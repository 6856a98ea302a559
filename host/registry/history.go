package registry

import (
	"context"
	"fmt"
	"time"

	"edgesignal/host/release"
)

// At returns records, in their order, as they were at a time by the events of
// their strategies: those that existed, with the status that they had and the
// times of becoming active and ceasing to be until then. A change counts from
// its own time on.
func At(records []release.Record, events []release.Event, at time.Time) []release.Record {
	then := make(map[release.Ref]*release.Record, len(records))
	for _, r := range records {
		r.Status, r.ActivatedAt, r.DeactivatedAt = "", nil, nil
		then[r.Ref()] = &r
	}
	for _, e := range events {
		if e.At.After(at) {
			break // events never go back in time
		}
		r := then[release.Ref{Strategy: e.Strategy, Version: e.Version}]
		if r == nil {
			continue // deleted since
		}
		r.Status = e.To // "" for an earlier row of the same name that was deleted
		when := e.At
		if e.To == release.Active {
			r.ActivatedAt = &when
		}
		if e.From == release.Active {
			r.DeactivatedAt = &when
		}
	}
	var list []release.Record
	for _, r := range records {
		if was := then[r.Ref()]; was.Status != "" {
			list = append(list, *was)
		}
	}
	return list
}

// ListAt returns what List would have given at a time, but for what changes
// without an event and for rows that were deleted since.
func ListAt(ctx context.Context, r Registry, strategy string, at time.Time) ([]release.Record, error) {
	records, err := r.List(ctx, strategy)
	if err != nil {
		return nil, err
	}
	events, err := r.Events(ctx, strategy)
	if err != nil {
		return nil, err
	}
	return At(records, events, at), nil
}

// ParseTime reads a time of the history: RFC 3339, or YYYY-MM-DD for the
// first moment of that day in UTC.
func ParseTime(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t, err = time.Parse(time.DateOnly, s)
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("%q: a time such as 2026-11-01T10:00:00Z or a day such as 2026-11-01 is expected", s)
	}
	return t, nil
}

// Previous returns the version that a rollback of a strategy goes back to, by the
// strategy's events: the one that was last active before the one that is, and
// has not failed. Where none is active it is the one that was last, or, if
// that one failed, the one before it. false = there is none.
func Previous(events []release.Event) (version string, ok bool) {
	now := map[string]release.Status{}
	for _, e := range events {
		now[e.Version] = e.To
	}
	for i := len(events) - 1; i >= 0; i-- {
		e := &events[i]
		if e.To != release.Active {
			continue
		}
		if s := now[e.Version]; s != release.Active && s != release.Failed {
			return e.Version, true
		}
	}
	return "", false
}
