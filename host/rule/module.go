package rule

import (
	"context"
	"fmt"
	"sync"
)

// Module is an admitted rule, ready to run. Every method is safe for
// concurrent use.
type Module struct {
	meta     Meta
	schema   *schema
	code     *code
	pool     *pool
	once     sync.Once
	closeErr error
}

// Meta returns what the rule says about itself. Its slices are shared: read only.
func (m *Module) Meta() Meta { return m.meta }

func (m *Module) label() string { return m.code.label }

// Input is one call's data over n symbols in ascending order of their names.
type Input struct {
	Params      Params
	Predictions []float64   // n
	Ranks       []float64   // n; 1 = the highest prediction
	Columns     [][]float64 // n each, in the order of Meta.Columns; NaN = missing
}

// Output is what came of one call.
type Output struct {
	Weights []float64 // n, finite
	Fuel    int64     // units used, the same for the same input on every machine
	Log     []Line    // what the rule logged
	Dropped int       // log lines beyond the caps
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

// Construct runs the rule once and gives a finite weight for each of the n
// symbols. It does not hold Params against the schema: that is Accept. The call
// begins in the state that _initialize left, whatever ran before it.
//
// Errors: *Fault when the rule did not do its work, see FaultKind; ErrClosed;
// the error of ctx when it ended before an instance was free. Once the rule
// runs, its fuel bounds it and ctx does not.
func (m *Module) Construct(ctx context.Context, in Input) (Output, error) {
	return m.construct(in, func() (*instance, error) { return m.pool.get(ctx) }, m.pool.put)
}

// ConstructAlone does what Construct does, in an instance of its own that no other
// call has used or will use: the answer cannot depend on another call.
func (m *Module) ConstructAlone(in Input) (Output, error) {
	return m.construct(in, m.code.newInstance, func(i *instance, _ bool) { i.close() })
}

func (m *Module) construct(in Input, get func() (*instance, error), put func(*instance, bool)) (out Output, err error) {
	if err := m.checkInput(in); err != nil {
		return Output{}, err
	}
	i, err := get()
	if err != nil {
		return Output{}, err
	}
	defer func() { put(i, err == nil && i.sound()) }()
	if out.Weights, err = i.run(in); err != nil {
		return Output{}, err
	}
	out.Fuel = i.spent()
	out.Log, out.Dropped = i.host.log.take()
	return out, nil
}

// Close waits for the calls in flight and frees everything. Later calls are
// ErrClosed; closing again does nothing.
func (m *Module) Close() error {
	m.once.Do(func() {
		m.pool.close()
		m.closeErr = m.code.close()
	})
	return m.closeErr
}
