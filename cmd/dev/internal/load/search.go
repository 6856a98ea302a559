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

// tries is how often a target may fall behind before a rate is too high for
// it: once may be the doing of whoever else uses the machine.
const tries = 2

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
	return bisect(0.5*r.Throughput(), 1.1*r.Throughput(), func(rate float64) (bool, error) {
		l.Rate = rate
		return keepsUp(l.Duration, func() (*Result, error) { return Run(ctx, t, l) })
	})
}

// keepsUp is whether a load of some duration, run again where it must be, ends
// in time.
func keepsUp(duration time.Duration, run func() (*Result, error)) (bool, error) {
	for range tries {
		r, err := run()
		if err == nil {
			err = r.Err
		}
		if err != nil {
			return false, err
		}
		if r.Elapsed-duration <= time.Duration(keepsUpWithin*float64(duration)) {
			return true, nil
		}
	}
	return false, nil
}

// bisect is the highest rate found to hold between one that does and one that
// does not.
func bisect(low, high float64, holds func(rate float64) (bool, error)) (float64, error) {
	for range searchSteps {
		rate := (low + high) / 2
		ok, err := holds(rate)
		if err != nil {
			return 0, err
		}
		if ok {
			low = rate
		} else {
			high = rate
		}
	}
	return low, nil
}
