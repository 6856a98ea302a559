package mirror

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"edgesignal/host/market"
)

// pass is one attempt at a list of files.
type pass struct {
	mirror  *Mirror
	listing *market.Listing
	todo    []market.FileInfo

	mu     sync.Mutex
	next   int
	failed map[market.FileInfo]error
}

// run fetches what the disk does not have, a few at once. A file that fails is noted; an error
// comes back where there is no use in trying the others.
func (p *pass) run(ctx context.Context) error {
	p.failed = map[market.FileInfo]error{}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var workers sync.WaitGroup
	for range min(parallel, len(p.todo)) {
		workers.Go(func() {
			for f, ok := p.take(); ok && ctx.Err() == nil; f, ok = p.take() {
				if p.mirror.holds(f) {
					continue
				}
				err := p.mirror.get(ctx, f)
				if err == nil || ctx.Err() != nil {
					continue
				}
				if end := p.note(ctx, f, err); end != nil {
					stop(end)
				}
			}
		})
	}
	workers.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

func (p *pass) take() (f market.FileInfo, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.next == len(p.todo) {
		return f, false
	}
	p.next++
	return p.todo[p.next-1], true
}

// note notes why a file could not be fetched. What it returns ends the pass:
// the disk is full, or the bucket gives nothing any more.
func (p *pass) note(ctx context.Context, f market.FileInfo, err error) error {
	var disk *diskError
	if errors.As(err, &disk) {
		return err
	}
	p.mu.Lock()
	p.failed[f] = err
	doubt := passing(err) && len(p.failed)%parallel == 0 // now and then is enough
	p.mu.Unlock()
	if doubt && !p.mirror.gives(ctx, p.listing) {
		return fmt.Errorf("%s: %w", f.Name, err)
	}
	return nil
}

// left returns the files that failed, in their order.
func (p *pass) left() (left []market.FileInfo) {
	for _, f := range p.todo {
		if p.failed[f] != nil {
			left = append(left, f)
		}
	}
	return left
}
