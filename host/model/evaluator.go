package model

import (
	"fmt"
	"math"
)

// Evaluator says what sums the trees of a model.
type Evaluator struct {
	Name   string      `json:"name"`             // one of the constants
	Reason string      `json:"reason,omitempty"` // why it is not EvaluatorBatch
	Parts  []Evaluator `json:"parts,omitempty"`  // of EvaluatorEnsemble: one a model
}

// The evaluators of one model. They give the same bits.
const (
	EvaluatorBatch  = "batch"  // this package's own: many rows at once
	EvaluatorLeaves = "leaves" // github.com/dmitryikh/leaves, row by row
	EvaluatorLinear = "linear" // this package's own for linear trees, row by row
)

// EvaluatorEnsemble evaluates several models, each by its own.
const EvaluatorEnsemble = "ensemble"

// newModel decides what evaluates a forest without linear trees: leaves, or the batch evaluator if
// there is one and it agrees with leaves on the probe.
func newModel(f *forest, e *byLeaves, batch *flat, err error) *Model {
	m := &Model{header: f.header, trees: len(f.trees), leaves: e}
	if err != nil {
		return m.onLeaves(err.Error())
	}
	if steps := batch.steps(); steps > maxProbeSteps {
		return m.onLeaves(fmt.Sprintf("a row may pass %d splits, and beyond %d it takes too long to hold the evaluators against each other", steps, maxProbeSteps))
	}
	m.batch = batch
	return m.Hold(probeRows(f, batch.steps()))
}

// Evaluator says what sums the trees.
func (m *Model) Evaluator() Evaluator {
	switch {
	case m.parts != nil:
		by := Evaluator{Name: EvaluatorEnsemble}
		for _, p := range m.parts.parts {
			by.Parts = append(by.Parts, p.Model.Evaluator())
		}
		return by
	case m.batch != nil:
		return Evaluator{Name: EvaluatorBatch}
	case m.rowwise != nil:
		return Evaluator{Name: EvaluatorLinear, Reason: linearReason}
	}
	return Evaluator{Name: EvaluatorLeaves, Reason: m.reason}
}

// onLeaves returns the model evaluated by leaves alone, for the reason.
func (m *Model) onLeaves(reason string) *Model {
	on := *m
	on.batch, on.reason = nil, reason
	return &on
}

// Hold has both evaluators sum the trees for rows, and is the model on leaves
// alone if they differ in any bit; else it is m, as it is where there is only
// one. Of several models each is held so. rows are as for Predict.
func (m *Model) Hold(rows []float64) *Model {
	if m.parts != nil {
		return m.holdParts(rows)
	}
	if m.batch == nil || m.leaves == nil {
		return m
	}
	evaluate := func(dst, rows []float64) { sumFlat(m.batch, dst, rows) }
	if err := hold(evaluate, m.leaves, rows); err != nil {
		return m.onLeaves("the batch evaluator is not used: " + err.Error())
	}
	return m
}

// hold compares the sums that evaluate gives for rows, together and one by one,
// with those of leaves.
func hold(evaluate func(dst, rows []float64), e *byLeaves, rows []float64) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("it panics: %v", p)
		}
	}()
	want := make([]float64, len(rows)/e.width)
	if err := sumLeaves(e, want, rows); err != nil {
		return err
	}
	together, alone := make([]float64, len(want)), make([]float64, len(want))
	evaluate(together, rows)
	for i := range alone {
		evaluate(alone[i:i+1], rows[i*e.width:(i+1)*e.width])
	}
	for i, w := range want {
		for _, got := range [...]float64{together[i], alone[i]} {
			if math.Float64bits(got) != math.Float64bits(w) {
				return fmt.Errorf("row %d of those that it was tried on gives %v, with leaves %v", i, got, w)
			}
		}
	}
	return nil
}
