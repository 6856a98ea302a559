package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"edgesignal/host/registry"
	"edgesignal/host/release"
)

// Activate implements registry.Registry.
func (r *Registry) Activate(ctx context.Context, ref release.Ref, by, why string) (now release.Record, before *release.Record, err error) {
	err = r.change(ctx, "activate", by, why, func(ctx context.Context, tx pgx.Tx) error {
		now, before, err = activate(ctx, tx, ref)
		return err
	})
	if err != nil {
		return release.Record{}, nil, err
	}
	return now, before, nil
}

// Rollback implements registry.Registry.
func (r *Registry) Rollback(ctx context.Context, strategy, by, why string) (now release.Record, before *release.Record, err error) {
	err = r.change(ctx, "rollback", by, why, func(ctx context.Context, tx pgx.Tx) error {
		events, err := events(ctx, tx, strategy)
		if err != nil {
			return err
		}
		version, ok := registry.Previous(events)
		if !ok {
			return refuse(fmt.Errorf("a release of strategy %q that was active before: %w", strategy, release.ErrNotFound))
		}
		now, before, err = activate(ctx, tx, release.Ref{Strategy: strategy, Version: version})
		return err
	})
	if err != nil {
		return release.Record{}, nil, err
	}
	return now, before, nil
}

func activate(ctx context.Context, tx pgx.Tx, ref release.Ref) (now release.Record, before *release.Record, err error) {
	if now, err = get(ctx, tx, ref); err != nil || now.Status == release.Active {
		return now, nil, err
	}
	old, err := active(ctx, tx, ref.Strategy)
	switch {
	case errors.Is(err, release.ErrNotFound):
	case err != nil:
		return now, nil, err
	default:
		// Deactivate first: not even within the transaction may two be active.
		if old, err = setStatus(ctx, tx, old.Ref(), release.Inactive); err != nil {
			return now, nil, err
		}
		before = &old
	}
	now, err = setStatus(ctx, tx, ref, release.Active)
	return now, before, err
}

func setStatus(ctx context.Context, tx pgx.Tx, ref release.Ref, s release.Status) (release.Record, error) {
	if _, err := tx.Exec(ctx, "UPDATE model_registry SET status = $1 WHERE strategy_name = $2 AND version = $3", string(s), ref.Strategy, ref.Version); err != nil {
		return release.Record{}, err
	}
	return get(ctx, tx, ref)
}
