package alpha158_test

import (
	"fmt"
	"slices"

	"edgesignal/host/alpha158"
	"edgesignal/host/market"
)

// The features of the newest day, from bars of which the close rises by one a
// day.
func ExampleLast() {
	var bars market.Columns
	for i := range alpha158.Rows {
		price := float32(100 + i)
		bars.Open = append(bars.Open, price)
		bars.High = append(bars.High, price+2)
		bars.Low = append(bars.Low, price-2)
		bars.Close = append(bars.Close, price)
		bars.Volume = append(bars.Volume, 1000)
	}
	features := make([]float32, alpha158.Width)
	alpha158.Last(features, bars)
	names := alpha158.Names()
	for _, name := range []string{"KLEN", "ROC5", "MA5", "RANK60", "VWAP0"} {
		fmt.Println(name, features[slices.Index(names, name)])
	}
	// Output:
	// KLEN 0.025
	// ROC5 0.96875
	// MA5 0.9875
	// RANK60 1
	// VWAP0 NaN
}
