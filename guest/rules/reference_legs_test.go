package rules_test

import (
	"math"
	"sort"
)

// legs returns the positions of the first top_n and the last bottom_n of the
// symbols, by prediction and then by position.
func legs(symbols []int, predictions []float64, p parameters) (top, bottom []int) {
	order := append([]int(nil), symbols...)
	sort.SliceStable(order, func(a, b int) bool { return predictions[order[a]] > predictions[order[b]] })
	n := len(order)
	return order[:min(int(p.TopN), n)], order[n-min(int(p.BottomN), n):]
}

func positions(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

func topBottom(predictions []float64, p parameters) []float64 {
	weights := make([]float64, len(predictions))
	top, bottom := legs(positions(len(predictions)), predictions, p)
	for _, i := range top {
		weights[i] += 1 / p.TopN
	}
	for _, i := range bottom {
		weights[i] -= 1 / p.BottomN
	}
	return weights
}

func inverseVolatility(in input, p parameters) []float64 {
	v := in.columns["volatility_20d"]
	var usable []int
	for i := range v {
		if v[i] > 0 && !math.IsInf(v[i], 1) {
			usable = append(usable, i)
		}
	}
	weights := make([]float64, len(v))
	top, bottom := legs(usable, in.predictions, p)
	for sign, leg := range map[float64][]int{1: top, -1: bottom} {
		total := number(0)
		for _, i := range leg {
			total.Add(total, number(0).Quo(number(1), number(v[i])))
		}
		for _, i := range leg {
			share := number(0).Quo(number(1), number(v[i]))
			w, _ := share.Quo(share, total).Float64()
			weights[i] += sign * w
		}
	}
	return weights
}

// held returns the previous book: nothing where it says nothing.
func held(in input) []float64 {
	book := make([]float64, len(in.predictions))
	for i, w := range in.columns["previous_weight"] {
		if !math.IsNaN(w) {
			book[i] = w
		}
	}
	return book
}

func noTradeBand(in input, p parameters) []float64 {
	target, previous := topBottom(in.predictions, p), held(in)
	weights := append([]float64(nil), target...)
	for i := range weights {
		if math.Abs(target[i]-previous[i]) <= p.Band && math.Abs(previous[i]) <= 1 {
			weights[i] = previous[i]
		}
	}
	for gross(weights) > 2+1e-12 {
		largest := -1
		for i, w := range weights {
			excess := math.Abs(w) - math.Abs(target[i])
			if excess > 0 && (largest < 0 || excess > math.Abs(weights[largest])-math.Abs(target[largest])) {
				largest = i
			}
		}
		if largest < 0 {
			break
		}
		weights[largest] = target[largest]
	}
	return weights
}

func turnoverLimited(in input, p parameters) []float64 {
	target, before := topBottom(in.predictions, p), held(in)
	previous := append([]float64(nil), before...)
	for i := range previous {
		previous[i] = max(-1, min(1, previous[i]))
	}
	if g := gross(previous); g > 2 {
		for i := range previous {
			previous[i] *= 2 / g
		}
	}
	left := max(0, p.MaxTurnover-turnover(before, previous))
	way := turnover(previous, target)
	if way <= left {
		return target
	}
	for i := range target {
		target[i] = previous[i] + float64((target[i]-previous[i])*left/way)
	}
	return target
}

// turnover returns half the sum of the absolute changes.
func turnover(before, after []float64) float64 {
	sum := 0.0
	for i := range before {
		sum += math.Abs(after[i]-before[i]) / 2
	}
	return sum
}
