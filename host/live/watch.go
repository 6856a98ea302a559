package live

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"edgesignal/host/registry"
	"edgesignal/host/release"
)

// The waits between tries while the registry or the store is out of reach. The
// first is short: a connection that broke is made anew at once, and a change
// that came meanwhile is not to wait for it.
const (
	firstRetry = 100 * time.Millisecond
	lastRetry  = 30 * time.Second
)

// Watch follows the registry until ctx ends: each change at once, everything
// every Interval whether or not a change was seen, and after a fault again
// and again.
func (b *Board) Watch(ctx context.Context) {
	var cursor registry.Cursor
	retry := time.Duration(0)
	for ctx.Err() == nil {
		// The cursor is taken before the state is read, so that a change
		// between the two is seen by the next Wait.
		wait := b.jittered(b.opt.Interval)
		if retry > 0 {
			wait = retry
		}
		next, err := b.wait(ctx, cursor, wait)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			cursor = next
			err = b.Sync(ctx)
		}
		if !passing(err) {
			retry = 0
			continue
		}
		retry = min(max(firstRetry, 2*retry), lastRetry)
		if unreachable(err) {
			b.opt.Log.Warn("registry out of reach", "error", err, "retry_in", retry)
			b.rest(ctx, b.jittered(retry))
		}
	}
}

// wait returns at the next change or after the time, whichever is first.
func (b *Board) wait(ctx context.Context, cursor registry.Cursor, d time.Duration) (registry.Cursor, error) {
	wctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	next, err := b.opt.Registry.Wait(wctx, cursor)
	if err != nil && wctx.Err() != nil && ctx.Err() == nil {
		return cursor, nil
	}
	b.saw(err)
	return next, err
}

// Sync brings every strategy of the registry to what it wants, once; Watch
// goes on doing it. It returns the first fault that is worth trying again.
func (b *Board) Sync(ctx context.Context) error {
	rows, err := b.opt.Registry.List(ctx, "")
	b.saw(err)
	if err != nil {
		return err
	}
	wanted := map[string]bool{b.opt.Strategy: true}
	for i := range rows {
		b.slot(rows[i].Strategy)
		if rows[i].Status == release.Active {
			wanted[rows[i].Strategy] = true
		}
	}
	var fault error
	for _, name := range b.Strategies() {
		if !wanted[name] && b.find(name).current.Load() == nil {
			continue
		}
		_, err := b.Reload(ctx, name)
		if fault == nil && passing(err) {
			fault = err
		}
	}
	return fault
}

// rest sleeps until d is over or the registry is back, which the heartbeat
// sees first.
func (b *Board) rest(ctx context.Context, d time.Duration) {
	least := min(d, firstRetry) // it may come and go
	sleep(ctx, least)
	t := time.NewTimer(d - least)
	defer t.Stop()
	select {
	case <-t.C:
	case <-b.back:
	case <-ctx.Done():
	}
}

// jittered spreads hosts that were started together.
func (b *Board) jittered(d time.Duration) time.Duration {
	return d - time.Duration(rand.Int64N(int64(d)/5+1))
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// contact is when the registry was last reached.
type contact struct {
	mu   sync.Mutex
	last time.Time // of the last answer
	err  error     // nil = the last try was answered
}

// unreachable reports whether err is an outage of the registry.
func unreachable(err error) bool {
	var unavailable *release.Unavailable
	return errors.As(err, &unavailable) && unavailable.Part == release.PartRegistry
}

// passing reports whether trying again may help: an outage, a load that took
// too long, or bytes that are not those of the release, for they may have been
// damaged on the way.
func passing(err error) bool {
	var unavailable *release.Unavailable
	var refused *release.Rejection
	return errors.As(err, &unavailable) || errors.Is(err, context.DeadlineExceeded) ||
		errors.As(err, &refused) && refused.Reason == release.DigestMismatch
}

// saw notes whether the registry answered: an error of the domain is an
// answer too.
func (b *Board) saw(err error) {
	lost := unreachable(err) // one that hangs is, by the end of somebody's patience
	if !lost && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)) {
		return
	}
	b.contact.mu.Lock()
	defer b.contact.mu.Unlock()
	if lost {
		b.contact.err = err
		return
	}
	if b.contact.err != nil {
		select {
		case b.back <- struct{}{}:
		default:
		}
	}
	b.contact.err, b.contact.last = nil, b.opt.Now()
	if b.opt.Keep != nil && b.opt.MaxStaleness > 0 {
		if err := b.opt.Keep.Saw(b.contact.last); err != nil {
			b.opt.Log.Warn("the time of this contact is not kept for a start without registry", "error", err)
		}
	}
}

// seen returns when the registry last answered, and why it does not now, nil = it
// does.
func (c *contact) seen() (last time.Time, lost error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last, c.err
}

// restore sets when an earlier process reached the registry, where this one
// has not yet.
func (c *contact) restore(last time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last.IsZero() {
		c.last = last
	}
}
