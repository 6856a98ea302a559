package sqlite

import (
	"context"
	"errors"
	"strconv"
	"time"

	"edgesignal/host/registry"
)

// Wait implements registry.Registry by polling. The cursor is the id of the
// last event: every registration, deletion and status change writes one in its
// own transaction, whoever makes it, and a single writer at a time makes ids
// ascend in the order of the commits.
func (r *Registry) Wait(ctx context.Context, cursor registry.Cursor) (registry.Cursor, error) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return "", r.fault(ctx, "wait", ctx.Err())
		case <-r.closed:
			return "", r.fault(ctx, "wait", errors.New("closed"))
		case <-timer.C:
		}
		now, err := r.cursor(ctx)
		if err != nil {
			return "", err
		}
		if now != cursor {
			return now, nil
		}
		timer.Reset(r.cfg.PollInterval)
	}
}

func (r *Registry) cursor(ctx context.Context) (registry.Cursor, error) {
	var last int64
	err := r.try(ctx, "wait", func() error {
		return r.read.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) FROM model_registry_events").Scan(&last)
	})
	return registry.Cursor(strconv.FormatInt(last, 10)), err
}
