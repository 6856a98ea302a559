package model

import (
	"bufio"
	"fmt"
	"math"
	"sync"

	"github.com/dmitryikh/leaves"
)

// byLeaves sums trees with the library leaves.
//
// leaves reads a row as it is given, while LightGBM's reader of dense rows
// changes some values first; and it converts every category to int32, which
// for NaN and for values out of range is a different number on amd64 and
// arm64. So each row is copied and both kinds of value are replaced.
type byLeaves struct {
	trees       *leaves.Ensemble
	width       int
	categorical []int     // columns, ascending
	rows        sync.Pool // of *[]float64: one row for leaves
}

const (
	// zeroThreshold is LightGBM's kZeroThreshold, a float32: values not above it
	// in size are 0 to LightGBM.
	zeroThreshold = float64(float32(1e-35))

	// noCategory goes right at every categorical split, as LightGBM sends NaN,
	// negative values, and those beyond int32, which C++ on amd64 turns into a
	// negative one and which no set of categories can hold.
	noCategory = -1.0

	categoryEnd = 1 << 31

	// minWidth is the narrowest row that leaves can check: it takes
	// max_feature_idx=0 for a model without columns.
	minWidth = 2
)

// newByLeaves builds the trees of a checked forest, and predicts once. Both
// must not panic after the check; should they, it is the model's fault.
func newByLeaves(f *forest) (e *byLeaves, err error) {
	defer func() {
		if p := recover(); p != nil {
			e, err = nil, malformed("leaves cannot read the model")
		}
	}()
	leavesWidth := max(f.width, minWidth)
	trees, err := leaves.LGEnsembleFromReader(bufio.NewReader(newCanonical(f, leavesWidth)), false)
	if err != nil {
		return nil, malformed("leaves cannot read the model")
	}
	if trees.NEstimators() != len(f.trees) {
		return nil, malformed("leaves read %d of %d trees", trees.NEstimators(), len(f.trees))
	}
	e = &byLeaves{trees: trees, width: f.width, categorical: f.categorical}
	e.rows.New = func() any {
		row := make([]float64, leavesWidth)
		return &row
	}
	if err := e.probe(); err != nil {
		return nil, malformed("leaves cannot score the model")
	}
	return e, nil
}

// probe predicts a row of zeros and one of missing values.
func (e *byLeaves) probe() error {
	rows := make([]float64, 2*e.width)
	for i := range e.width {
		rows[i] = math.NaN()
	}
	return sumLeaves(e, make([]float64, 2), rows)
}

// sumLeaves writes the sum of the trees for each row of rows to dst.
func sumLeaves[V value](e *byLeaves, dst []float64, rows []V) error {
	scratch := e.rows.Get().(*[]float64)
	defer e.rows.Put(scratch)
	row := *scratch
	for i := range dst {
		prepare(e, row, rows[i*e.width:(i+1)*e.width])
		if err := e.trees.Predict(row, 0, dst[i:i+1]); err != nil {
			return fmt.Errorf("model: row %d: %w", i, err)
		}
	}
	return nil
}

// prepare copies a row as leaves must see it.
func prepare[V value](e *byLeaves, row []float64, from []V) {
	for j, v := range from {
		row[j] = asRead(float64(v))
	}
	for _, j := range e.categorical {
		// Written so that NaN fails too. A fraction above -1 counts as category 0.
		if x := row[j]; !(x > -1 && x < categoryEnd) {
			row[j] = noCategory
		}
	}
}
