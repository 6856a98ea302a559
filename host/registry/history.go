package registry

import (
	"time"

	"edgesignal/host/release"
)

// StatusAt is the status that each release had at a time, by the events, in
// the order in which the registry gives them. A release that did not exist
// then is not in it. A change counts from its own time on.
func StatusAt(events []release.Event, at time.Time) map[release.Ref]release.Status {
	then := map[release.Ref]release.Status{}
	for _, e := range events {
		if e.At.After(at) {
			break // events never go back in time
		}
		ref := release.Ref{Strategy: e.Strategy, Version: e.Version}
		if e.To == "" {
			delete(then, ref)
			continue
		}
		then[ref] = e.To
	}
	return then
}

// Previous is the version that a rollback of a strategy goes back to, by the
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
