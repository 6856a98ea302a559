package rule

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/tetratelabs/wazero"
)

// Module is an admitted rule, ready to run. Every method is safe for
// concurrent use.
type Module struct {
	meta     Meta
	schema   *schema
	deadline time.Duration
	rt       wazero.Runtime
	pool     *pool
	once     sync.Once
	closeErr error
}

// Meta is what the rule says about itself. Its slices are shared: read only.
func (m *Module) Meta() Meta { return m.meta }

func (m *Module) label() string { return m.meta.Name + " " + m.meta.Version }

// Input is one call's data over n symbols in ascending order of their names.
type Input struct {
	Params      json.RawMessage // a JSON object; nil = {}
	Predictions []float64       // n
	Ranks       []float64       // n; 1 = the highest prediction
	Columns     [][]float64     // n each, in the order of Meta.Columns; NaN = missing
}

func (m *Module) checkInput(in Input) error {
	n := len(in.Predictions)
	switch {
	case n < 1 || n > MaxSymbols:
		return fmt.Errorf("rule %s: %d symbols, want 1 to %d", m.label(), n, MaxSymbols)
	case len(in.Ranks) != n:
		return fmt.Errorf("rule %s: %d ranks for %d predictions", m.label(), len(in.Ranks), n)
	case len(in.Columns) != len(m.meta.Columns):
		return fmt.Errorf("rule %s: %d columns, want the %d of its metadata", m.label(), len(in.Columns), len(m.meta.Columns))
	}
	for c, column := range in.Columns {
		if len(column) != n {
			return fmt.Errorf("rule %s: column %s has %d values for %d predictions", m.label(), m.meta.Columns[c], len(column), n)
		}
	}
	return nil
}

// Construct runs the rule once and returns a finite weight for each of the n
// symbols. It does not hold Params against the schema: that is CheckParams.
//
// Errors: *Fault when the rule did not do its work, see FaultKind; *ParamsError
// when Params is not one JSON object of at most MaxParamsBytes; ErrClosed; the
// error of ctx when it ended before an instance was free. Once the rule runs,
// Options.Deadline bounds it and ctx does not.
func (m *Module) Construct(ctx context.Context, in Input) (weights []float64, err error) {
	if err := m.checkInput(in); err != nil {
		return nil, err
	}
	i, err := m.pool.get(ctx)
	if err != nil {
		return nil, err
	}
	sound := false
	defer func() { m.pool.put(i, sound) }()
	params, err := i.changedParams(in.Params)
	if err != nil {
		sound = true
		return nil, err
	}
	i.arm(m.deadline)
	weights, err = i.run(in, params)
	sound = err == nil
	return weights, err
}

// run carries out one armed call and disarms it; params is nil when those in
// effect stay.
func (i *instance) run(in Input, params []byte) ([]float64, error) {
	if err := i.initialize(); err != nil {
		return nil, err
	}
	if params != nil {
		if err := i.setParams(params, in.Params); err != nil {
			return nil, err
		}
	}
	n, ncols := len(in.Predictions), 2+len(in.Columns)
	if err := i.reserve(n, ncols); err != nil {
		return nil, err
	}
	if err := i.writeInput(in); err != nil {
		return nil, err
	}
	status, err := i.call(exportConstruct, i.construct, uint32(n), uint32(ncols), i.inputAt.at, i.weights.at)
	if err != nil {
		return nil, err
	}
	if status != 0 {
		return nil, i.statusFault(exportConstruct, int32(status))
	}
	if err := i.disarm(); err != nil {
		return nil, err
	}
	return i.readWeights(n)
}

// writeInput puts the columns one after the other and fills the weights with NaN.
func (i *instance) writeInput(in Input) error {
	n := len(in.Predictions)
	b, err := i.view(span{i.inputAt.at, uint32(8 * n * (2 + len(in.Columns)))})
	if err != nil {
		return err
	}
	b = putFloats(putFloats(b, in.Predictions), in.Ranks)
	for _, column := range in.Columns {
		b = putFloats(b, column)
	}
	b, err = i.view(span{i.weights.at, uint32(8 * n)})
	if err != nil {
		return err
	}
	for k := range n {
		binary.LittleEndian.PutUint64(b[8*k:], math.Float64bits(math.NaN()))
	}
	return nil
}

func (i *instance) readWeights(n int) ([]float64, error) {
	b, err := i.view(span{i.weights.at, uint32(8 * n)})
	if err != nil {
		return nil, err
	}
	weights := make([]float64, n)
	for k := range weights {
		w := math.Float64frombits(binary.LittleEndian.Uint64(b[8*k:]))
		switch {
		case math.IsNaN(w):
			return nil, i.fault(FaultWeights, "the weight at position %d of %d is NaN: never written, or computed so", k, n)
		case math.IsInf(w, 0):
			return nil, i.fault(FaultWeights, "the weight at position %d of %d is %v", k, n, w)
		}
		weights[k] = w
	}
	return weights, nil
}

// Close waits for the calls in flight and frees everything. Later calls are
// ErrClosed; closing again does nothing.
func (m *Module) Close() error {
	m.once.Do(func() {
		m.pool.close()
		m.closeErr = m.rt.Close(context.Background())
	})
	return m.closeErr
}
