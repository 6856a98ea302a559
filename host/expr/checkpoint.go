package expr

import "errors"

// Checkpoint is what a symbol's evaluation carries over a day: from it on, values
// are those of a query of all days, without computing the days before.
type Checkpoint struct {
	at    int // calendar row; values from it on can be had
	words []float64
}

// Row returns the calendar row from which on values can be had.
func (c *Checkpoint) Row() int { return c.at }

// Bytes returns the memory that a checkpoint of the program takes.
func (p *Program) Bytes() int { return 8*p.full.words + 40 }

// Pass goes through a symbol's history once and returns its checkpoints at the
// rows given, ascending. It begins at base, which may be nil. Errors: those of the
// data; gaps reports that the days of the symbols that meet have one between
// them, so that nothing can be kept and History has to be asked.
func (e *Evaluator) Pass(source Source, symbol string, days int, base *Checkpoint, rows []int) (kept []*Checkpoint, gaps bool, err error) {
	for _, row := range rows {
		kept = append(kept, &Checkpoint{row, make([]float64, e.p.full.words)})
	}
	err = e.run(e.p.full, &query{source: source, symbol: symbol, to: days, want: days, end: days, base: base, save: kept})
	if errors.Is(err, errGaps) {
		return nil, true, nil
	}
	return kept, false, err
}

// From is History from a checkpoint on that lies at or before row from.
func (e *Evaluator) From(c *Checkpoint, dst []float32, source Source, symbol string, from, to int) error {
	return e.run(e.p.full, &query{source: source, symbol: symbol, to: to, want: from, end: to,
		dst: dst, columnStride: to - from, rowStride: 1, base: c})
}
