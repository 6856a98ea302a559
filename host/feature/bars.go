package feature

import (
	"strings"

	"edgesignal/host/market"
)

// Bars is a market as the source of an expression's columns. Fields beside the bars
// are there once the market has loaded them.
type Bars struct{ Market *market.Market }

// BarFields are the fields that every market may have. Where it has none of them,
// it is missing as a whole, which is no error.
var BarFields = []string{"open", "high", "low", "close", "volume", "vwap"}

// Series returns a symbol's column of a field.
func (b Bars) Series(symbol, field string) (first int, values []float32) {
	i, ok := b.Market.Index(strings.ToUpper(symbol))
	if !ok {
		return 0, nil
	}
	c := b.Market.Column(i, field)
	return c.First, c.Values
}
