package score

import (
	"context"

	"edgesignal/host/alpha158"
	"edgesignal/host/feature"
	"edgesignal/host/market"
	"edgesignal/host/model"
)

// Predictor is what a release predicts with: models, and the feature set that
// their inputs come from. It may be used on any number of goroutines.
type Predictor struct {
	model *model.Ensemble // its columns are the set's
	sum   string          // names model
	set   string          // names what the set computes
	plan  *plan           // nil = alpha158, which the hand-written engine computes
}

// NewPredictor makes a predictor. p is the feature set, and nil the built-in alpha158;
// set and sum name what the set and the models compute: equal names, equal numbers.
func NewPredictor(p *feature.Plan, set string, m *model.Ensemble, sum string) *Predictor {
	if p == nil {
		return &Predictor{m, sum, byHand, nil}
	}
	return &Predictor{m, sum, set, newPlan(p)}
}

// Share takes over what another predictor of the same set keeps of its markets. It is called
// before p predicts.
func (p *Predictor) Share(other *Predictor) {
	if p.plan != nil && other.plan != nil && p.set == other.set {
		p.plan = other.plan
	}
}

// Set names what the feature set computes: equal names, equal columns and universe.
func (p *Predictor) Set() string { return p.set }

// features computes the columns of a day.
func (p *Predictor) features(ctx context.Context, m *market.Market, day, cores int) (*features, error) {
	if p.plan != nil {
		return p.plan.features(ctx, m, day, cores)
	}
	return alpha158Features(ctx, m, day, cores)
}

// byHand names alpha158 as the hand-written engine computes it.
const byHand = "alpha158"

// alpha158Features computes alpha158 with the hand-written engine.
func alpha158Features(ctx context.Context, m *market.Market, day, cores int) (*features, error) {
	members, err := feature.Universe{}.Members(m)
	if err != nil {
		return nil, err
	}
	date := m.Calendar[day]
	member := func(symbol string) bool { return members(symbol, date) }
	f := &features{member: member, gaps: make([]Gap, len(m.Series)), width: alpha158.Width}
	var at []int // row of the series
	for i, s := range m.Series {
		row, ok := s.Row(day)
		switch {
		case !member(s.Symbol):
			f.gaps[i] = Outside
		case !ok || !s.HasBar(row):
			f.gaps[i] = NoBar
		case row+1 < alpha158.Rows:
			f.gaps[i] = ShortHistory
		default:
			f.series, at = append(f.series, int32(i)), append(at, row)
		}
	}
	f.rows = make([]float32, len(f.series)*f.width)
	return f, parallel(ctx, cores, len(f.series), func() func(from, to int) error {
		return func(from, to int) error {
			for i := from; i < to; i++ {
				s := m.Series[f.series[i]]
				alpha158.Last(f.rows[i*f.width:(i+1)*f.width], s.Slice(at[i]+1-alpha158.Rows, at[i]+1))
			}
			return nil
		}
	})
}
