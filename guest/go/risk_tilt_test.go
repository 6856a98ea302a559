package main

import (
	"math"
	"slices"
	"testing"

	"edgesignal/guest/go/rule"
)

// Outside wasm a rule is two Go functions.
func TestRiskTilt(t *testing.T) {
	nan := math.NaN()
	in := rule.Input{
		Predictions: []float64{0.03, 0.01, -0.01, 0.5},
		Ranks:       []float64{2, 3, 4, 1},
		Columns:     [][]float64{{0.01, 0.02, 0.02, nan}},
	}
	tests := []struct {
		name, params string
		want         []float64
	}{
		{"defaults", `{}`, []float64{2. / 3, 0, -1. / 3, 0}},
		{"long only", `{"gross": 2, "long_only": true}`, []float64{2, 0, 0, 0}},
		{"by rank", `{"by": "rank"}`, []float64{2. / 3, 0, -1. / 3, 0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := configure(rule.ParseParams(tt.params))
			if err != nil {
				t.Fatal(err)
			}
			weights := make([]float64, len(in.Predictions))
			if err := construct(p, in, weights); err != nil {
				t.Fatal(err)
			}
			if !slices.EqualFunc(weights, tt.want, func(a, b float64) bool { return math.Abs(a-b) < 1e-12 }) {
				t.Errorf("weights %v, want %v", weights, tt.want)
			}
		})
	}
}

func TestRiskTiltRefuses(t *testing.T) {
	for _, params := range []string{`{"gross": 3}`, `{"gross": "1"}`, `{"long_only": 1}`, `{"by": "mean"}`, `{"by": 1}`} {
		if _, err := configure(rule.ParseParams(params)); err == nil {
			t.Errorf("%s is taken", params)
		}
	}
}
