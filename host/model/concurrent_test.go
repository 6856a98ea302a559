package model

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestConcurrentPredict(t *testing.T) {
	for _, c := range []struct{ evaluator, model, rows string }{
		{EvaluatorLeaves, "cat_mixed", "rows_Xk.csv"},
		{EvaluatorBatch, "zero_as_missing", "rows_X.csv"},
		{EvaluatorLinear, "linear_categorical", "rows_L.csv"},
	} {
		t.Run(c.evaluator, func(t *testing.T) {
			rows, width := readMatrix(t, c.rows)
			m := load(t, readModel(t, c.model))
			require.Equal(t, c.evaluator, m.Evaluator().Name)
			want := make([]float64, len(rows)/width)
			require.NoError(t, m.Predict(want, rows))

			var wg sync.WaitGroup
			results := make([][]float64, 8)
			errs := make([]error, len(results))
			for i := range results {
				wg.Go(func() {
					got := make([]float64, len(want))
					for range 5 {
						if errs[i] = m.Predict(got, rows); errs[i] != nil {
							return
						}
					}
					results[i] = got
				})
			}
			wg.Wait()
			for i, got := range results {
				require.NoError(t, errs[i])
				requireBits(t, want, got)
			}
		})
	}
}
