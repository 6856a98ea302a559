package sqlite

import (
	"context"
	"database/sql"
	"time"
)

// try runs f, again while another process holds the lock that f needs, until
// the busy timeout or the context ends. f must leave nothing behind when it
// fails.
func (r *Registry) try(ctx context.Context, op string, f func() error) error {
	deadline := time.Now().Add(r.cfg.BusyTimeout)
	for {
		err := f()
		if !busy(err) || ctx.Err() != nil || !time.Now().Before(deadline) {
			return r.fault(ctx, op, err)
		}
		select { // some locks are refused without a wait
		case <-ctx.Done():
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// change runs f in a transaction that may write, with by and why as what the
// triggers record of each status change in it.
func (r *Registry) change(ctx context.Context, op, by, why string, f func(*sql.Tx) error) error {
	return r.transact(ctx, op, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO model_registry_context (one, actor, reason) VALUES (1, ?, ?)", by, why); err != nil {
			return err
		}
		if err := f(tx); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "DELETE FROM model_registry_context")
		return err
	})
}

// transact runs f in a transaction that may write.
func (r *Registry) transact(ctx context.Context, op string, f func(*sql.Tx) error) error {
	return r.try(ctx, op, func() error {
		tx, err := r.write.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback() // after Commit a no-op
		if err := f(tx); err != nil {
			return err
		}
		return tx.Commit()
	})
}
