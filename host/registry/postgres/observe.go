package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"edgesignal/host/registry"
)

// Observe implements registry.Registry.
func (r *Registry) Observe(ctx context.Context, o registry.Observation) error {
	o, err := o.Prepare()
	if err != nil {
		return err
	}
	var since *time.Time
	if !o.Since.IsZero() {
		since = &o.Since
	}
	return r.try(ctx, "observe", func(ctx context.Context) error {
		_, err := r.pool.Exec(ctx, `INSERT INTO model_registry_observations AS o (strategy_name, host,
			desired_version, serving_version, release_digest, serving_since, outcome, detail, report) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
			ON CONFLICT (strategy_name, host) DO UPDATE SET desired_version = excluded.desired_version,
			serving_version = excluded.serving_version, release_digest = excluded.release_digest, serving_since = excluded.serving_since,
			outcome = excluded.outcome, detail = excluded.detail, report = excluded.report, at = greatest(o.at, excluded.at)`,
			o.Strategy, o.Host, null(o.Desired), null(o.Serving), null(o.Release), since, string(o.Outcome), o.Detail, text(o.Report))
		return err
	})
}

// Observations implements registry.Registry.
func (r *Registry) Observations(ctx context.Context, strategy string) (list []registry.Observation, err error) {
	query := `SELECT strategy_name, host, coalesce(desired_version, ''), coalesce(serving_version, ''), coalesce(release_digest, ''),
		serving_since, outcome, detail, report::text, at
		FROM model_registry_observations WHERE $1 = '' OR strategy_name = $1 ORDER BY strategy_name, host`
	err = r.try(ctx, "observations", func(ctx context.Context) error {
		list, err = all(ctx, r.pool, scanObservation, query, strategy)
		return err
	})
	return list, err
}

func scanObservation(row pgx.Row) (registry.Observation, error) {
	var o registry.Observation
	var since *time.Time
	var report *string
	if err := row.Scan(&o.Strategy, &o.Host, &o.Desired, &o.Serving, &o.Release, &since, &o.Outcome, &o.Detail, &report, &o.At); err != nil {
		return registry.Observation{}, err
	}
	if since != nil {
		o.Since = since.UTC()
	}
	o.Report, o.At = object(report), o.At.UTC()
	return o, nil
}
