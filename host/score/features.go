package score

import (
	"context"

	"edgesignal/host/market"
	"edgesignal/host/model"
)

// features holds the columns of all series without a gap on one calendar day, as
// a row-major matrix.
type features struct {
	set    *featureSet
	gaps   []Gap     // one a series of the market
	series []int32   // of each row: its index in Market.Series, ascending
	rows   []float32 // len(series) * set.width
}

func newFeatures(ctx context.Context, set *featureSet, m *market.Market, day, cores int) (*features, error) {
	f := &features{set: set, gaps: make([]Gap, len(m.Series))}
	var at []int // row of the series
	for i, s := range m.Series {
		row, gap := set.gapOf(s, day)
		f.gaps[i] = gap
		if gap == None {
			f.series, at = append(f.series, int32(i)), append(at, row)
		}
	}
	f.rows = make([]float32, len(f.series)*set.width)
	err := parallel(ctx, cores, len(f.series), func() func(from, to int) error {
		return func(from, to int) error {
			for i := from; i < to; i++ {
				s := m.Series[f.series[i]]
				set.last(f.row(i, i+1), s.Slice(at[i]+1-set.rows, at[i]+1))
			}
			return nil
		}
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// row returns the columns of rows from to to, the last left out.
func (f *features) row(from, to int) []float32 { return f.rows[from*f.set.width : to*f.set.width] }

// predict writes what the model predicts for each row to its series' place in
// dst.
func (f *features) predict(ctx context.Context, mod *model.Model, dst []float64, cores int) error {
	return parallel(ctx, cores, len(f.series), func() func(from, to int) error {
		out := make([]float64, chunk)
		return func(from, to int) error {
			out := out[:to-from]
			if err := mod.PredictFloat32(out, f.row(from, to)); err != nil {
				return err
			}
			for i, p := range out {
				dst[f.series[from+i]] = p
			}
			return nil
		}
	})
}

func (f *features) bytes() int64 { return int64(len(f.gaps) + 4*len(f.series) + 4*len(f.rows)) }
