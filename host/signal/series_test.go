package signal

import (
	"math"

	"edgesignal/host/market"
)

var none = float32(math.NaN())

// from returns a series that begins on a calendar day, with volume 1 in each row.
func from(first int, closes ...float32) *market.Series {
	volume := make([]float32, len(closes))
	for i := range volume {
		volume[i] = 1
	}
	return &market.Series{First: first, Columns: market.Columns{Close: closes, Volume: volume}}
}

// steps returns n rows of the prices in turn: steps(4, 1, 2) is 1 2 1 2.
func steps(n int, prices ...float32) []float32 {
	closes := make([]float32, n)
	for i := range closes {
		closes[i] = prices[i%len(prices)]
	}
	return closes
}

// without returns closes with NaN in these rows.
func without(closes []float32, rows ...int) []float32 {
	for _, r := range rows {
		closes[r] = none
	}
	return closes
}

// rows returns first to last, both included.
func rows(first, last int) (list []int) {
	for r := first; r <= last; r++ {
		list = append(list, r)
	}
	return list
}

// last returns the member on its series' last row.
func last(s *market.Series) member { return member{s, s.Len() - 1} }
