package score

import (
	"context"

	"edgesignal/host/alpha158"
	"edgesignal/host/market"
	"edgesignal/host/model"
)

// features are those of all series without a gap on one calendar day: a
// row-major matrix, alpha158.Width values a row.
type features struct {
	gaps   []Gap     // one a series of the market
	series []int32   // of each row: its index in Market.Series, ascending
	rows   []float32 // len(series) * alpha158.Width
}

func newFeatures(ctx context.Context, m *market.Market, day, cores int) (*features, error) {
	f := &features{gaps: make([]Gap, len(m.Series))}
	var at []int // row of the series
	for i, s := range m.Series {
		row, gap := gapOf(s, day)
		f.gaps[i] = gap
		if gap == None {
			f.series, at = append(f.series, int32(i)), append(at, row)
		}
	}
	f.rows = make([]float32, len(f.series)*alpha158.Width)
	err := parallel(ctx, cores, len(f.series), func() func(from, to int) error {
		return func(from, to int) error {
			for i := from; i < to; i++ {
				s := m.Series[f.series[i]]
				alpha158.Last(f.rows[i*alpha158.Width:(i+1)*alpha158.Width], s.Slice(at[i]+1-alpha158.Rows, at[i]+1))
			}
			return nil
		}
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// predict writes what the model predicts for each row to its series' place in
// dst.
func (f *features) predict(ctx context.Context, mod *model.Model, dst []float64, cores int) error {
	return parallel(ctx, cores, len(f.series), func() func(from, to int) error {
		out := make([]float64, chunk)
		return func(from, to int) error {
			out := out[:to-from]
			if err := mod.PredictFloat32(out, f.rows[from*alpha158.Width:to*alpha158.Width]); err != nil {
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
