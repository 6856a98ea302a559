package rules_test

import "edgesignal/guest/rules"

func volatility(v ...float64) map[string][]float64 {
	return map[string][]float64{"volatility_20d": v}
}

func previous(v ...float64) map[string][]float64 {
	return map[string][]float64{"previous_weight": v}
}

const twoAndTwo = `{"top_n":2,"bottom_n":2}`

var legGoldens = []golden{
	{rules.TopBottom, "three and three",
		input{predictions: []float64{0.07, 0.01, 0.06, 0.04, 0.02, 0.05, 0.03}},
		[]float64{1. / 3, -1. / 3, 1. / 3, 0, -1. / 3, 1. / 3, -1. / 3}},
	{rules.TopBottom, "of equal predictions the first symbols are on top, the last at the bottom",
		input{predictions: []float64{0.1, 0.1, 0.1, 0.1}, params: `{"top_n":1,"bottom_n":1}`},
		[]float64{1, 0, 0, -1}},
	{rules.TopBottom, "a symbol in both legs",
		input{predictions: []float64{0.2, 0.1}, params: `{"top_n":1,"bottom_n":2}`},
		[]float64{0.5, -0.5}},

	{rules.InverseVolatility, "a third of the volatility, three times the weight",
		input{predictions: []float64{6, 5, 4, 3, 2, 1}, columns: volatility(0.01, 0.03, 0.02, 0.02, 0.02, 0.06), params: twoAndTwo},
		[]float64{0.75, 0.25, 0, 0, -0.75, -0.25}},
	{rules.InverseVolatility, "no volatility, no weight",
		input{predictions: []float64{6, 5, 4, 3, 2, 1}, columns: volatility(nan, 0.03, 0.01, 0, 0.02, 0.02), params: twoAndTwo},
		[]float64{0, 0.25, 0.75, 0, -0.5, -0.5}},
	{rules.InverseVolatility, "a symbol in both legs",
		input{predictions: []float64{2, 1}, columns: volatility(0.01, 0.03), params: `{"top_n":1,"bottom_n":2}`},
		[]float64{0.25, -0.25}},
	{rules.InverseVolatility, "fewer symbols than a leg asks for: the leg is whole",
		input{predictions: []float64{3, 2, 1}, columns: volatility(0.01, 0.01, nan), params: `{"bottom_n":0}`},
		[]float64{0.5, 0.5, 0}},
	{rules.InverseVolatility, "nobody has a volatility",
		input{predictions: []float64{3, 2, 1}, columns: volatility(nan, -0.01, 0)},
		[]float64{0, 0, 0}},
	{rules.InverseVolatility, "one symbol", input{predictions: []float64{1}, columns: volatility(0.01)}, []float64{0}},

	{rules.NoTradeBand, "changes of 0.01 are not traded, those of 0.05 and 0.5 are",
		input{predictions: []float64{4, 3, 2, 1}, columns: previous(0.49, 0.45, -0.51, nan), params: twoAndTwo},
		[]float64{0.49, 0.5, -0.51, -0.5}},
	{rules.NoTradeBand, "small weights outside the legs stay",
		input{predictions: []float64{5, 4, 3, 2, 1}, columns: previous(0.97, 0.015, 0, 0.03, -0.97), params: `{"top_n":1,"bottom_n":1,"band":0.04}`},
		[]float64{0.97, 0.015, 0, 0.03, -0.97}},
	{rules.NoTradeBand, "a gross of 2.015: the largest excess is traded",
		input{predictions: []float64{4, 3, 2, 1}, columns: previous(0.51, 0.515, -0.5, -0.49), params: twoAndTwo},
		[]float64{0.51, 0.5, -0.5, -0.49}},
	{rules.NoTradeBand, "more than 1 is not kept",
		input{predictions: []float64{2, 1}, columns: previous(1.01, 0), params: `{"top_n":1,"bottom_n":0}`},
		[]float64{1, 0}},
	{rules.NoTradeBand, "no band: top_bottom",
		input{predictions: []float64{2, 1}, columns: previous(0.9, -0.9), params: `{"top_n":1,"bottom_n":1,"band":0}`},
		[]float64{1, -1}},
	{rules.NoTradeBand, "one symbol in both legs", input{predictions: []float64{1}, columns: previous(0.01)}, []float64{0.01}},

	{rules.TurnoverLimited, "from nothing: 0.3 of the way of 1",
		input{predictions: []float64{4, 3, 2, 1}, columns: previous(nan, nan, nan, 0), params: twoAndTwo},
		[]float64{0.15, 0.15, -0.15, -0.15}},
	{rules.TurnoverLimited, "a turnover of 0.1 is made whole",
		input{predictions: []float64{4, 3, 2, 1}, columns: previous(0.4, 0.5, -0.5, -0.4), params: twoAndTwo},
		[]float64{0.5, 0.5, -0.5, -0.5}},
	{rules.TurnoverLimited, "the opposite book: 0.3 of the way of 2",
		input{predictions: []float64{4, 3, 2, 1}, columns: previous(-0.5, -0.5, 0.5, 0.5), params: twoAndTwo},
		[]float64{-0.35, -0.35, 0.35, 0.35}},
	{rules.TurnoverLimited, "a gross of 2.4: coming down uses 0.2 up, 0.1 is left of the way of 2",
		input{predictions: []float64{4, 3, 2, 1}, columns: previous(-0.6, -0.6, 0.6, 0.6), params: twoAndTwo},
		[]float64{-0.45, -0.45, 0.45, 0.45}},
	{rules.TurnoverLimited, "coming down uses everything up",
		input{predictions: []float64{1, 2, 3, 4}, columns: previous(3, 0, 0, 0), params: twoAndTwo},
		[]float64{1, 0, 0, 0}},
	{rules.TurnoverLimited, "no turnover: the previous book",
		input{predictions: []float64{2, 1}, columns: previous(0.25, nan), params: `{"max_turnover":0}`},
		[]float64{0.25, 0}},
	{rules.TurnoverLimited, "one symbol in both legs", input{predictions: []float64{1}, columns: previous(0.1)}, []float64{0}},
}
