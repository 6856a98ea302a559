package model

import "math"

const (
	// probeBudget bounds the splits that the rows of a probe pass, and their
	// values: about two milliseconds.
	probeBudget = 1 << 17
	// maxProbeSteps is the most splits that a row may pass for the least probe
	// to stay within some milliseconds.
	maxProbeSteps = 1 << 17
	// A probe has whole blocks and rows that are walked one by one.
	minProbeRows = 2*lanes + fewRows
	maxProbeRows = 16*lanes + fewRows
)

// probeValues fill one row each, and mixed the places that no threshold takes.
var probeValues = [...]float64{
	math.NaN(), 0, math.Inf(1), math.Inf(-1), math.Copysign(0, -1), math.SmallestNonzeroFloat64, -math.SmallestNonzeroFloat32,
	zeroThreshold, -zeroThreshold, math.Nextafter(zeroThreshold, 1), -math.Nextafter(zeroThreshold, 1), 1, -1, math.MaxFloat64,
}

// probeRows returns rows that an evaluator of the forest is most likely to get
// wrong: missing, infinite and tiny values, and those at the thresholds and
// just beside them, as float64 and as float32. Of many thresholds it takes
// some, the same ones each time. steps is how many splits a row may pass.
func probeRows(f *forest, steps int) []float64 {
	n := min(max(probeBudget/max(steps, f.width), minProbeRows), maxProbeRows)
	rows := make([]float64, n*f.width)
	for i := range n {
		row := rows[i*f.width : (i+1)*f.width]
		for j := range row {
			at := i
			if i >= len(probeValues) {
				at = i + j*(1+i/len(probeValues)) // mixed differently in each row
			}
			row[j] = probeValues[at%len(probeValues)]
		}
	}
	splits := 0
	for i := range f.trees {
		splits += len(f.trees[i].nodes)
	}
	// The columns take as many thresholds as there are rows after the first.
	const beside = 6
	stride := max(1, splits*beside/(f.width*(n-len(probeValues))))
	next := make([]int, f.width) // row of each column
	at := 0
	for i := range f.trees {
		for ; at < len(f.trees[i].nodes); at += stride {
			s := &f.trees[i].nodes[at]
			for _, x := range besideThreshold(s.threshold) {
				if row := len(probeValues) + next[s.feature]; row < n {
					rows[row*f.width+int(s.feature)] = x
					next[s.feature]++
				}
			}
		}
		at -= len(f.trees[i].nodes)
	}
	return rows
}

// besideThreshold returns the float64 and the float32 values at a threshold and
// one ulp beside it.
func besideThreshold(t float64) [6]float64 {
	up, down := float32(math.Inf(1)), float32(math.Inf(-1))
	t32 := float32(t)
	return [...]float64{
		t, math.Nextafter(t, math.Inf(1)), math.Nextafter(t, math.Inf(-1)),
		float64(t32), float64(math.Nextafter32(t32, up)), float64(math.Nextafter32(t32, down)),
	}
}
