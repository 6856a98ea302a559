package load

import (
	"context"
	"time"
)

// keepsUpWithin is how late after the end of a load its last answer may come:
// a target with a longer queue than that falls behind.
const keepsUpWithin = 0.05

// searchSteps halve the range between a rate that holds and one that does not.
const searchSteps = 5

// Highest is the highest rate that a target keeps up with, in requests a
// second, to within 2 % of what it answers when asked without a pause. Each
// rate is tried for l.Duration.
func Highest(ctx context.Context, t Target, l Load) (float64, error) {
	l.Rate = 0
	r, err := Run(ctx, t, l)
	if err != nil {
		return 0, err
	}
	if r.Err != nil {
		return 0, r.Err
	}
	low, high := 0.5*r.Throughput(), 1.1*r.Throughput()
	for range searchSteps {
		l.Rate = (low + high) / 2
		r, err := Run(ctx, t, l)
		if err != nil {
			return 0, err
		}
		if r.Err != nil {
			return 0, r.Err
		}
		if r.Elapsed-l.Duration <= time.Duration(keepsUpWithin*float64(l.Duration)) {
			low = l.Rate
		} else {
			high = l.Rate
		}
	}
	return low, nil
}
