package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"edgesignal/host/release"
)

// Get implements registry.Registry.
func (r *Registry) Get(ctx context.Context, ref release.Ref) (rec release.Record, err error) {
	err = r.try(ctx, "get", func(ctx context.Context) error { rec, err = get(ctx, r.pool, ref); return err })
	return rec, err
}

// Active implements registry.Registry.
func (r *Registry) Active(ctx context.Context, strategy string) (rec release.Record, err error) {
	err = r.try(ctx, "active", func(ctx context.Context) error { rec, err = active(ctx, r.pool, strategy); return err })
	return rec, err
}

// List implements registry.Registry.
func (r *Registry) List(ctx context.Context, strategy string) (list []release.Record, err error) {
	query := "SELECT " + columns + " FROM model_registry WHERE $1 = '' OR strategy_name = $1 ORDER BY strategy_name, created_at DESC, id DESC"
	err = r.try(ctx, "list", func(ctx context.Context) error {
		list, err = all(ctx, r.pool, scan, query, strategy)
		return err
	})
	return list, err
}

// Events implements registry.Registry.
func (r *Registry) Events(ctx context.Context, strategy string) (list []release.Event, err error) {
	err = r.try(ctx, "events", func(ctx context.Context) error { list, err = events(ctx, r.pool, strategy); return err })
	return list, err
}

func events(ctx context.Context, q querier, strategy string) ([]release.Event, error) {
	return all(ctx, q, scanEvent, "SELECT "+eventColumns+" FROM model_registry_events WHERE $1 = '' OR strategy_name = $1 ORDER BY id", strategy)
}

// ActiveChange implements registry.Registry.
func (r *Registry) ActiveChange(ctx context.Context, strategy string) (e release.Event, err error) {
	query := "SELECT " + eventColumns + ` FROM model_registry_events
		WHERE strategy_name = $1 AND (from_status = 'active' OR to_status = 'active') ORDER BY id DESC LIMIT 1`
	err = r.try(ctx, "active change", func(ctx context.Context) error {
		e, err = scanEvent(r.pool.QueryRow(ctx, query, strategy))
		return notFound(err, "a release of strategy %q that was ever active", strategy)
	})
	return e, err
}

const eventColumns = "id, strategy_name, version, coalesce(from_status, ''), coalesce(to_status, ''), at, actor, reason"

// scanEvent reads one row of eventColumns.
func scanEvent(row pgx.Row) (release.Event, error) {
	var e release.Event
	err := row.Scan(&e.ID, &e.Strategy, &e.Version, &e.From, &e.To, &e.At, &e.By, &e.Why)
	e.At = e.At.UTC()
	return e, err
}

// all reads every row of one query, which is one state of the database.
func all[T any](ctx context.Context, q querier, one func(pgx.Row) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return pgx.AppendRows([]T(nil), rows, func(row pgx.CollectableRow) (T, error) { return one(row) })
}
