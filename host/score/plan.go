package score

import (
	"context"
	"slices"
	"sync/atomic"

	"edgesignal/host/feature"
	"edgesignal/host/market"
)

// markets is how many markets a plan keeps its state of: the one that serves and the
// one that is about to.
const markets = 2

// plan is a compiled feature set with what it keeps of the markets that it is used on.
type plan struct {
	compiled *feature.Plan
	states   atomic.Pointer[[]state] // the one that was made last is the first
	turn     chan struct{}           // held by who makes one
}

// state is what a plan keeps of a market.
type state struct {
	revision string
	kept     *feature.Kept
}

func newPlan(p *feature.Plan) *plan {
	made := &plan{compiled: p, turn: make(chan struct{}, 1)}
	made.states.Store(new([]state))
	return made
}

// on returns the plan's state of a market: kept, or made by one of those who ask for
// it, from the state of the market before where that holds.
func (p *plan) on(ctx context.Context, m *market.Market, cores int) (*feature.Kept, error) {
	if kept := p.find(m); kept != nil {
		return kept, nil
	}
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if kept := p.find(m); kept != nil {
		return kept, nil
	}
	if err := p.compiled.Ready(ctx, m); err != nil {
		return nil, err
	}
	before := *p.states.Load()
	var base *feature.Kept
	if len(before) > 0 {
		base = before[0].kept
	}
	kept, err := p.compiled.Keep(ctx, m, base, cores)
	if err != nil {
		return nil, err
	}
	all := append([]state{{m.Revision, kept}}, before...)
	all = all[:min(len(all), markets)]
	p.states.Store(&all)
	return kept, nil
}

// find returns the state of a market that is kept, else nil.
func (p *plan) find(m *market.Market) *feature.Kept {
	states := *p.states.Load()
	i := slices.IndexFunc(states, func(s state) bool { return s.revision == m.Revision })
	if i < 0 {
		return nil
	}
	return states[i].kept
}

// features computes what reaches the models on a day.
func (p *plan) features(ctx context.Context, m *market.Market, day, cores int) (*features, error) {
	kept, err := p.on(ctx, m, cores)
	if err != nil {
		return nil, err
	}
	frame, err := kept.Frame(ctx, day, cores)
	if err != nil {
		return nil, err
	}
	f := &features{
		width: len(p.compiled.Inputs()), member: frame.Member, gaps: make([]Gap, len(frame.States)), series: frame.Series, rows: frame.Narrow, wide: frame.Wide,
	}
	for i, s := range frame.States {
		f.gaps[i] = gapOf[s]
	}
	return f, nil
}

var gapOf = [...]Gap{feature.Scored: None, feature.Outside: Outside, feature.NoBar: NoBar, feature.Dropped: Dropped}
