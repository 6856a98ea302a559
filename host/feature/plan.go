package feature

import (
	"fmt"

	"edgesignal/host/expr"
)

// Use says what a plan is made for.
type Use int

const (
	// Serving is a release: it must know its fields, and cannot know later days.
	Serving Use = iota
	// Research is a file of columns: labels too, and a field that the bars lack is
	// missing.
	Research
)

// Plan is a compiled set. It may be used on any number of goroutines.
type Plan struct {
	Set     *Set
	Program *expr.Program
	inputs  []string
}

// Compile compiles a set. Its errors name the column and the place.
func Compile(s *Set, use Use) (*Plan, error) {
	program, err := expr.Compile(s.Fields, expr.Options{
		Numerics: s.Numerics, Labels: use == Research, Window: s.History == Window,
	})
	if err != nil {
		return nil, err
	}
	p := &Plan{Set: s, Program: program, inputs: s.names()}
	if s.Inputs != nil {
		for i, name := range s.Inputs {
			if s.field(name) < 0 {
				return nil, fmt.Errorf("inputs[%d]: the set has no column %s%s", i, shown(name), Suggest(name, p.inputs))
			}
		}
		p.inputs = s.Inputs
	}
	return p, nil
}

// Names returns the columns before the processors, in order.
func (p *Plan) Names() []string { return p.Set.names() }

// Inputs returns the columns that reach the model, in order.
func (p *Plan) Inputs() []string { return p.inputs }
