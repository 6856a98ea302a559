package model

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

// A model that is loaded as another process found right gives that process's
// answers, with each evaluator, and has the other one not at all.
func TestLoadAs(t *testing.T) {
	for _, g := range goldens(t) {
		t.Run(g.model, func(t *testing.T) {
			text := readModel(t, g.model)
			m, err := Load(text)
			if err != nil {
				_, asErr := LoadAs(text, Evaluator{Name: EvaluatorBatch})
				require.Equal(t, err, asErr)
				return
			}
			rows, width := readMatrix(t, g.rows)
			want := make([]float64, len(rows)/width)
			require.NoError(t, m.Predict(want, rows))
			words := []Evaluator{m.Evaluator(), {Name: EvaluatorLeaves, Reason: "golden row 7"}}
			if m.rowwise != nil {
				words = words[:1]
			}
			for _, by := range words {
				as, err := LoadAs(text, by)
				require.NoError(t, err)
				require.Equal(t, by, as.Evaluator())
				require.Equal(t, by.Name == EvaluatorLeaves, as.leaves != nil)
				require.Equal(t, by.Name == EvaluatorBatch, as.batch != nil)
				require.Equal(t, by.Name == EvaluatorLinear, as.rowwise != nil)
				require.Equal(t, m.header.names, as.header.names)
				require.Equal(t, m.Trees(), as.Trees())
				require.Same(t, as, as.Hold(rows))
				got := make([]float64, len(want))
				require.NoError(t, as.Predict(got, rows))
				requireBits(t, want, got)
			}
		})
	}
}

// A word that cannot be right for these bytes is not obeyed.
func TestLoadAsWhatItCannotBe(t *testing.T) {
	for _, name := range []string{EvaluatorBatch, EvaluatorLeaves} {
		as, err := LoadAs(readModel(t, "linear_numeric"), Evaluator{Name: name})
		require.NoError(t, err)
		require.Equal(t, EvaluatorLinear, as.Evaluator().Name)
	}
	text := readModel(t, "cat_mixed")
	as, err := LoadAs(text, Evaluator{Name: EvaluatorBatch})
	require.NoError(t, err)
	require.Equal(t, load(t, text).Evaluator(), as.Evaluator())

	damaged := bytes.Replace(text, []byte("num_leaves="), []byte("num_leaves=-"), 1)
	_, want := Load(damaged)
	require.Error(t, want)
	for _, name := range []string{EvaluatorBatch, EvaluatorLeaves} {
		_, err := LoadAs(damaged, Evaluator{Name: name})
		require.Equal(t, want, err)
	}
}
