package rules_test

import "edgesignal/guest/rules"

// golden is a portfolio that can be worked out by hand. The symbols of the
// i-th value are the i-th of goldenSymbols.
type golden struct {
	rule, name string
	input      input
	want       []float64
}

var goldenSymbols = []string{"AAPL", "AMZN", "BAC", "CAT", "CVX", "GE", "GS", "HD", "IBM"}

func sectors(v ...float64) map[string][]float64 { return map[string][]float64{"sector": v} }

var scoreGoldens = []golden{
	{rules.RankWeighted, "five symbols: 2 1 0 -1 -2 over 6, twice",
		input{predictions: []float64{0.05, 0.01, 0.03, 0.02, 0.04}},
		[]float64{2. / 3, -2. / 3, 0, -1. / 3, 1. / 3}},
	{rules.RankWeighted, "the two highest share place 1.5",
		input{predictions: []float64{0.03, 0.01, 0.03, 0}},
		[]float64{0.5, -0.25, 0.5, -0.75}},
	{rules.RankWeighted, "long only",
		input{predictions: []float64{0.05, 0.01, 0.03, 0.02, 0.04}, params: `{"long_only":true}`},
		[]float64{2. / 3, 0, 0, 0, 1. / 3}},
	{rules.RankWeighted, "two symbols, gross 1",
		input{predictions: []float64{-0.02, 0.01}, params: `{"gross":1}`},
		[]float64{-0.5, 0.5}},
	{rules.RankWeighted, "all equal", input{predictions: []float64{0.1, 0.1, 0.1}}, []float64{0, 0, 0}},
	{rules.RankWeighted, "one symbol", input{predictions: []float64{0.1}}, []float64{0}},

	{rules.ZScoreWeighted, "-1.5 -0.5 0.5 1.5 over 4, twice",
		input{predictions: []float64{0.01, 0.02, 0.03, 0.04}},
		[]float64{-0.75, -0.25, 0.25, 0.75}},
	{rules.ZScoreWeighted, "z is 1.5 -1 -0.5 -0.5 0.5; cut at 1 and centred 1.1 -0.9 -0.4 -0.4 0.6",
		input{predictions: []float64{8, 3, 4, 4, 6}, params: `{"clip":1}`},
		[]float64{11. / 17, -9. / 17, -4. / 17, -4. / 17, 6. / 17}},
	{rules.ZScoreWeighted, "long only",
		input{predictions: []float64{8, 3, 4, 4, 6}, params: `{"long_only":true}`},
		[]float64{0.75, 0, 0, 0, 0.25}},
	{rules.ZScoreWeighted, "gross 0", input{predictions: []float64{1, 2}, params: `{"gross":0}`}, []float64{0, 0}},
	{rules.ZScoreWeighted, "all equal", input{predictions: []float64{0.1, 0.1, 0.1}}, []float64{0, 0, 0}},
	{rules.ZScoreWeighted, "one symbol", input{predictions: []float64{0.1}}, []float64{0}},

	{rules.SectorNeutral, "two sectors of two, and a symbol alone",
		input{predictions: []float64{0.01, 0.03, 0.02, 0.06, 0.05}, columns: sectors(1, 1, 2, 2, 3)},
		[]float64{-1. / 3, 1. / 3, -2. / 3, 2. / 3, 0}},
	{rules.SectorNeutral, "those without a sector are one, gross 1",
		input{predictions: []float64{1, 5, 9, 3}, columns: sectors(nan, 7, 7, nan), params: `{"gross":1}`},
		[]float64{-1. / 6, -2. / 6, 2. / 6, 1. / 6}},
	{rules.SectorNeutral, "equal predictions in every sector",
		input{predictions: []float64{0.1, 0.2, 0.1, 0.2, 0.1}, columns: sectors(1, 2, 1, 2, 1)},
		[]float64{0, 0, 0, 0, 0}},
	{rules.SectorNeutral, "one symbol", input{predictions: []float64{0.1}, columns: sectors(nan)}, []float64{0}},

	{rules.Capped, "median 3, nothing to cut",
		input{predictions: []float64{1, 2, 3, 5, 9}, params: `{"max_weight":1}`},
		[]float64{-2. / 3, -1. / 3, 0, 0.25, 0.75}},
	{rules.Capped, "an even number: median 1.5",
		input{predictions: []float64{4, 2, 1, 0}, params: `{"max_weight":1}`},
		[]float64{5. / 6, 1. / 6, -0.25, -0.75}},
	{rules.Capped, "0.5 0.25 0.125 0.125: the first is cut, the others share 0.1",
		input{predictions: []float64{8, 4, 2, 2, 0, -1, -1, -1, -1}, params: `{"long_only":true,"max_weight":0.4}`},
		[]float64{0.4, 0.3, 0.15, 0.15, 0, 0, 0, 0, 0}},
	{rules.Capped, "the second is cut because the first was",
		input{predictions: []float64{8, 4, 2, 2, 0, -1, -1, -1, -1}, params: `{"long_only":true,"max_weight":0.3}`},
		[]float64{0.3, 0.3, 0.2, 0.2, 0, 0, 0, 0, 0}},
	{rules.Capped, "no room for the whole leg",
		input{predictions: []float64{8, 4, 2, 2, 0, -1, -1, -1, -1}, params: `{"max_weight":0.2}`},
		[]float64{0.2, 0.2, 0.2, 0.2, 0, -0.2, -0.2, -0.2, -0.2}},
	{rules.Capped, "all equal", input{predictions: []float64{0.1, 0.1, 0.1}}, []float64{0, 0, 0}},
	{rules.Capped, "one symbol", input{predictions: []float64{0.1}}, []float64{0}},
}
