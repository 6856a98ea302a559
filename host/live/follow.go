package live

import (
	"context"
	"math/rand/v2"
	"time"

	"edgesignal/host/registry"
	"edgesignal/host/release"
)

// The waits between tries while the registry or the store is out of reach. The
// first is short, because a broken connection is usually replaced at once and a
// change may have come meanwhile.
const (
	firstRetry = 100 * time.Millisecond
	lastRetry  = 30 * time.Second
)

// Watch follows the registry until ctx ends. It syncs at each change, at least
// once an Interval, and after a fault until it succeeds.
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

// rest sleeps for d, or until the heartbeat finds that the registry is back.
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

// jittered returns d less up to a fifth, so that hosts that were started together
// do not ask together.
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
