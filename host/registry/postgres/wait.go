package postgres

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"edgesignal/host/registry"
)

// Wait implements registry.Registry. The truth is the row of
// model_registry_state, which every registration, deletion and status change
// updates in its own transaction, whoever makes it; notifications only say
// when to look. Its time is part of the cursor: after a restore from an older
// backup the same count may come again.
func (r *Registry) Wait(ctx context.Context, cursor registry.Cursor) (registry.Cursor, error) {
	r.bell.start(r.listen)
	for {
		rung := r.bell.rung() // before the look: a change after it rings
		now, err := r.cursor(ctx)
		if err != nil {
			return "", err
		}
		if now != cursor {
			return now, nil
		}
		timer := time.NewTimer(r.cfg.PollInterval * time.Duration(75+rand.IntN(26)) / 100) // a fleet does not ask in step
		select {
		case <-rung:
		case <-timer.C:
		case <-ctx.Done():
			err = ctx.Err()
		case <-r.closed:
			err = errors.New("closed")
		}
		timer.Stop()
		if err != nil {
			return "", r.fault(ctx, "wait", err)
		}
	}
}

func (r *Registry) cursor(ctx context.Context) (now registry.Cursor, err error) {
	err = r.try(ctx, "wait", func(ctx context.Context) error {
		return r.pool.QueryRow(ctx, "SELECT changes || '@' || extract(epoch FROM at) FROM model_registry_state").Scan(&now)
	})
	return now, err
}
