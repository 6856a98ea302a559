// risk_tilt: each symbol's weight is in proportion to how far its prediction
// is above the mean, per unit of its volatility.
//
// Over the symbols with a volatility above 0, in order of position:
//
//	s = prediction, or -rank with "by": "rank"
//	mean = s_0 + sum(s - s_0) / count, s_0 being the first of them
//	x = (s - mean) / volatility_20d;  with long_only: max(x, 0)
//	weight = x / sum(|x|) * gross;  0 for all where every x is 0
//
// All other symbols get 0. Errors: the statuses below.
package main

import (
	"math"
	"strconv"

	"edgesignal/guest/go/rule"
)

// The statuses of the rule's own errors.
const (
	badParams     = 1 // not what meta.json's schema asks for
	badPrediction = 2 // NaN or infinite: it has no place in the mean
	noVolatility  = 3 // no symbol has one
	sumNotFinite  = 4 // the x are too large to be added up
)

// volatility is a column of meta.json.
const volatility = 0

type params struct {
	gross    float64 // sum of |weight|
	longOnly bool
	byRank   bool
}

var _ = rule.Register(configure, construct)

func main() {}

func configure(p rule.Params) (params, error) {
	gross, err := p.Number("gross", 1)
	if err != nil {
		return params{}, err
	}
	if !(gross > 0 && gross <= 2) {
		return params{}, rule.Fail(badParams, "gross must be above 0 and at most 2")
	}
	longOnly, err := p.Bool("long_only", false)
	if err != nil {
		return params{}, err
	}
	by, err := p.Text("by", "prediction")
	if err != nil {
		return params{}, err
	}
	if by != "prediction" && by != "rank" {
		return params{}, rule.Fail(badParams, `by is "`+by+`", want prediction or rank`)
	}
	return params{gross, longOnly, by == "rank"}, nil
}

func construct(p params, in rule.Input, weights []float64) error {
	vol := in.Columns[volatility]
	first, sum, count := 0.0, 0.0, 0
	for i, prediction := range in.Predictions {
		if !finite(prediction) {
			return rule.Fail(badPrediction, "the prediction at position "+strconv.Itoa(i)+" is not a finite number")
		}
		if !usable(vol[i]) {
			continue
		}
		if count == 0 {
			first = p.score(in, i)
		}
		sum += p.score(in, i) - first // not sum(s): equal scores must be their mean to the last bit
		count++
	}
	if count == 0 {
		return rule.Fail(noVolatility, "no symbol has a volatility")
	}
	mean, total := first+sum/float64(count), 0.0
	for i := range weights {
		weights[i] = 0
		if !usable(vol[i]) {
			continue
		}
		x := (p.score(in, i) - mean) / vol[i]
		if p.longOnly && x < 0 {
			continue
		}
		weights[i] = x
		total += math.Abs(x)
	}
	if !finite(total) {
		return rule.Fail(sumNotFinite, "the weights cannot be scaled: their sum is not finite")
	}
	if total == 0 {
		return nil
	}
	for i := range weights {
		weights[i] = weights[i] / total * p.gross
	}
	return nil
}

func (p params) score(in rule.Input, i int) float64 {
	if p.byRank {
		return -in.Ranks[i]
	}
	return in.Predictions[i]
}

func finite(v float64) bool { return math.Abs(v) <= math.MaxFloat64 } // NaN is not

func usable(volatility float64) bool { return volatility > 0 && finite(volatility) }
