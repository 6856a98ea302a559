package live

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"edgesignal/host/release"
)

// fail writes a refusal to the registry, so that the release is failed for
// every host and keeps its reason. A digest that does not match is no failure
// of the release: its bytes were never seen, and the store may be mended.
func (b *Board) fail(ctx context.Context, rec *release.Record, err error) {
	var refused *release.Rejection
	if !errors.As(err, &refused) {
		return
	}
	debug.FreeOSMemory() // what was refused may have been 64 MB of text
	if refused.Reason == release.DigestMismatch {
		return
	}
	log := b.opt.Log.With("strategy", rec.Strategy, "version", rec.Version)
	// Between reading the row and here somebody may have activated another
	// release, or this one again after mending what its row names.
	now, err := b.opt.Registry.Active(ctx, rec.Strategy)
	if err == nil && now.ID == rec.ID && sameTime(now.ActivatedAt, rec.ActivatedAt) {
		_, err = b.opt.Registry.Fail(ctx, rec.Ref(), "host "+b.opt.Host, refused.Error())
	}
	if err != nil {
		log.Warn("the refusal is not in the registry", "error", err)
	}
}

func sameTime(a, b *time.Time) bool { return a == b || a != nil && b != nil && a.Equal(*b) }

// noneActive says why the registry names no active release: the last one was
// refused by the gate, here or on another host, or nobody wants one.
func (b *Board) noneActive(ctx context.Context, strategy string) (desired string, out Outcome, err error) {
	last, err := b.opt.Registry.ActiveChange(ctx, strategy)
	b.saw(err)
	if err != nil && !errors.Is(err, release.ErrNotFound) {
		return "", out, err
	}
	if refused, ok := release.ParseRejection(last.Why); ok && last.To == release.Failed {
		return last.Version, out, refused
	}
	return "", out, fmt.Errorf("strategy %s: %w", strategy, ErrNoActive)
}
