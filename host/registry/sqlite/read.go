package sqlite

import (
	"context"
	"fmt"

	"edgesignal/host/release"
)

// Get implements registry.Registry.
func (r *Registry) Get(ctx context.Context, ref release.Ref) (rec release.Record, err error) {
	err = r.try(ctx, "get", func() error { rec, err = get(ctx, r.read, ref); return err })
	return rec, err
}

// Active implements registry.Registry.
func (r *Registry) Active(ctx context.Context, strategy string) (rec release.Record, err error) {
	err = r.try(ctx, "active", func() error { rec, err = active(ctx, r.read, strategy); return err })
	return rec, err
}

// List implements registry.Registry.
func (r *Registry) List(ctx context.Context, strategy string) (list []release.Record, err error) {
	query := "SELECT " + columns + " FROM model_registry WHERE ?1 = '' OR strategy_name = ?1 ORDER BY strategy_name, created_at DESC, id DESC"
	err = r.try(ctx, "list", func() error {
		list, err = all(ctx, r.read, scan, query, strategy)
		return err
	})
	return list, err
}

// Events implements registry.Registry.
func (r *Registry) Events(ctx context.Context, strategy string) (list []release.Event, err error) {
	err = r.try(ctx, "events", func() error { list, err = events(ctx, r.read, strategy); return err })
	return list, err
}

func events(ctx context.Context, q querier, strategy string) ([]release.Event, error) {
	return all(ctx, q, scanEvent, "SELECT "+eventColumns+" FROM model_registry_events WHERE ?1 = '' OR strategy_name = ?1 ORDER BY id", strategy)
}

// ActiveChange implements registry.Registry.
func (r *Registry) ActiveChange(ctx context.Context, strategy string) (e release.Event, err error) {
	query := "SELECT " + eventColumns + ` FROM model_registry_events
		WHERE strategy_name = ? AND (from_status = 'active' OR to_status = 'active') ORDER BY id DESC LIMIT 1`
	err = r.try(ctx, "active change", func() error {
		e, err = scanEvent(r.read.QueryRowContext(ctx, query, strategy))
		return notFound(err, "a release of strategy %q that was ever active", strategy)
	})
	return e, err
}

const eventColumns = "id, strategy_name, version, coalesce(from_status, ''), coalesce(to_status, ''), at, actor, reason"

// scanEvent reads one row of eventColumns.
func scanEvent(row scanner) (release.Event, error) {
	var e release.Event
	var at string
	if err := row.Scan(&e.ID, &e.Strategy, &e.Version, &e.From, &e.To, &at, &e.By, &e.Why); err != nil {
		return release.Event{}, err
	}
	var err error
	if e.At, err = instant(at); err != nil {
		return release.Event{}, fmt.Errorf("event %d, at: %w", e.ID, err)
	}
	return e, nil
}

// all reads every row of one query, which is one state of the database.
func all[T any](ctx context.Context, q querier, one func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []T
	for rows.Next() {
		v, err := one(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, rows.Err()
}
