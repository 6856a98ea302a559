package rules_test

import (
	"math"
	"math/big"
	"slices"
)

func rankWeighted(in input, p parameters) []float64 {
	n := len(in.predictions)
	scores := make([]*big.Float, n)
	for i, own := range in.predictions {
		higher, equal := 0, 0
		for _, other := range in.predictions {
			switch {
			case other > own:
				higher++
			case other == own:
				equal++
			}
		}
		place := float64(higher) + float64(equal+1)/2
		scores[i] = number(float64(n+1)/2 - place)
	}
	return scaled(scores, p.gross(), p.LongOnly)
}

func zscoreWeighted(in input, p parameters) []float64 {
	n := len(in.predictions)
	values := numbers(in.predictions)
	d := deviations(values, mean(values))
	squares := number(0)
	for _, v := range d {
		squares.Add(squares, number(0).Mul(v, v))
	}
	if squares.Sign() == 0 {
		return make([]float64, n)
	}
	sd := number(0).Sqrt(squares.Quo(squares, number(float64(n-1))))
	for i, v := range d {
		z := number(0).Quo(v, sd)
		switch {
		case z.Cmp(number(p.Clip)) > 0:
			z = number(p.Clip)
		case z.Cmp(number(-p.Clip)) < 0:
			z = number(-p.Clip)
		}
		d[i] = z
	}
	return scaled(deviations(d, mean(d)), p.gross(), p.LongOnly)
}

func sectorNeutral(in input, p parameters) []float64 {
	const unknown = "unknown"
	members := map[any][]int{}
	for i, s := range in.columns["sector"] {
		var sector any = s + 0 // -0 is 0
		if math.IsNaN(s) || math.IsInf(s, 0) {
			sector = unknown
		}
		members[sector] = append(members[sector], i)
	}
	scores := make([]*big.Float, len(in.predictions))
	for _, symbols := range members {
		var values []*big.Float
		for _, i := range symbols {
			values = append(values, number(in.predictions[i]))
		}
		for k, d := range deviations(values, mean(values)) {
			scores[symbols[k]] = d
		}
	}
	return scaled(scores, p.gross(), false)
}

func capped(in input, p parameters) []float64 {
	sorted := slices.Clone(in.predictions)
	slices.Sort(sorted)
	n := len(sorted)
	d := deviations(numbers(in.predictions), mean(numbers([]float64{sorted[(n-1)/2], sorted[n/2]})))
	leg := p.gross() / 2
	if p.LongOnly {
		leg = p.gross()
	}
	weights := filled(d, leg, p.MaxWeight)
	if p.LongOnly {
		return weights
	}
	for _, v := range d {
		v.Neg(v)
	}
	for i, w := range filled(d, leg, p.MaxWeight) {
		weights[i] -= w
	}
	return weights
}

// filled shares leg among the scores above 0 in proportion, cuts at limit and
// shares the rest among those below it in proportion, until nothing is cut.
func filled(scores []*big.Float, leg, limit float64) []float64 {
	weights := make([]float64, len(scores))
	open := map[int]*big.Float{}
	for i, s := range scores {
		if s.Sign() > 0 {
			open[i] = s
		}
	}
	room := number(leg)
	for cut := true; cut && len(open) > 0; {
		total := number(0)
		for _, s := range open {
			total.Add(total, s)
		}
		left := number(0).Set(room)
		cut = false
		for i, s := range open {
			share := number(0).Mul(left, s)
			share.Quo(share, total)
			weights[i], _ = share.Float64()
			if share.Cmp(number(limit)) > 0 {
				weights[i] = limit
				room.Sub(room, number(limit))
				delete(open, i)
				cut = true
			}
		}
	}
	return weights
}
