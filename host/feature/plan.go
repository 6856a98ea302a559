package feature

import (
	"fmt"
	"slices"

	"edgesignal/host/expr"
	"edgesignal/host/processor"
)

// Use says what a plan is made for.
type Use int

const (
	// Serving is a release, which cannot know later days.
	Serving Use = iota
	// Research is a file of columns, labels too.
	Research
)

// Plan is a compiled set. It may be used on any number of goroutines.
type Plan struct {
	Set     *Set
	Program *expr.Program
	Chain   *processor.Chain

	labels []processor.Label // of the columns before the processors; what reads later days is a label
	inputs []string
	places []int  // of the inputs, among the columns after the processors
	wide   []bool // by input: float64
}

// Compile compiles a set. Its errors name the column and the place.
func Compile(s *Set, use Use) (*Plan, error) {
	program, err := expr.Compile(s.Fields, expr.Options{
		Numerics: s.Numerics, Research: use == Research, Window: s.History == Window,
	})
	if err != nil {
		return nil, err
	}
	p := &Plan{Set: s, Program: program}
	for i, f := range s.Fields {
		group := "feature"
		if program.Ahead(i) > 0 {
			group = "label"
		}
		p.labels = append(p.labels, processor.Label{Group: group, Name: f.Name})
	}
	var specs []processor.Spec
	if s.Processors != "" {
		if specs, err = processor.Parse(s.Processors); err != nil {
			return nil, err
		}
	}
	if p.Chain, err = processor.Compile(specs, p.labels, s.Numerics == expr.Pandas3); err != nil {
		return nil, err
	}
	return p, p.choose()
}

// choose finds the inputs among the columns that are left.
func (p *Plan) choose() error {
	var left []string
	for _, l := range p.Chain.Columns() {
		left = append(left, l.Name)
	}
	p.inputs = left
	if p.Set.Inputs != nil {
		p.inputs = p.Set.Inputs
	}
	// One row of zeros shows which columns the processors widen.
	f := p.frame(make([]float32, len(p.labels)), 1)
	if err := p.Chain.Apply(f); err != nil {
		return err
	}
	for i, name := range p.inputs {
		place := slices.Index(left, name)
		switch {
		case place < 0 && p.Set.field(name) >= 0:
			return fmt.Errorf("inputs[%d]: the processors drop the column %s", i, shown(name))
		case place < 0:
			return fmt.Errorf("inputs[%d]: the set has no column %s%s", i, shown(name), Suggest(name, left))
		}
		p.places = append(p.places, place)
		p.wide = append(p.wide, f.Columns[place].F64 != nil)
	}
	if len(p.inputs) == 0 {
		return fmt.Errorf("processors: they drop every column")
	}
	return nil
}

// Names returns the columns before the processors, in order.
func (p *Plan) Names() []string { return p.Set.names() }

// Inputs returns the columns that reach the model, in order.
func (p *Plan) Inputs() []string { return p.inputs }

// Wide returns which of the inputs are float64; the others are float32.
func (p *Plan) Wide() []bool { return p.wide }

// Matrix holds what reaches the model, row-major, a value an input. Values32 is nil where an
// input is float64, and Values64 where none is.
type Matrix struct {
	Rows     []int // numbers of the rows that went in and were not dropped
	Values32 []float32
	Values64 []float64
}

// Process runs the processors over n rows of the columns before them, row-major, and picks
// the inputs. Where the processors cross symbols (Chain.Crosses), the rows must be those of
// all symbols of the universe on one day, in the order of their names.
func (p *Plan) Process(rows []float32, n int) (*Matrix, error) {
	f := p.frame(rows, n)
	if err := p.Chain.Apply(f); err != nil {
		return nil, err
	}
	m := &Matrix{Rows: f.Rows}
	if slices.Contains(p.wide, true) {
		m.Values64 = make([]float64, 0, len(f.Rows)*len(p.places))
		for i := range f.Rows {
			for _, place := range p.places {
				m.Values64 = append(m.Values64, f.Columns[place].Value(i))
			}
		}
		return m, nil
	}
	m.Values32 = make([]float32, 0, len(f.Rows)*len(p.places))
	for i := range f.Rows {
		for _, place := range p.places {
			m.Values32 = append(m.Values32, f.Columns[place].F32[i])
		}
	}
	return m, nil
}

// frame lays rows out by column.
func (p *Plan) frame(rows []float32, n int) *processor.Frame {
	width := len(p.labels)
	columns, slab := make([][]float32, width), make([]float32, width*n)
	for k := range columns {
		columns[k], slab = slab[:n:n], slab[n:]
		for i := range n {
			columns[k][i] = rows[i*width+k]
		}
	}
	return processor.NewFrame(p.labels, columns)
}
