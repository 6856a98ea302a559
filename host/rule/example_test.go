package rule_test

import (
	"context"
	"fmt"

	"edgesignal/guest/rules"
	"edgesignal/host/rule"
)

// The stock rule on five symbols, in ascending order of their names: the rule
// knows them by position only.
func ExampleCompile() {
	wasm, _ := rules.Stock(rules.TopBottom)
	m, err := rule.Compile(context.Background(), wasm, rule.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	params, err := rule.ParseParams([]byte(`{"top_n":2,"bottom_n":1}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	out, err := m.Construct(context.Background(), rule.Input{
		Predictions: []float64{-0.0045, 0.0048, 0.0003, -0.0005, 0.0023},
		Ranks:       []float64{5, 1, 3, 4, 2},
		Params:      params,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(out.Weights)
	fmt.Println(m.Close())
	// Output:
	// [-1 0.5 0 0 0.5]
	// <nil>
}
