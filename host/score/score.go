// Package score computes the predictions of a day for a whole market once,
// over all cores, and keeps them, with the features that they came from,
// within a bound of bytes.
//
// What is kept is a pure function of its key: features of (feature set, market
// revision, day), scores of those and the model. So features outlive the model:
// another one on the same market reuses them.
package score

import (
	"cmp"
	"context"
	"math"
	"runtime"
	"slices"

	"edgesignal/host/decimal"
	"edgesignal/host/market"
	"edgesignal/host/memo"
	"edgesignal/host/model"
)

// Scores are what a model predicts on one calendar day of a market. All
// slices but Order have one entry a series of the market, in their order.
// They are shared: nobody changes them.
type Scores struct {
	Gaps        []Gap
	Predictions []float64 // LightGBM's predict(); NaN where there is a gap
	Decimals    []string  // Predictions as answers show them; "" for what is not finite

	// Order lists the series without a gap, the highest prediction first and
	// equal ones by symbol. Not-a-numbers come last.
	Order []int32

	// Member reports whether a symbol belongs to the release's universe on the day.
	Member func(symbol string) bool
}

// Cache keeps scores and features. Nil keeps nothing, and each call computes.
type Cache struct {
	scores   *memo.Cache[scoresKey, *Scores]
	features *memo.Cache[featuresKey, *features]
}

type featuresKey struct {
	set    string // what it computes
	market string // its revision
	day    int
}

type scoresKey struct {
	featuresKey
	model string // what the models are
}

// New makes a cache of about limit bytes, nil where that is 0. Features have
// nine tenths of it: they are 30 times as large as the scores of a day.
func New(limit int64) *Cache {
	if limit <= 0 {
		return nil
	}
	return &Cache{
		scores:   memo.New(limit/10, func(k scoresKey, s *Scores) int64 { return int64(len(k.market)+len(k.model)) + s.bytes() }),
		features: memo.New(limit-limit/10, func(k featuresKey, f *features) int64 { return int64(len(k.market)) + f.bytes() }),
	}
}

// Stats returns those of the scores and of the features.
func (c *Cache) Stats() (scores, features memo.Stats) {
	if c == nil {
		return scores, features
	}
	return c.scores.Stats(), c.features.Stats()
}

// Scores returns what a release predicts on a calendar day of m (an index of its
// Calendar).
//
// One computation serves all who ask at the same time. Errors: those of a
// feature set on a market that it cannot be computed on, which name the field or
// the universe that is not there; and ctx's when ctx ends.
func (c *Cache) Scores(ctx context.Context, m *market.Market, p *Predictor, day int) (*Scores, error) {
	return c.compute(ctx, m, p, day, runtime.GOMAXPROCS(0))
}

// Warm makes m ready for a release and computes the scores of its newest day, so that
// the first request for them pays nothing, on half of the cores: requests go on
// meanwhile.
func (c *Cache) Warm(ctx context.Context, m *market.Market, p *Predictor) error {
	if m == nil || c == nil && p.plan == nil {
		return nil
	}
	_, err := c.compute(ctx, m, p, len(m.Calendar)-1, max(1, runtime.GOMAXPROCS(0)/2))
	return err
}

func (c *Cache) compute(ctx context.Context, m *market.Market, p *Predictor, day, cores int) (*Scores, error) {
	var caches Cache
	if c != nil {
		caches = *c
	}
	of := featuresKey{p.set, m.Revision, day}
	return caches.scores.Do(ctx, scoresKey{of, p.sum}, func() (*Scores, error) {
		f, err := caches.features.Do(ctx, of, func() (*features, error) { return p.features(ctx, m, day, cores) })
		if err != nil {
			return nil, err
		}
		return newScores(ctx, f, p.model, cores)
	})
}

func newScores(ctx context.Context, f *features, e *model.Ensemble, cores int) (*Scores, error) {
	s := &Scores{Member: f.member, Gaps: f.gaps, Predictions: make([]float64, len(f.gaps)), Decimals: make([]string, len(f.gaps)), Order: slices.Clone(f.series)}
	for i := range s.Predictions {
		s.Predictions[i] = math.NaN()
	}
	if err := f.predict(ctx, e, s.Predictions, cores); err != nil {
		return nil, err
	}
	for _, i := range f.series {
		if p := s.Predictions[i]; !math.IsNaN(p) && !math.IsInf(p, 0) {
			s.Decimals[i] = string(decimal.Append(nil, p))
		}
	}
	s.Sort(s.Order)
	return s, nil
}

// Sort puts indices of series in the order of Order.
func (s *Scores) Sort(series []int32) {
	slices.SortFunc(series, func(a, b int32) int {
		return cmp.Or(cmp.Compare(s.Predictions[b], s.Predictions[a]), cmp.Compare(a, b))
	})
}

func (s *Scores) bytes() int64 {
	n := int64(4 * len(s.Order))
	for _, d := range s.Decimals {
		n += 8 + 16 + int64(len(d)) // Gaps are the features'
	}
	return n
}
