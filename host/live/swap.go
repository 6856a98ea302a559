package live

import (
	"context"

	"edgesignal/host/market"
	"edgesignal/host/release"
)

// replace is the swap: one atomic store. The lock only keeps a swap of the
// release and a swap of the market from losing each other.
func (b *Board) replace(s *slot, rec release.Record, rel *Release) {
	b.mu.Lock()
	old := s.current.Swap(&Snapshot{Record: rec, Release: rel, Market: b.market})
	b.mu.Unlock()
	if old != nil && old.Release != rel {
		old.Release.done()
	}
}

// SetMarket puts every strategy on a new market, each with one atomic store,
// after its newest day was scored by every release that serves.
func (b *Board) SetMarket(m *market.Market) {
	b.scoreAll(m)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.setMarket(m)
}

func (b *Board) setMarket(m *market.Market) {
	b.market = m
	b.slots.Range(func(_, v any) bool {
		s := v.(*slot)
		if now := s.current.Load(); now != nil {
			s.current.Store(&Snapshot{Record: now.Record, Release: now.Release, Market: m})
		}
		return true
	})
}

func (b *Board) scoreAll(m *market.Market) {
	for _, name := range b.Strategies() {
		if snap, done, err := b.Current(name); err == nil {
			b.score(b.ctx, m, snap.Release)
			done()
		}
	}
}

// warm scores the newest day with a release that is about to serve, so that
// the first request pays nothing.
func (b *Board) warm(ctx context.Context, rel *Release) {
	// A market that came meanwhile was scored for what served then. It comes
	// so rarely that twice is enough.
	for range 2 {
		m := b.Market()
		b.score(ctx, m, rel)
		if m == b.Market() {
			return
		}
	}
}

// score has the scores of the newest day computed and kept. Where that cannot
// be done now, the first request does it.
func (b *Board) score(ctx context.Context, m *market.Market, rel *Release) {
	if err := b.opt.Scores.Warm(ctx, m, rel.Model, rel.Manifest.ModelSHA256); err != nil {
		b.opt.Log.Warn("the newest day is not scored yet", "strategy", rel.Manifest.Strategy, "version", rel.Manifest.Version, "error", err)
	}
}
