package feature

import (
	"context"
	"sync"
	"sync/atomic"
)

// parallel calls work for 0 to n-1 on so many goroutines, of which each makes its own. It
// returns an error of the first that failed, or ctx's, when all have ended.
func parallel(ctx context.Context, cores, n int, worker func() func(i int) error) error {
	var (
		next  atomic.Int64
		once  sync.Once
		first error
		group sync.WaitGroup
	)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	for range max(1, min(cores, n)) {
		group.Go(func() {
			work := worker()
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				if err := work(i); err != nil {
					once.Do(func() { first = err })
					cancel(err)
				}
			}
		})
	}
	group.Wait()
	if first != nil {
		return first
	}
	return context.Cause(ctx)
}
