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

// turns measures us and a baseline in turns: the highest rate that each keeps
// up with, then the latencies of both at one rate, half of the lower of the
// first two.
func (b *bench) turns(ctx context.Context, scenario string, us, baseline contender, throughputGoal, latencyGoal string) error {
	l := load.Load{Duration: b.Turn, Conns: b.Conns}
	highest := &figure{scenario: scenario, name: "throughput", unit: perSecond, baseline: baseline.name, goal: throughputGoal}
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
		}{{us, &highest.ours}, {baseline, &highest.theirs}} {
			r, err := load.Highest(ctx, c.Target, l)
			if err != nil {
				return fmt.Errorf("%s: %s: %w", scenario, c.name, err)
			}
			*c.to = append(*c.to, r)
		}
		if rate == 0 {
			rate = min(highest.ours[0], highest.theirs[0]) / 2
		}
		for i, c := range []contender{us, baseline} {
			r, err := load.Run(ctx, c.Target, load.Load{Rate: rate, Duration: l.Duration, Conns: l.Conns})
			if err == nil {
				err = r.Err
			}
			if err != nil {
				return fmt.Errorf("%s: %s: %w", scenario, c.name, err)
			}
			for _, q := range quantiles {
				to := []*[]float64{&q.ours, &q.theirs}[i]
				*to = append(*to, r.Quantile(q.q).Seconds())
			}
		}
	}
	b.figures = append(b.figures, highest)
	for _, q := range quantiles {
		q.name = fmt.Sprintf("%s at %s", q.name, perSecond(rate))
		b.figures = append(b.figures, q.figure)
	}
	return nil
}
