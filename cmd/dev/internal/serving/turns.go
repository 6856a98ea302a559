package serving

import (
	"context"
	"fmt"

	"edgesignal/cmd/dev/internal/load"
)

// contender is a target with a name.
type contender struct {
	name string
	load.Target
}

// turns measures us and a baseline in turns: what each answers when every
// connection asks as fast as it is answered, then the latencies of both at one
// rate, half of the lower of the first two.
func (b *bench) turns(ctx context.Context, scenario string, us, baseline contender, throughputGoal, latencyGoal string) error {
	throughput := &figure{scenario: scenario, name: "throughput", unit: perSecond, baseline: baseline.name, goal: throughputGoal}
	quantiles := []struct {
		q float64
		*figure
	}{
		{0.5, &figure{name: "p50"}}, {0.99, &figure{name: "p99", goal: latencyGoal}}, {0.999, &figure{name: "p99.9"}},
	}
	for _, q := range quantiles {
		q.scenario, q.unit, q.baseline = scenario, duration, baseline.name
	}
	rate := 0.0
	for range b.Rounds {
		for _, c := range []struct {
			contender
			to *[]float64
		}{{us, &throughput.ours}, {baseline, &throughput.theirs}} {
			r, err := b.load(ctx, scenario, c.contender, 0)
			if err != nil {
				return err
			}
			*c.to = append(*c.to, r.Throughput())
		}
		if rate == 0 {
			rate = min(throughput.ours[0], throughput.theirs[0]) / 2
		}
		for i, c := range []contender{us, baseline} {
			r, err := b.load(ctx, scenario, c, rate)
			if err != nil {
				return err
			}
			for _, q := range quantiles {
				to := []*[]float64{&q.ours, &q.theirs}[i]
				*to = append(*to, r.Quantile(q.q).Seconds())
			}
		}
	}
	b.figures = append(b.figures, throughput)
	for _, q := range quantiles {
		q.name = fmt.Sprintf("%s at %s", q.name, perSecond(rate))
		b.figures = append(b.figures, q.figure)
	}
	return nil
}

// load returns one load of a turn, of which no request may fail.
func (b *bench) load(ctx context.Context, scenario string, c contender, rate float64) (*load.Result, error) {
	r, err := load.Run(ctx, c.Target, load.Load{Rate: rate, Duration: b.Turn, Conns: b.Conns})
	if err == nil {
		err = r.Err
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %s: %w", scenario, c.name, err)
	}
	return r, nil
}
