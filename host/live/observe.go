package live

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"edgesignal/host/registry"
	"edgesignal/host/release"
)

// observeTimeout bounds the writing of an observation: serving does not wait
// for a registry that hangs.
const observeTimeout = 5 * time.Second

// observe tells the registry how the last load of a slot went. What cannot be written is
// written after the next load, or when the registry is back.
func (b *Board) observe(s *slot) {
	s.telling.Lock()
	defer s.telling.Unlock()
	st := s.state.Load()
	if st == nil {
		return
	}
	o := registry.Observation{Host: b.opt.Host, Strategy: s.strategy, Desired: st.desired, Outcome: st.outcome()}
	if st.err != nil {
		o.Detail = st.err.Error()
	}
	if snap := s.current.Load(); snap != nil {
		o.Serving, o.Release, o.Since = snap.Record.Version, snap.Release.Digest, snap.Release.LoadedAt
		if o.Serving == o.Desired {
			if text, err := json.Marshal(snap.Release.Report); err == nil && len(text) <= registry.MaxReportBytes {
				o.Report = text
			}
		}
	}
	ctx, cancel := context.WithTimeout(b.ctx, observeTimeout)
	defer cancel()
	if err := b.opt.Registry.Observe(ctx, o); err != nil && !unreachable(err) {
		b.opt.Log.Warn("this host's state is not in the registry", "strategy", s.strategy, "error", err)
	}
}

func (st *state) outcome() registry.Outcome {
	var refused *release.Rejection
	switch {
	case errors.Is(st.err, ErrNoActive):
		return registry.OutcomeNone
	case errors.As(st.err, &refused):
		return registry.OutcomeRejected
	case st.err != nil:
		return registry.OutcomeUnavailable
	case st.activated:
		return registry.OutcomeActivated
	}
	return registry.OutcomeUnchanged
}
