package live

import "edgesignal/host/market"

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

// RestoreMarket returns SetMarket for a market that served once, unless one serves
// already: that is newer. why is the fault until another is known.
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
