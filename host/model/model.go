// Package model scores rows with a LightGBM model, to the last bit of
// LightGBM's own predict(). The text of a model comes from outside: it is read
// and checked in full by this package, and what walks the trees is built from
// what was checked: the library github.com/dmitryikh/leaves, and this package's
// own evaluator of many rows at once, which must agree with it to the last bit.
package model

import (
	"fmt"
	"slices"
)

// MaxBytes is the largest model text that Load takes.
const MaxBytes = 64 << 20

// Model is a loaded model. Nothing in it changes after Load: every method is
// safe for concurrent use.
type Model struct {
	header
	trees   int
	leaves  *byLeaves // nil in what LoadAs gives with a batch evaluator, and with linear trees
	batch   *flat     // nil = leaves alone
	reason  string    // why batch is nil
	rowwise *rowwise  // where there are linear trees, then the only one
	parts   *Ensemble // where it is several models, and then all that evaluates them
}

// Load checks a LightGBM model text (as Booster.save_model writes it, format
// v2 to v4) and makes it ready to score. Every error is a *release.Rejection:
// release.ModelMalformed for a text that LightGBM did not write like this,
// release.ModelUnsupported for a model that this host cannot score exactly
// (more than one output, pandas' categories, an unknown objective or key) or
// that cannot say anything (no trees). No error quotes the text. text is not kept.
//
// A file that Container wrote is several models: their inputs are the columns, by
// name where they have names, and Predict combines their predictions. An error
// names the one that it is about: parts[1].
func Load(text []byte) (*Model, error) {
	if IsContainer(text) {
		return loadContainer(text, func(_ int, f *forest) (*Model, error) { return held(f) })
	}
	f, err := parse(text)
	if err != nil {
		return nil, err
	}
	return held(f)
}

// held returns the model of a forest, its evaluators held against each other.
func held(f *forest) (*Model, error) {
	e, err := newByLeaves(f)
	if err != nil {
		return nil, err
	}
	if f.linear() {
		return newLinear(f, e)
	}
	batch, err := newFlat(f)
	return newModel(f, e, batch, err), nil
}

// LoadAs returns Load for a text that Load accepted in another process of this
// program, which said what is to evaluate it: the two evaluators are not built
// and held against each other once more. Its errors are those of Load.
func LoadAs(text []byte, by Evaluator) (*Model, error) {
	if IsContainer(text) {
		return loadContainer(text, func(i int, f *forest) (*Model, error) {
			if i < len(by.Parts) {
				return as(f, by.Parts[i])
			}
			return held(f)
		})
	}
	f, err := parse(text)
	if err != nil {
		return nil, err
	}
	return as(f, by)
}

// as returns the model of a forest, evaluated by what was found right.
func as(f *forest, by Evaluator) (_ *Model, err error) {
	m := &Model{header: f.header, trees: len(f.trees), reason: by.Reason}
	if f.linear() {
		m.rowwise = newRowwise(f)
		return m, nil
	}
	if by.Name == EvaluatorBatch {
		if m.batch, err = newFlat(f); err == nil {
			return m, nil
		}
		m.reason = err.Error()
	}
	if m.leaves, err = newByLeaves(f); err != nil {
		return nil, err
	}
	return m, nil
}

// Width returns the number of input columns.
func (m *Model) Width() int { return m.width }

// FeatureNames returns the names of the columns in order, or nil when they are
// only LightGBM's default Column_0, Column_1, ...
func (m *Model) FeatureNames() []string { return slices.Clone(m.names) }

// Objective returns the header's objective with its parameters, such as
// "regression" or "binary sigmoid:1"; "" for a custom objective, and for several models.
func (m *Model) Objective() string { return m.objective }

// Trees returns the number of trees.
func (m *Model) Trees() int { return m.trees }

// Raw writes LightGBM's raw_score of each row to dst: the float64 sum of the
// trees in file order. rows is row-major with Width() values a row, NaN =
// missing, and is not changed; len(rows) must be len(dst)*Width(). Several models
// have none together, which is an error.
func (m *Model) Raw(dst, rows []float64) error { return raw(m, dst, rows) }

// Predict writes LightGBM's predict() of each row to dst: the raw score,
// divided by the number of iterations where the model is an average (boosting
// rf), then the objective's transform. Shapes are those of Raw. Of several models it
// is the weighted sum or mean of their predictions.
func (m *Model) Predict(dst, rows []float64) error { return predict(m, dst, rows) }

// PredictFloat32 returns Predict for rows of float32, to the last bit that of their
// values as float64.
func (m *Model) PredictFloat32(dst []float64, rows []float32) error { return predict(m, dst, rows) }

// value is what a row may be made of. Each float32 is a float64, and compared
// as one.
type value interface{ float32 | float64 }

func raw[V value](m *Model, dst []float64, rows []V) error {
	if want := len(dst) * m.width; len(rows) != want {
		return fmt.Errorf("model: %d values given, want %d: %d rows of %d columns", len(rows), want, len(dst), m.width)
	}
	switch {
	case m.parts != nil:
		return errNoRaw
	case m.batch != nil:
		sumFlat(m.batch, dst, rows)
	case m.rowwise != nil:
		sumRowwise(m.rowwise, dst, rows, linearLeaf)
	default:
		return sumLeaves(m.leaves, dst, rows)
	}
	return nil
}

func predict[V value](m *Model, dst []float64, rows []V) error {
	if m.parts != nil {
		return predictAll(m.parts, dst, rows)
	}
	if err := raw(m, dst, rows); err != nil {
		return err
	}
	if m.average {
		// One tree is one iteration: only models of one output are loaded.
		iterations := float64(m.trees)
		for i := range dst {
			dst[i] /= iterations
		}
	}
	if m.transform != nil {
		for i, raw := range dst {
			dst[i] = m.transform(raw)
		}
	}
	return nil
}
