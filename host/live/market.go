package live

import (
	"context"

	"edgesignal/host/market"
	"edgesignal/host/release"
)

// Market returns the newest market, nil until one is loaded.
func (b *Board) Market() *market.Market {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.market
}

// replace swaps a slot's release with one atomic store. Readers take no lock;
// the one here keeps a new release and a new market from overwriting each other.
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
	// A market that came meanwhile was scored for the release that served then.
	// Markets come so rarely that a second try is enough.
	for range 2 {
		m := b.Market()
		b.score(ctx, m, rel)
		if m == b.Market() {
			return
		}
	}
}

// score computes the scores of the newest day and keeps them. Where that fails,
// the first request tries again.
func (b *Board) score(ctx context.Context, m *market.Market, rel *Release) {
	if err := b.opt.Scores.Warm(ctx, m, rel.Model, rel.Manifest.ModelSHA256); err != nil {
		b.opt.Log.Warn("the newest day is not scored yet", "strategy", rel.Manifest.Strategy, "version", rel.Manifest.Version, "error", err)
	}
}

// SetMarketFault notes why the newest market cannot be had from its source,
// nil = it can. What serves goes on serving.
func (b *Board) SetMarketFault(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.marketFault = err
}

func (b *Board) lostMarket() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.marketFault
}

// RestoreMarket serves a market that served before this process began, unless
// one serves already, which is newer. why is the market's fault until another
// is known.
func (b *Board) RestoreMarket(m *market.Market, why error) (done bool) {
	b.scoreAll(m)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.market != nil {
		return false
	}
	if b.marketFault == nil {
		b.marketFault = why
	}
	b.setMarket(m)
	return true
}
