package research

import (
	"context"
	"runtime"
	"sync"
)

// inOrder does jobs on all cores and uses what comes of them in the jobs'
// order. next gives one job after the other, from a goroutine of its own,
// false when there is none; its error comes after all jobs before it. work
// runs on many goroutines, use on the caller's. At most two jobs a core are
// under way, finished but not used ones among them, so memory is bounded by
// the size of a job however slow use is.
//
// The first error in the order of the jobs ends all and comes back, or the
// context's when ctx ends. No goroutine outlives the call.
func inOrder[J, R any](ctx context.Context, next func() (J, bool, error), work func(context.Context, J) (R, error), use func(R) error) error {
	type result struct {
		value R
		err   error
	}
	type task struct {
		job  J
		done chan result // holds one
	}
	cores := runtime.GOMAXPROCS(0)
	todo, order := make(chan task), make(chan task, 2*cores-1)
	ctx, cancel := context.WithCancel(ctx)
	var goroutines sync.WaitGroup
	defer goroutines.Wait()
	defer cancel()

	goroutines.Go(func() {
		defer close(order)
		defer close(todo)
		for ctx.Err() == nil {
			job, ok, err := next()
			if !ok && err == nil {
				return
			}
			t := task{job, make(chan result, 1)}
			if err != nil {
				t.done <- result{err: err}
			}
			select {
			case order <- t:
			case <-ctx.Done():
				return
			}
			if err != nil {
				return
			}
			select {
			case todo <- t:
			case <-ctx.Done():
				return
			}
		}
	})
	for range cores {
		goroutines.Go(func() {
			for t := range todo {
				var r result
				r.value, r.err = work(ctx, t.job)
				t.done <- r
			}
		})
	}
	for t := range order {
		select {
		case r := <-t.done:
			if r.err != nil {
				return r.err
			}
			if err := use(r.value); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return ctx.Err()
}
