package fleet

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"edgesignal/host/registry"
	"edgesignal/host/release"
)

// judge says which live hosts serve version of a strategy.
func judge(members []Member, strategy, version string) Strategy {
	s := Strategy{Name: strategy, Active: version}
	var digests []string
	for i := range members {
		m := &members[i]
		if !m.Live {
			s.Silent = append(s.Silent, m.Name)
			continue
		}
		s.Live++
		if version == "" {
			continue
		}
		o := m.of(strategy)
		if why := behind(o, version); why != "" {
			s.Laggards = append(s.Laggards, Laggard{m.Name, why})
			continue
		}
		s.Serving++
		if !slices.Contains(digests, o.Release) {
			digests = append(digests, o.Release)
		}
	}
	if len(digests) > 1 {
		// One version, several manifests: hosts with other TOP_N and BOTTOM_N,
		// or another stock rule in their binary.
		s.Serving, s.Laggards = 0, nil
		for i := range members {
			if m := &members[i]; m.Live {
				why := behind(m.of(strategy), version)
				if why == "" {
					why = "serves it as " + m.of(strategy).Release + ", other hosts with other parameters or another rule"
				}
				s.Laggards = append(s.Laggards, Laggard{m.Name, why})
			}
		}
	}
	s.Converged = version != "" && s.Live > 0 && len(s.Laggards) == 0
	return s
}

// of returns what a host said of a strategy, nil = nothing.
func (m *Member) of(strategy string) *registry.Observation {
	for i := range m.Said {
		if m.Said[i].Strategy == strategy {
			return &m.Said[i]
		}
	}
	return nil
}

// behind returns why a host does not serve version, "" = it does.
func behind(o *registry.Observation, version string) string {
	switch {
	case o == nil:
		return "has said nothing of the strategy yet"
	case o.Serving == version && o.Desired == version && (o.Detail == "" || o.Outcome == registry.OutcomeActivated || o.Outcome == registry.OutcomeUnchanged):
		return "" // what it says beside that, of its market or of books that failed, is not about the swap
	}
	serves := "serves nothing"
	if o.Serving != "" {
		serves = "serves " + o.Serving
	}
	switch {
	case o.Desired != version && o.Detail == "":
		return serves + ", has not taken notice yet"
	case o.Detail != "":
		return fmt.Sprintf("%s: %s", serves, o.Detail)
	}
	return fmt.Sprintf("%s, %s", serves, o.Outcome)
}

// NotConverged is the error of Wait: who does not serve a release, and why.
type NotConverged struct {
	Ref      release.Ref
	Strategy // Laggards: none = no host is live
}

func (e *NotConverged) Error() string {
	if len(e.Laggards) == 0 {
		return fmt.Sprintf("release %s: no host is live that could serve it%s", e.Ref, e.silence())
	}
	lines := make([]string, len(e.Laggards))
	for i, l := range e.Laggards {
		lines[i] = l.Host + " " + l.Reason
	}
	return fmt.Sprintf("release %s is not served by %d of %d live hosts: %s%s", e.Ref, len(e.Laggards), e.Live, strings.Join(lines, "; "), e.silence())
}

func (e *NotConverged) silence() string {
	if len(e.Silent) == 0 {
		return ""
	}
	return "; silent, and not counted: " + strings.Join(e.Silent, ", ")
}

// Superseded is the error of Wait when the registry wants something else by
// then: another release became active, or this one failed.
type Superseded struct {
	Ref    release.Ref
	Active string // version; "" = none
	Why    string // of the change, as the history has it
}

func (e *Superseded) Error() string {
	now := "no release is active"
	if e.Active != "" {
		now = e.Active + " is active"
	}
	why := ""
	if e.Why != "" {
		why = " (" + e.Why + ")"
	}
	return fmt.Sprintf("release %s is not the active one any more: %s%s", e.Ref, now, why)
}

// look is how often Wait looks.
const look = 50 * time.Millisecond

// Wait returns as soon as every live host serves ref and at least one is live,
// and what it then saw. When ctx's time is up first it is *NotConverged,
// or what kept it from seeing the fleet; ctx's error when the caller gave up; *Superseded as soon as ref is
// not what the registry wants; and the registry's own errors, but for outages,
// which it waits out. progress, which may be nil, is told how many hosts serve
// ref at each look.
func Wait(ctx context.Context, r registry.Registry, ref release.Ref, progress func(serving int)) (Strategy, error) {
	tick := time.NewTicker(look)
	defer tick.Stop()
	last := fmt.Errorf("release %s: waiting for the hosts: %w", ref, context.DeadlineExceeded)
	for {
		s, err := one(ctx, r, ref)
		if err == nil && progress != nil {
			progress(s.Serving)
		}
		var gone *release.Unavailable
		switch {
		case ctx.Err() != nil: // what was read may be half
		case errors.As(err, &gone):
			last = err
		case err != nil:
			return s, err
		case s.Converged:
			return s, nil
		default:
			last = &NotConverged{Ref: ref, Strategy: s}
		}
		select {
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.Canceled) {
				return s, ctx.Err()
			}
			return s, last
		case <-tick.C:
		}
	}
}

// one looks at one release.
func one(ctx context.Context, r registry.Registry, ref release.Ref) (Strategy, error) {
	said, err := r.Observations(ctx, ref.Strategy)
	if err != nil {
		return Strategy{}, err
	}
	hosts, err := r.Hosts(ctx)
	if err != nil {
		return Strategy{}, err
	}
	now, err := r.Active(ctx, ref.Strategy)
	if err != nil && !errors.Is(err, release.ErrNotFound) {
		return Strategy{}, err
	}
	if now.Version != ref.Version {
		last, err := r.ActiveChange(ctx, ref.Strategy)
		if err != nil && !errors.Is(err, release.ErrNotFound) {
			return Strategy{}, err
		}
		return Strategy{}, &Superseded{Ref: ref, Active: now.Version, Why: last.Why}
	}
	return judge(join(hosts, said), ref.Strategy, ref.Version), nil
}
