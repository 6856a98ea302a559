package processor

import (
	"math"
	"strings"

	"edgesignal/host/numpy"
)

// addTanhProcess computes tanh(x-1) in every column whose name lacks "LABEL",
// within one unit in the last place of NumPy (see numpy.Tanh32).
func addTanhProcess(c *Chain, _ *Spec) error {
	var columns []int
	for i, l := range c.out {
		if !strings.Contains(l.Name, "LABEL") {
			columns = append(columns, i)
		}
	}
	c.step(func(f *Frame) {
		f.onEach(columns, func(_ int, x []float32) {
			for i, v := range x {
				x[i] = numpy.Tanh32(v - 1)
			}
		}, func(_ int, x []float64) {
			for i, v := range x {
				x[i] = math.Tanh(v - 1)
			}
		})
	})
	return nil
}
