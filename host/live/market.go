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
// A release that serves already stays on the market that it serves on.
func (b *Board) replace(s *slot, rec release.Record, rel *Release) {
	b.mu.Lock()
	next := &Snapshot{Record: rec, Release: rel, Market: b.market}
	old := s.current.Load()
	if old != nil && old.Release == rel {
		next.Market = old.Market
	} else {
		s.held.Store(nil)
	}
	s.current.Store(next)
	b.mu.Unlock()
	if old != nil && old.Release != rel {
		old.Release.done()
	}
}

// SetMarket puts every strategy on a new market, each with one atomic store,
// after every release that serves scored its newest day and gave its book
// there. A strategy whose release gives none stays on its old market; held says
// which and why.
func (b *Board) SetMarket(m *market.Market) (held error) {
	tried := trials{}
	for range 2 { // a release may be swapped meanwhile, and is tried then
		b.tryAll(m, tried)
	}
	b.mu.Lock()
	held = b.setMarket(m, tried)
	b.mu.Unlock()
	b.retry()
	return held
}

// score computes the scores of the newest day and keeps them. Where that fails,
// the first request tries again.
func (b *Board) score(ctx context.Context, m *market.Market, rel *Release) {
	if err := b.opt.Scores.Warm(ctx, m, rel.Scored); err != nil {
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
	tried := trials{}
	b.tryAll(m, tried)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.market != nil {
		return false
	}
	if b.marketFault == nil {
		b.marketFault = why
	}
	_ = b.setMarket(m, tried) // each strategy's own status says it
	return true
}
