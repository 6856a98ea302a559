package model

import (
	"fmt"
	"math"
	"slices"
	"sync"
)

// MaxParts is the most models that an Ensemble may have.
const MaxParts = 32

// Part is one of the models of an Ensemble.
type Part struct {
	Model   *Model
	Columns []int   // of each of the model's inputs, its place in a row of the ensemble
	Weight  float64 // of its prediction in a sum; of no meaning in a mean
}

// Ensemble predicts with several models at once: a sum of their predictions by
// weight, or their mean. Nothing in it changes: it is safe for concurrent use.
type Ensemble struct {
	width   int
	mean    bool
	parts   []Part
	whole   []bool    // of each part: its inputs are the row
	block   int       // rows that go through one model before the next
	scratch sync.Pool // of *[]float64
}

// MissingInputError is an input of a model that its columns lack.
type MissingInputError struct {
	Input int
	Name  string
}

func (e *MissingInputError) Error() string {
	return fmt.Sprintf("input %d of the model, %q, is not among the columns", e.Input, e.Name)
}

// Places returns the place of each of the model's inputs among named columns, in
// any order and of any number, a *MissingInputError for one that is not there. A
// model without names of its own takes all columns in their order, and another
// number of them is an error.
func (m *Model) Places(columns []string) ([]int, error) {
	places := make([]int, m.width)
	if m.names == nil {
		if len(columns) != m.width {
			return nil, fmt.Errorf("the model has %d inputs without names, and there are %d columns", m.width, len(columns))
		}
		for i := range places {
			places[i] = i
		}
		return places, nil
	}
	at := make(map[string]int, len(columns))
	for i, c := range columns {
		at[c] = i
	}
	for i, name := range m.names {
		place, ok := at[name]
		if !ok {
			return nil, &MissingInputError{i, name}
		}
		places[i] = place
	}
	return places, nil
}

// WeightedSum returns the ensemble that predicts w0*p0 + w1*p1 + ..., added up in
// the order of the parts, each product and each sum rounded to float64, as NumPy
// does. Its rows have width columns. Errors: no parts or too many, a weight that
// is not finite, columns that do not fit a model or a row.
func WeightedSum(width int, parts []Part) (*Ensemble, error) {
	for i, p := range parts {
		if math.IsNaN(p.Weight) || math.IsInf(p.Weight, 0) {
			return nil, fmt.Errorf("part %d: the weight is not finite", i)
		}
	}
	return newEnsemble(width, parts, false)
}

// Mean returns the ensemble that predicts (p0 + p1 + ...)/n, as NumPy rounds it.
// The rest is as for WeightedSum.
func Mean(width int, parts []Part) (*Ensemble, error) { return newEnsemble(width, parts, true) }

func newEnsemble(width int, parts []Part, mean bool) (*Ensemble, error) {
	if len(parts) == 0 || len(parts) > MaxParts {
		return nil, fmt.Errorf("%d models, 1 to %d are allowed", len(parts), MaxParts)
	}
	e := &Ensemble{width: width, mean: mean, parts: slices.Clone(parts)}
	for i := range e.parts {
		p := &e.parts[i]
		if len(p.Columns) != p.Model.width {
			return nil, fmt.Errorf("part %d: %d columns for %d inputs", i, len(p.Columns), p.Model.width)
		}
		whole := len(p.Columns) == width
		for input, column := range p.Columns {
			if column < 0 || column >= width {
				return nil, fmt.Errorf("part %d: input %d takes column %d of %d", i, input, column, width)
			}
			whole = whole && input == column
		}
		p.Columns = slices.Clone(p.Columns)
		e.whole = append(e.whole, whole)
	}
	e.setUp()
	return e, nil
}

// setUp makes room for the widest part.
func (e *Ensemble) setUp() {
	widest := 0
	for _, p := range e.parts {
		widest = max(widest, p.Model.width)
	}
	// Enough rows for the batch evaluator, few enough to stay in the cache.
	e.block = max(1, min(64, 1<<18/widest))
	e.scratch.New = func() any {
		s := make([]float64, e.block*(widest+1))
		return &s
	}
}

// with returns the ensemble of the same models, evaluated otherwise.
func (e *Ensemble) with(models []*Model) *Ensemble {
	on := &Ensemble{width: e.width, mean: e.mean, parts: slices.Clone(e.parts), whole: e.whole}
	for i, m := range models {
		on.parts[i].Model = m
	}
	on.setUp()
	return on
}

// Width returns the number of columns of a row.
func (e *Ensemble) Width() int { return e.width }

// Parts returns the number of models.
func (e *Ensemble) Parts() int { return len(e.parts) }

// Predict writes the prediction of each row to dst. rows is row-major with
// Width() values a row, NaN = missing, and is not changed; len(rows) must be
// len(dst)*Width().
func (e *Ensemble) Predict(dst, rows []float64) error { return predictAll(e, dst, rows) }

// PredictFloat32 returns Predict for rows of float32, to the last bit that of
// their values as float64.
func (e *Ensemble) PredictFloat32(dst []float64, rows []float32) error {
	return predictAll(e, dst, rows)
}

func predictAll[V value](e *Ensemble, dst []float64, rows []V) error {
	if want := len(dst) * e.width; len(rows) != want {
		return fmt.Errorf("model: %d values given, want %d: %d rows of %d columns", len(rows), want, len(dst), e.width)
	}
	scratch := e.scratch.Get().(*[]float64)
	defer e.scratch.Put(scratch)
	for len(dst) > 0 {
		n := min(len(dst), e.block)
		for i := range e.parts {
			if err := addPart(e, i, dst[:n], rows[:n*e.width], *scratch); err != nil {
				return fmt.Errorf("part %d: %w", i, err)
			}
		}
		dst, rows = dst[n:], rows[n*e.width:]
	}
	return nil
}

// addPart adds a part's share to the sums of some rows. The first one begins
// them, the last one of a mean divides.
func addPart[V value](e *Ensemble, i int, sums []float64, rows []V, scratch []float64) error {
	p := &e.parts[i]
	predictions, inputs := scratch[:len(sums)], scratch[e.block:]
	err := error(nil)
	if e.whole[i] {
		err = predict(p.Model, predictions, rows)
	} else {
		inputs = inputs[:len(sums)*len(p.Columns)]
		for r := range sums {
			to, from := inputs[r*len(p.Columns):], rows[r*e.width:]
			for input, column := range p.Columns {
				to[input] = float64(from[column])
			}
		}
		err = predict(p.Model, predictions, inputs)
	}
	if err != nil {
		return err
	}
	for r, x := range predictions {
		if !e.mean {
			x = float64(p.Weight * x)
		}
		if i > 0 {
			x = sums[r] + x
		}
		if e.mean && i == len(e.parts)-1 {
			x /= float64(len(e.parts))
		}
		sums[r] = x
	}
	return nil
}
