package rule

import (
	"encoding/binary"
	"math"
)

// run carries out one call, from restoring the image to reading the weights.
func (i *instance) run(in Input) ([]float64, error) {
	n, ncols := len(in.Predictions), 2+len(in.Columns)
	if err := i.begin(Budget(n)); err != nil {
		return nil, err
	}
	if err := i.setParams(in.Params.String()); err != nil {
		return nil, err
	}
	input, err := i.allocate(uint32(8 * n * ncols))
	if err != nil {
		return nil, err
	}
	weights, err := i.allocate(uint32(8 * n))
	if err != nil {
		return nil, err
	}
	if err := i.writeInput(in, input, weights); err != nil {
		return nil, err
	}
	status, err := i.call(exportConstruct, i.construct, uint32(n), uint32(ncols), input.at, weights.at)
	if err != nil {
		return nil, err
	}
	if status != 0 {
		return nil, i.statusFault(exportConstruct, int32(status))
	}
	return i.readWeights(weights)
}

// setParams hands text to rule_configure.
func (i *instance) setParams(text string) error {
	at, err := i.allocate(uint32(len(text)))
	if err != nil {
		return err
	}
	b, err := i.view(at)
	if err != nil {
		return err
	}
	copy(b, text)
	status, err := i.call(exportConfigure, i.configure, at.at, at.size)
	if err == nil && status != 0 {
		err = i.statusFault(exportConfigure, int32(status))
	}
	return err
}

// writeInput puts the columns one after the other and fills the weights with NaN.
func (i *instance) writeInput(in Input, input, weights span) error {
	b, err := i.view(input)
	if err != nil {
		return err
	}
	b = putFloats(putFloats(b, in.Predictions), in.Ranks)
	for _, column := range in.Columns {
		b = putFloats(b, column)
	}
	if b, err = i.view(weights); err != nil {
		return err
	}
	for ; len(b) > 0; b = b[8:] {
		binary.LittleEndian.PutUint64(b, math.Float64bits(math.NaN()))
	}
	return nil
}

func (i *instance) readWeights(at span) ([]float64, error) {
	b, err := i.view(at)
	if err != nil {
		return nil, err
	}
	weights := make([]float64, len(b)/8)
	for k := range weights {
		w := math.Float64frombits(binary.LittleEndian.Uint64(b[8*k:]))
		switch {
		case math.IsNaN(w):
			return nil, i.fault(FaultWeights, "the weight at position %d of %d is NaN: never written, or computed so", k, len(weights))
		case math.IsInf(w, 0):
			return nil, i.fault(FaultWeights, "the weight at position %d of %d is %v", k, len(weights), w)
		}
		weights[k] = w
	}
	return weights, nil
}
