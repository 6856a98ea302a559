package signal

import (
	"context"
	"fmt"

	"edgesignal/host/market"
	"edgesignal/host/memo"
	"edgesignal/host/portfolio"
	"edgesignal/host/score"
)

// member is a symbol that can be scored on the day.
type member struct {
	series *market.Series
	row    int
}

// dayOf is a day of a market, seen by a release.
type dayOf struct {
	market *market.Market
	day    int
	gaps   []score.Gap // of the market's series
	set    string      // names the feature set, whose universe gaps show
}

// columns returns the named extra columns for series (ascending) on a calendar
// day: one value a series, in their order.
//
// A value depends on the market, the strategy's own universe, the day and the
// symbol, and previous_weight on the query's weights; never on which other
// symbols were asked for. All arithmetic is in float64 in one order, and every
// NaN is math.NaN(), so that a rule is given the same bytes on every machine.
func (e *Engine) columns(ctx context.Context, names []string, of dayOf, series []int32, previous map[string]float64) (map[string][]float64, error) {
	m, day := of.market, of.day
	columns := make(map[string][]float64, len(names))
	for _, name := range names {
		values := make([]float64, len(series))
		switch {
		case !portfolio.ProvidedColumns[name]:
			return nil, fmt.Errorf("column %q is not one that this host provides", name)
		case name == portfolio.PreviousWeight:
			for k, i := range series {
				values[k] = previous[m.Series[i].Symbol]
			}
		case e.Columns == nil:
			value := e.column(name, of)
			for k, i := range series {
				values[k] = value(member{m.Series[i], day - m.Series[i].First})
			}
		default:
			all, err := e.wholeColumn(ctx, name, of)
			if err != nil {
				return nil, err
			}
			for k, i := range series {
				values[k] = all[i]
			}
		}
		columns[name] = values
	}
	return columns, nil
}

// ColumnCache keeps extra columns of whole markets between books.
type ColumnCache = memo.Cache[ColumnKey, []float64]

// ColumnKey names a column's values: one a series of the market, in their order.
type ColumnKey struct {
	market string // its revision
	day    int
	name   string
	set    string // whose universe it depends on; "" = on none
}

// NewColumnCache makes a cache of about limit bytes, nil where that is 0. It
// is for one Engine: beta depends on its universe.
func NewColumnCache(limit int64) *ColumnCache {
	return memo.New(limit, func(k ColumnKey, v []float64) int64 {
		return int64(len(k.market) + len(k.name) + len(k.set) + 8*len(v))
	})
}

// wholeColumn returns a column for every series of a market, and keeps it.
func (e *Engine) wholeColumn(ctx context.Context, name string, of dayOf) ([]float64, error) {
	m, day := of.market, of.day
	key := ColumnKey{market: m.Revision, day: day, name: name}
	if name == portfolio.Beta60D {
		key.set = of.set
	}
	return e.Columns.Do(ctx, key, func() ([]float64, error) {
		all, value := make([]float64, len(m.Series)), e.column(name, of)
		for i, s := range m.Series {
			all[i] = value(member{s, day - s.First})
		}
		return all, nil
	})
}

// column returns how a provided column other than previous_weight gets a member's
// value. A member outside its history has none, which is NaN.
func (e *Engine) column(name string, of dayOf) func(member) float64 {
	m, day := of.market, of.day
	switch name {
	case portfolio.Close:
		return func(mb member) float64 { return closeAt(mb.series, mb.row) }
	case portfolio.Volatility20D:
		return volatility20d
	case portfolio.DollarVolume20D:
		return dollarVolume20d
	case portfolio.Sector:
		return func(mb member) float64 { return sector(m.Sectors, mb.series.Sector) }
	case portfolio.Beta60D:
		against := universeReturns(e.own(m, of.gaps), day)
		return func(mb member) float64 { return beta60d(mb, &against) }
	default:
		panic("column " + name + " has no formula")
	}
}
