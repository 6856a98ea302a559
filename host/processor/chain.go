package processor

import (
	"errors"
	"fmt"
	"slices"
)

// Chain is a list of processors made for the columns of a feature set. Nothing
// in it changes: it is safe for concurrent use.
type Chain struct {
	in      []Label
	pandas3 bool
	out     []Label // after the steps so far
	steps   []func(f *Frame)
	crosses bool
	drops   bool
}

// Compile makes the chain of a list for the columns of a frame. pandas3 says
// which pandas research had: in version 2 a filling that is no float32 makes
// columns float64. Its errors name the processor, and the column whose state is
// missing.
func Compile(specs []Spec, columns []Label, pandas3 bool) (*Chain, error) {
	c := &Chain{in: slices.Clone(columns), out: slices.Clone(columns), pandas3: pandas3}
	for i := range specs {
		s := &specs[i]
		k := classes[s.Class]
		c.crosses = c.crosses || k.crosses
		c.drops = c.drops || k.drops
		if err := k.add(c, s); err != nil {
			return nil, fmt.Errorf("%s%w", s.place, err)
		}
	}
	return c, nil
}

// Columns returns the columns that a frame has after the chain.
func (c *Chain) Columns() []Label { return slices.Clone(c.out) }

// Crosses reports whether a row depends on the other rows of its day: then the
// frame must have the whole universe of the day.
func (c *Chain) Crosses() bool { return c.crosses }

// Drops reports whether rows may be dropped.
func (c *Chain) Drops() bool { return c.drops }

// Apply processes a frame of the columns that the chain was made for. The
// frame's values are changed in place, columns and rows are taken out.
func (c *Chain) Apply(f *Frame) error {
	if len(f.Columns) != len(c.in) {
		return fmt.Errorf("processor: the frame has %d columns, the chain is for %d", len(f.Columns), len(c.in))
	}
	for i := range c.in {
		col := &f.Columns[i]
		if col.Label != c.in[i] || len(col.F32) != len(f.Rows) || col.F64 != nil {
			return fmt.Errorf("processor: column %d of the frame is not that of the chain", i)
		}
	}
	for _, step := range c.steps {
		step(f)
	}
	return nil
}

// columnsOf returns the places of the columns of groups; nil = all.
func (c *Chain) columnsOf(groups []string) (columns []int) {
	for i, l := range c.out {
		if groups == nil || slices.Contains(groups, l.Group) {
			columns = append(columns, i)
		}
	}
	return columns
}

func (c *Chain) step(apply func(f *Frame)) { c.steps = append(c.steps, apply) }

// fitted returns the state of a kind for columns.
func (c *Chain) fitted(s *Spec, kind string, columns []int) ([]Fitted, error) {
	values := make([]Fitted, len(columns))
	for at, i := range columns {
		v, ok := s.State[kind][c.out[i].Name]
		if !ok {
			return nil, fmt.Errorf(".state.%s: column %s is missing", kind, shown(c.out[i].Name))
		}
		values[at] = v
	}
	return values, nil
}

// retain keeps the columns for which it is true, from the step on.
func (c *Chain) retain(keep func(l Label) bool) error {
	var kept []int
	for i, l := range c.out {
		if keep(l) {
			c.out[len(kept)] = l
			kept = append(kept, i)
		}
	}
	if len(kept) == 0 {
		return errors.New(": no column is left")
	}
	c.out = c.out[:len(kept)]
	c.step(func(f *Frame) {
		for to, from := range kept {
			f.Columns[to] = f.Columns[from]
		}
		f.Columns = f.Columns[:len(kept)]
	})
	return nil
}
