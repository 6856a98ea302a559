package feature

import (
	"strings"

	"edgesignal/host/market"
)

// Bars is a market as the source of an expression's columns.
type Bars struct{ Market *market.Market }

// BarFields are the fields that every market may have. Where it has none of them,
// it is missing as a whole, which is no error.
var BarFields = []string{"open", "high", "low", "close", "volume", "vwap"}

// Series returns a symbol's column of a field.
func (b Bars) Series(symbol, field string) (first int, values []float32) {
	s := b.Market.Find(strings.ToUpper(symbol))
	if s == nil {
		return 0, nil
	}
	return s.First, column(s, field)
}

func column(s *market.Series, field string) []float32 {
	switch field {
	case "open":
		return s.Open
	case "high":
		return s.High
	case "low":
		return s.Low
	case "close":
		return s.Close
	case "volume":
		return s.Volume
	case "vwap":
		return s.VWAP
	}
	return nil
}
