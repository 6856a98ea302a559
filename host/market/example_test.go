package market_test

import (
	"bytes"
	"context"
	"fmt"
	"testing/fstest"

	"edgesignal/host/market"
	"edgesignal/host/market/barfile"
)

// A run folder with one good file and one that is none: the good one serves,
// the other is named.
func ExampleLoad() {
	first, err := market.ParseDate("2024-12-30")
	if err != nil {
		fmt.Println(err)
		return
	}
	prices := []float64{250.5, 252.25}
	var file bytes.Buffer
	err = barfile.Write(&file, &barfile.Table{
		Symbol: "AAPL", Days: []int32{int32(first), int32(first) + 1},
		Open: prices, High: prices, Low: prices, Close: prices, Volume: []float64{1000, 1200},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	m, err := market.Load(context.Background(), fstest.MapFS{
		"2024-12-31/AAPL.parquet": {Data: file.Bytes()},
		"2024-12-31/MSFT.parquet": {Data: []byte("this is not a Parquet file")},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.RunDate, m.Symbols(), m.First(), m.Last())
	fmt.Println(m.Find("AAPL").Close)
	fmt.Println(m.Failures[0].Symbol, "failed")
	// Output:
	// 2024-12-31 [AAPL] 2024-12-30 2024-12-31
	// [250.5 252.25]
	// MSFT failed
}
