package sqlite

import (
	"context"
	"database/sql"
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
		list, err = all(ctx, r.read, func(rows *sql.Rows) (release.Record, error) { return scan(rows) }, query, strategy)
		return err
	})
	return list, err
}

// Events implements registry.Registry.
func (r *Registry) Events(ctx context.Context, strategy string) (events []release.Event, err error) {
	query := `SELECT id, strategy_name, version, coalesce(from_status, ''), coalesce(to_status, ''), at, actor, reason
		FROM model_registry_events WHERE ?1 = '' OR strategy_name = ?1 ORDER BY id`
	err = r.try(ctx, "events", func() error {
		events, err = all(ctx, r.read, scanEvent, query, strategy)
		return err
	})
	return events, err
}

func scanEvent(rows *sql.Rows) (release.Event, error) {
	var e release.Event
	var at string
	if err := rows.Scan(&e.ID, &e.Strategy, &e.Version, &e.From, &e.To, &at, &e.By, &e.Why); err != nil {
		return release.Event{}, err
	}
	var err error
	if e.At, err = instant(at); err != nil {
		return release.Event{}, fmt.Errorf("event %d, at: %w", e.ID, err)
	}
	return e, nil
}

// all reads every row of one query, which is one state of the database.
func all[T any](ctx context.Context, q querier, one func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
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
