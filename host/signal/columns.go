package signal

import (
	"fmt"

	"edgesignal/host/market"
	"edgesignal/host/portfolio"
)

// columns computes the named extra columns for the members on a calendar day:
// one value a member, in their order.
//
// A value depends on the market, the strategy's own universe, the day and the
// symbol, and previous_weight on the query's weights; never on which other
// symbols were asked for. All arithmetic is in float64 in one order, and every
// NaN is math.NaN(), so that a rule is given the same bytes on every machine.
func (e *Engine) columns(names []string, m *market.Market, day int, members []member, previous map[string]float64) (map[string][]float64, error) {
	columns := make(map[string][]float64, len(names))
	for _, name := range names {
		value := e.column(name, m, day, previous)
		if value == nil {
			return nil, fmt.Errorf("column %q is not one that this host provides", name)
		}
		values := make([]float64, len(members))
		for i, mb := range members {
			values[i] = value(mb)
		}
		columns[name] = values
	}
	return columns, nil
}

// column is how a column gets a member's value, nil for a name that
// portfolio.Columns does not list.
func (e *Engine) column(name string, m *market.Market, day int, previous map[string]float64) func(member) float64 {
	switch name {
	case portfolio.PreviousWeight:
		return func(mb member) float64 { return previous[mb.series.Symbol] }
	case portfolio.Close:
		return func(mb member) float64 { return closeAt(mb.series, mb.row) }
	case portfolio.Volatility20D:
		return volatility20d
	case portfolio.DollarVolume20D:
		return dollarVolume20d
	case portfolio.Sector:
		return func(mb member) float64 { return sector(m.Sectors, mb.series.Sector) }
	case portfolio.Beta60D:
		against := universeReturns(e.own(m), day)
		return func(mb member) float64 { return beta60d(mb, &against) }
	default:
		return nil
	}
}
