package live

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"edgesignal/host/gate"
	"edgesignal/host/market"
	"edgesignal/host/registry"
	"edgesignal/host/release"
	"edgesignal/host/rule"
	"edgesignal/host/score"
)

// Release holds a release that passed the gate and is ready to answer. All of it
// is of one manifest, and none of it changes.
type Release struct {
	Manifest release.Manifest
	Digest   string           // of Manifest: "sha256:..."
	Params   rule.Params      // Manifest's, accepted by Rule
	Scored   *score.Predictor // what the models of the release predict
	Rule     *rule.Module
	Report   gate.Report
	LoadedAt time.Time // UTC

	// users counts who may still call Rule: 1 for the board while it serves,
	// and 1 for each request under way. At 0 the rule is closed; a count that
	// reached 0 never rises again.
	users atomic.Int64
	free  func() // done; here, so that no request makes a function of it
}

// NewRelease makes a release of what was loaded.
func NewRelease(m release.Manifest, l *gate.Loaded) *Release {
	return &Release{
		Manifest: m, Params: l.Params, Rule: l.Rule, Report: l.Report, Scored: score.NewPredictor(l.Plan, l.Set, l.Model, m.ModelSHA256),
	}
}

// Snapshot is all that one request works with: one release on one market. A
// request takes it once and uses nothing else.
type Snapshot struct {
	Record  release.Record // the registry's row, as last seen
	Release *Release
	Market  *market.Market // nil until a market is loaded
}

func (r *Release) acquire() bool {
	for {
		n := r.users.Load()
		if n == 0 {
			return false
		}
		if r.users.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

func (r *Release) done() {
	if r.users.Add(-1) == 0 {
		_ = r.Rule.Close()
	}
}

// slot is one strategy's place on the board.
type slot struct {
	strategy string
	current  atomic.Pointer[Snapshot] // what serves; nil = nothing yet

	mu      sync.Mutex
	flying  bool
	waiting *flight // the load that has not begun yet

	state   atomic.Pointer[state]   // for people; never decides anything
	held    atomic.Pointer[error]   // why the newest market is not served, or nothing is; nil = it is
	failing atomic.Pointer[failing] // the last book that failed
	telling sync.Mutex              // one at a time tells the registry of it
}

// state holds the result of the last check of the registry.
type state struct {
	desired   string // version; "" = the registry names none
	activated bool   // a load swapped the release
	err       error
	at        time.Time
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

// flight is one load shared by everybody who asked before it began.
type flight struct {
	done    chan struct{}
	outcome Outcome
	err     error
}

// reload waits for a load that begins after this call. It does not join one that
// is under way: that one may have read the registry before the change that the
// caller wants to see.
func (s *slot) reload(ctx context.Context, load func(*slot) (Outcome, error)) (Outcome, error) {
	s.mu.Lock()
	f := s.waiting
	if f == nil {
		f = &flight{done: make(chan struct{})}
		s.waiting = f
		if !s.flying {
			s.flying = true
			go s.fly(load)
		}
	}
	s.mu.Unlock()
	select {
	case <-f.done:
		return f.outcome, f.err
	case <-ctx.Done():
		return Outcome{}, ctx.Err()
	}
}

func (s *slot) fly(load func(*slot) (Outcome, error)) {
	for {
		s.mu.Lock()
		f := s.waiting
		s.waiting = nil
		s.flying = f != nil
		s.mu.Unlock()
		if f == nil {
			return
		}
		f.outcome, f.err = load(s)
		close(f.done)
	}
}

// serving returns the version that serves, "" when none does.
func (s *slot) serving() string {
	if snap := s.current.Load(); snap != nil {
		return snap.Record.Version
	}
	return ""
}

// sameRow reports whether two rows are one release with one content.
func sameRow(a, b *release.Record) bool {
	return a.ID == b.ID && a.Ref() == b.Ref() && registry.SameContent(*a, *b) == nil
}
