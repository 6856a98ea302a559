package live

import (
	"fmt"
	"time"

	"edgesignal/host/market"
)

// failingFor is how long a failed book makes its strategy degraded.
const failingFor = 10 * time.Minute

// failing is the last book of a strategy that failed, and on what.
type failing struct {
	release *Release
	market  *market.Market
	err     error
	at      time.Time
}

// Failed notes that a book failed that a snapshot's own release was to give,
// with its own parameters. The strategy is degraded until it serves another
// release or market, or no book has failed for 10 minutes.
func (b *Board) Failed(snap *Snapshot, err error) {
	s := b.find(snap.Record.Strategy)
	if s == nil {
		return
	}
	before := b.failing(s)
	s.failing.Store(&failing{snap.Release, snap.Market, err, b.opt.Now()})
	if before == nil {
		b.opt.Log.Error("a book failed", "strategy", s.strategy, "version", snap.Record.Version, "error", err)
		b.background(func() { b.observe(s) })
	}
}

// failing returns why a strategy's books fail, nil = they do not.
func (b *Board) failing(s *slot) error {
	f, snap := s.failing.Load(), s.current.Load()
	if f == nil || snap == nil || f.release != snap.Release || f.market != snap.Market || b.opt.Now().Sub(f.at) > failingFor {
		return nil
	}
	return fmt.Errorf("strategy %s %s: a book failed at %s: %w", s.strategy, snap.Record.Version, f.at.UTC().Format(time.RFC3339), f.err)
}

// trouble returns why a strategy is not served as it should be, nil = it is.
func (b *Board) trouble(s *slot) error {
	if st := s.state.Load(); st != nil && st.err != nil {
		return st.err
	}
	if held := s.held.Load(); held != nil {
		return *held
	}
	return b.failing(s)
}
