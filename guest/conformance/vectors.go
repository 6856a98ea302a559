// Package conformance holds the SDKs to one answer: vectors.json says what the
// example rule risk_tilt gives for which input, to the last bit, whatever
// language it is written in. README.md describes the file.
package conformance

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"math"

	"edgesignal/host/rule"
)

// Vectors are the cases of one rule.
type Vectors struct {
	Columns []string `json:"columns"` // the columns of the rule's metadata, in their order
	Cases   []Case   `json:"cases"`
}

// Case is a list of calls that one module gets one after the other.
type Case struct {
	Name  string `json:"name"`
	Calls []Call `json:"calls"`
}

// Call is one call and what it must answer: Weights, or WeightsSHA256 where
// there are many, or Status and Message.
type Call struct {
	Params      rule.Params        `json:"params"` // as the user writes them; none = {}
	Predictions []Float            `json:"predictions"`
	Columns     map[string][]Float `json:"columns"`
	Generate    *Generator         `json:"generate"` // in place of Predictions and Columns

	Weights       []Float `json:"weights"`
	WeightsSHA256 string  `json:"weights_sha256"` // of the weights as little-endian float64
	Status        int32   `json:"status"`
	Message       string  `json:"message"`
}

// Float is a float64 in JSON: a number, null for NaN, "inf" or "-inf".
type Float float64

// UnmarshalJSON reads the four forms.
func (f *Float) UnmarshalJSON(text []byte) error {
	switch string(text) {
	case "null":
		*f = Float(math.NaN())
	case `"inf"`:
		*f = Float(math.Inf(1))
	case `"-inf"`:
		*f = Float(math.Inf(-1))
	default:
		return json.Unmarshal(text, (*float64)(f))
	}
	return nil
}

func floats(v []Float) []float64 {
	out := make([]float64, len(v))
	for i, x := range v {
		out[i] = float64(x)
	}
	return out
}

// Generator makes the input of a call of many symbols: predictions and one
// column of volatilities.
type Generator struct {
	N    int    `json:"n"`
	Seed uint64 `json:"seed"`
}

// make draws, for each symbol, a prediction and a volatility; each 17th
// volatility is NaN. A draw is state = state*6364136223846793005 +
// 1442695040888963407 mod 2^64 and then (state >> 11) / 2^53.
func (g *Generator) make() (predictions, volatilities []float64) {
	state := g.Seed
	draw := func() float64 {
		state = state*6364136223846793005 + 1442695040888963407
		return float64(state>>11) / (1 << 53)
	}
	for i := range g.N {
		predictions = append(predictions, (draw()-0.5)*0.1)
		volatility := 0.005 + float64(0.05*draw())
		if i%17 == 16 {
			volatility = math.NaN()
		}
		volatilities = append(volatilities, volatility)
	}
	return predictions, volatilities
}

//go:embed vectors.json
var riskTilt []byte

// RiskTilt returns the vectors of the example rule.
func RiskTilt() (Vectors, error) { return Parse(riskTilt) }

// Parse reads vectors from JSON.
func Parse(text []byte) (v Vectors, err error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&v); err != nil {
		return v, fmt.Errorf("conformance vectors: %w", err)
	}
	return v, nil
}
