package live

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"edgesignal/host/registry"
	"edgesignal/host/release"
)

// slot is one strategy's place on the board.
type slot struct {
	strategy string
	current  atomic.Pointer[Snapshot] // what serves; nil = nothing yet

	mu      sync.Mutex
	flying  bool
	waiting *flight // the load that has not begun yet

	state   atomic.Pointer[state] // for people; never decides anything
	telling sync.Mutex            // one at a time tells the registry of it
}

// state is what the last check of the registry came to.
type state struct {
	desired   string // version; "" = the registry names none
	activated bool   // a load swapped the release
	err       error
	at        time.Time
}

// flight is one load shared by everybody who asked before it began.
type flight struct {
	done    chan struct{}
	outcome Outcome
	err     error
}

// reload waits for a load that begins after this call. Joining one that is
// already under way would not do: it may have read the registry before the
// change that the caller wants to see.
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
