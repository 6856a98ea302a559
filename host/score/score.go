// Package score computes the predictions of a day for a whole market once,
// over all cores, and keeps them, with the features that they came from,
// within a bound of bytes.
//
// What is kept is a pure function of its key: predictions of (market revision,
// model, day), features of (market revision, day). It is forgotten when it is
// not asked for, never because time passes.
package score

import (
	"context"
	"math"
	"runtime"

	"edgesignal/host/alpha158"
	"edgesignal/host/market"
	"edgesignal/host/model"
)

// Gap is why a series cannot be scored on a day.
type Gap int

// The gaps.
const (
	None         Gap = iota
	NoBar            // no bar on that day
	ShortHistory     // fewer than alpha158.Rows calendar rows
)

// Row is the row of a calendar day in a series, and what it lacks to be scored.
func Row(s *market.Series, day int) (row int, gap Gap) {
	row, ok := s.Row(day)
	switch {
	case !ok || !s.HasBar(row):
		return row, NoBar
	case row+1 < alpha158.Rows:
		return row, ShortHistory
	}
	return row, None
}

// Predictions are what a model predicts on a calendar day of m (an index of
// its Calendar): one a series of m, in their order, LightGBM's predict();
// NaN for a series that Row finds a gap in. The slice is shared: callers do
// not change it. sum is the SHA-256 of the model's text, which is its name
// here. A nil Cache computes and keeps nothing.
//
// One computation serves all who ask at the same time. It ends with ctx's
// error when the one who began it gives up; who waited begins anew.
func (c *Cache) Predictions(ctx context.Context, m *market.Market, mod *model.Model, sum string, day int) ([]float64, error) {
	return c.predictions(ctx, m, mod, sum, day, runtime.GOMAXPROCS(0))
}

// Warm computes the predictions of the newest day of m, so that the first
// request for them pays nothing, on half of the cores: requests go on
// meanwhile.
func (c *Cache) Warm(ctx context.Context, m *market.Market, mod *model.Model, sum string) error {
	if c == nil || m == nil {
		return nil
	}
	_, err := c.predictions(ctx, m, mod, sum, len(m.Calendar)-1, max(1, runtime.GOMAXPROCS(0)/2))
	return err
}

func (c *Cache) predictions(ctx context.Context, m *market.Market, mod *model.Model, sum string, day, cores int) ([]float64, error) {
	v, err := c.once(ctx, key{m.Revision, sum, day}, func() (value, error) {
		f, err := c.features(ctx, m, day, cores)
		if err != nil {
			return value{}, err
		}
		p, err := predict(ctx, m, mod, f, cores)
		return value{predictions: p}, err
	})
	return v.predictions, err
}

// features are those of all series without a gap on a day.
func (c *Cache) features(ctx context.Context, m *market.Market, day, cores int) (*features, error) {
	v, err := c.once(ctx, key{market: m.Revision, day: day}, func() (value, error) {
		f, err := compute(ctx, m, day, cores)
		return value{features: f}, err
	})
	return v.features, err
}

// features is a row-major matrix, alpha158.Width values a row.
type features struct {
	series []int32   // of each row: its index in Market.Series, ascending
	rows   []float32 // len(series) * alpha158.Width
}

func compute(ctx context.Context, m *market.Market, day, cores int) (*features, error) {
	f := &features{}
	var at []int // row of the series
	for i, s := range m.Series {
		if row, gap := Row(s, day); gap == None {
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

func predict(ctx context.Context, m *market.Market, mod *model.Model, f *features, cores int) ([]float64, error) {
	all := make([]float64, len(m.Series))
	for i := range all {
		all[i] = math.NaN()
	}
	err := parallel(ctx, cores, len(f.series), func() func(from, to int) error {
		rows, dst := make([]float64, chunk*alpha158.Width), make([]float64, chunk)
		return func(from, to int) error {
			rows, dst := rows[:(to-from)*alpha158.Width], dst[:to-from]
			for i, v := range f.rows[from*alpha158.Width : to*alpha158.Width] {
				rows[i] = float64(v)
			}
			if err := mod.Predict(dst, rows); err != nil {
				return err
			}
			for i, p := range dst {
				all[f.series[from+i]] = p
			}
			return nil
		}
	})
	return all, err
}
