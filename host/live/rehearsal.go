package live

import (
	"context"
	"errors"
	"fmt"

	"edgesignal/host/market"
	"edgesignal/host/release"
)

// rehearse builds the release's own book of a market's newest day. An error is
// a *release.Rejection with RehearsalFailed, which says nothing of other hosts,
// or the context's.
func (b *Board) rehearse(ctx context.Context, rec release.Record, rel *Release, m *market.Market) error {
	if b.opt.Rehearse == nil || m == nil {
		return nil
	}
	err := b.opt.Rehearse(ctx, &Snapshot{Record: rec, Release: rel, Market: m})
	if err == nil || ctx.Err() != nil {
		return err
	}
	return RehearsalFailed(m, err)
}

// RehearsalFailed returns the refusal of a release that gives no book of a
// market's newest day.
func RehearsalFailed(m *market.Market, err error) *release.Rejection {
	return release.Reject(release.RehearsalFailed, "the book of %s on this market: %v", m.Last(), err)
}

// readied scores and rehearses a release that is about to serve on the market
// that serves now.
func (b *Board) readied(ctx context.Context, rec release.Record, rel *Release) error {
	// A market that comes meanwhile was tried with the release that served then.
	// Markets come so rarely that a second try is enough.
	for range 2 {
		m := b.Market()
		b.score(ctx, m, rel)
		if err := b.rehearse(ctx, rec, rel, m); err != nil {
			return err
		}
		if m == b.Market() {
			break
		}
	}
	return nil
}

// trials is what came of rehearsing what serves on a new market: by release.
type trials map[*Release]error

// tryAll scores and rehearses every release that serves on a new market.
func (b *Board) tryAll(m *market.Market, done trials) {
	for _, name := range b.Strategies() {
		snap, release, err := b.Current(name)
		if err != nil {
			continue
		}
		if _, tried := done[snap.Release]; !tried {
			b.score(b.ctx, m, snap.Release)
			done[snap.Release] = b.rehearse(b.ctx, snap.Record, snap.Release, m)
		}
		release()
	}
}

// setMarket puts every strategy on a new market whose release gives its book
// there. One that does not stays on the market that it has; without one it
// serves nothing. The caller holds mu.
func (b *Board) setMarket(m *market.Market, tried trials) (held error) {
	b.market = m
	b.slots.Range(func(_, v any) bool {
		s := v.(*slot)
		now := s.current.Load()
		if now == nil {
			return true
		}
		err := tried[now.Release]
		switch {
		case err == nil:
			s.current.Store(&Snapshot{Record: now.Record, Release: now.Release, Market: m})
			s.held.Store(nil)
			return true
		case now.Market == nil:
			s.current.Store(nil)
			now.Release.done()
		}
		err = fmt.Errorf("strategy %s: %w", s.strategy, err)
		s.held.Store(&err)
		held = errors.Join(held, err)
		return true
	})
	return held
}

// retry loads again what a rehearsal refused: the market is another one now.
func (b *Board) retry() {
	for _, name := range b.Strategies() {
		s := b.find(name)
		b.observe(s)
		if st := s.state.Load(); s.current.Load() == nil && s.held.Load() != nil || st != nil && rehearsalFailed(st.err) {
			b.background(func() { _, _ = b.Reload(b.ctx, name) })
		}
	}
}

// background runs f unless the board is closed; Close waits for it.
func (b *Board) background(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.closed {
		b.loads.Go(f)
	}
}

func rehearsalFailed(err error) bool {
	var refused *release.Rejection
	return errors.As(err, &refused) && refused.Reason == release.RehearsalFailed
}
