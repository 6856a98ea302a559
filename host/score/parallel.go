package score

import (
	"context"
	"sync"
	"sync/atomic"
)

// chunk is how many symbols are worked on at a time: enough rows for the
// model to walk side by side, few enough that ctx is looked at often.
const chunk = 64

// parallel does the work of n items in chunks, on so many cores. worker is
// called once a core and may hold what that core works with. It returns the first
// error, or ctx's when ctx ended before the work did.
func parallel(ctx context.Context, cores, n int, worker func() func(from, to int) error) error {
	chunks := (n + chunk - 1) / chunk
	var next atomic.Int64
	work := func() error {
		do := worker()
		for {
			i := int(next.Add(1)) - 1
			if i >= chunks {
				return nil
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := do(i*chunk, min((i+1)*chunk, n)); err != nil {
				return err
			}
		}
	}
	cores = min(cores, chunks)
	if cores <= 1 {
		return work()
	}
	errs, panics := make([]error, cores), make([]any, cores)
	var wg sync.WaitGroup
	for i := range cores {
		wg.Go(func() {
			defer func() { panics[i] = recover() }()
			errs[i] = work()
		})
	}
	wg.Wait()
	for _, p := range panics {
		if p != nil {
			panic(p) // where a caller may recover from it
		}
	}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
