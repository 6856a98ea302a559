package score

import (
	"edgesignal/host/feature"
	"edgesignal/host/market"
)

// Kept returns what a predictor keeps of a market, nil for nothing.
func Kept(p *Predictor, m *market.Market) *feature.Kept { return p.plan.find(m) }
