package rules_test

import (
	"bytes"
	"encoding/json"
	"math/big"

	"edgesignal/guest/rules"
)

// The rules once more, in plain Go, from the formulas of README.md. They share
// no step with the C sources that could be wrong in both: exact sums of
// big.Float instead of sums of doubles, counting instead of sorting, repeated
// redistribution instead of one threshold.

// parameters are those of all stock rules.
type parameters struct {
	Gross       *float64 `json:"gross"` // nil = 2, or 1 with LongOnly
	LongOnly    bool     `json:"long_only"`
	Clip        float64  `json:"clip"`
	MaxWeight   float64  `json:"max_weight"`
	TopN        float64  `json:"top_n"` // 3.0 is a whole number too
	BottomN     float64  `json:"bottom_n"`
	Band        float64  `json:"band"`
	MaxTurnover float64  `json:"max_turnover"`
}

func (p parameters) gross() float64 {
	switch {
	case p.Gross != nil:
		return *p.Gross
	case p.LongOnly:
		return 1
	}
	return 2
}

func parseParameters(text string) parameters {
	p := parameters{Clip: 3, MaxWeight: 0.1, TopN: 3, BottomN: 3, Band: 0.02, MaxTurnover: 0.3}
	if text == "" {
		return p
	}
	dec := json.NewDecoder(bytes.NewReader([]byte(text)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&p); err != nil {
		panic(err) // a test with parameters that no rule knows
	}
	return p
}

var references = map[string]func(in input, p parameters) []float64{
	rules.TopBottom:         func(in input, p parameters) []float64 { return topBottom(in.predictions, p) },
	rules.RankWeighted:      rankWeighted,
	rules.ZScoreWeighted:    zscoreWeighted,
	rules.InverseVolatility: inverseVolatility,
	rules.SectorNeutral:     sectorNeutral,
	rules.Capped:            capped,
	rules.NoTradeBand:       noTradeBand,
	rules.TurnoverLimited:   turnoverLimited,
}

// reference returns what the rule must answer.
func reference(name string, in input) []float64 {
	return references[name](in, parseParameters(in.params))
}

// number returns v with enough digits that what is summed, subtracted and divided
// here has no rounding that a double could show.
func number(v float64) *big.Float { return new(big.Float).SetPrec(2500).SetFloat64(v) }

func mean(values []*big.Float) *big.Float {
	sum := number(0)
	for _, v := range values {
		sum.Add(sum, v)
	}
	return sum.Quo(sum, number(float64(len(values))))
}

// deviations returns the values less centre.
func deviations(values []*big.Float, centre *big.Float) []*big.Float {
	d := make([]*big.Float, len(values))
	for i, v := range values {
		d[i] = number(0).Sub(v, centre)
	}
	return d
}

func numbers(values []float64) []*big.Float {
	out := make([]*big.Float, len(values))
	for i, v := range values {
		out[i] = number(v)
	}
	return out
}

// scaled returns gross * score / sum |score|, all 0 where that sum is 0; with
// longOnly scores below 0 count as 0.
func scaled(scores []*big.Float, gross float64, longOnly bool) []float64 {
	weights := make([]float64, len(scores))
	total := number(0)
	for _, s := range scores {
		if !longOnly || s.Sign() > 0 {
			total.Add(total, number(0).Abs(s))
		}
	}
	for i, s := range scores {
		if total.Sign() > 0 && (!longOnly || s.Sign() > 0) {
			w := number(gross)
			v, _ := w.Quo(w.Mul(w, s), total).Float64()
			weights[i] = v + 0 // never -0
		}
	}
	return weights
}
