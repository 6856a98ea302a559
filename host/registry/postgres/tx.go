package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"edgesignal/host/release"
)

// try runs f until it ends or the timeout does. A database whose schema was not
// looked at lately, or never, is looked at first: one with another schema is as
// good as none, until somebody migrates it or a newer program takes over.
func (r *Registry) try(ctx context.Context, op string, f func(context.Context) error) error {
	if last := r.fits.Load(); last == nil || time.Since(*last) >= r.cfg.Recheck {
		err := r.checkSchema(ctx)
		var gone *release.Unavailable
		switch {
		case err == nil, errors.As(err, &gone), ctx.Err() != nil:
		default:
			err = &release.Unavailable{Part: release.PartRegistry, Err: err}
		}
		if err != nil {
			return err
		}
	}
	return r.attempt(ctx, op, f)
}

func (r *Registry) attempt(ctx context.Context, op string, f func(context.Context) error) error {
	limited, cancel := context.WithTimeout(ctx, r.cfg.Timeout)
	defer cancel()
	err := f(limited)
	fault := r.fault(ctx, op, err)
	var gone *release.Unavailable
	if errors.As(fault, &gone) && broken(err) {
		r.pool.Reset() // one connection that breaks is seldom alone: the next call is to have a new one
	}
	return fault
}

// change runs f in a transaction that holds the lock of all status changes,
// with by and why as what the triggers record of each of them. The lock comes
// first, so that f sees all that was committed before.
func (r *Registry) change(ctx context.Context, op, by, why string, f func(context.Context, pgx.Tx) error) error {
	return r.transact(ctx, op, func(ctx context.Context, tx pgx.Tx) error {
		const begin = "SELECT model_registry_lock(), set_config('edgesignal.actor', $1, true), set_config('edgesignal.reason', $2, true)"
		if _, err := tx.Exec(ctx, begin, by, why); err != nil {
			return err
		}
		return f(ctx, tx)
	})
}

// transact runs f in a transaction.
func (r *Registry) transact(ctx context.Context, op string, f func(context.Context, pgx.Tx) error) error {
	return r.try(ctx, op, func(ctx context.Context) error {
		return pgx.BeginTxFunc(ctx, r.pool, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, func(tx pgx.Tx) error { return f(ctx, tx) })
	})
}
