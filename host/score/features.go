package score

import (
	"context"

	"edgesignal/host/model"
)

// features holds what reaches the models of all series without a gap on one
// calendar day, as a row-major matrix.
type features struct {
	width  int
	member func(symbol string) bool // of the universe on the day
	gaps   []Gap                    // one a series of the market
	series []int32                  // of each row: its index in Market.Series, ascending
	rows   []float32                // len(series) * width
	wide   []float64                // the same where a column is a float64, and then rows is nil
}

// predict writes what the models predict for each row to its series' place in
// dst.
func (f *features) predict(ctx context.Context, e *model.Ensemble, dst []float64, cores int) error {
	return parallel(ctx, cores, len(f.series), func() func(from, to int) error {
		out := make([]float64, chunk)
		return func(from, to int) (err error) {
			out := out[:to-from]
			if f.wide != nil {
				err = e.Predict(out, f.wide[from*f.width:to*f.width])
			} else {
				err = e.PredictFloat32(out, f.rows[from*f.width:to*f.width])
			}
			if err != nil {
				return err
			}
			for i, p := range out {
				dst[f.series[from+i]] = p
			}
			return nil
		}
	})
}

func (f *features) bytes() int64 {
	return int64(len(f.gaps) + 4*len(f.series) + 4*len(f.rows) + 8*len(f.wide))
}
