package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"edgesignal/host/registry"
)

// Observe implements registry.Registry. It is no change of model_registry and
// leaves no event, so it needs none of what Registry.change prepares.
func (r *Registry) Observe(ctx context.Context, o registry.Observation) error {
	o, err := o.Prepare()
	if err != nil {
		return err
	}
	since := ""
	if !o.Since.IsZero() {
		since = o.Since.Format(millis)
	}
	return r.try(ctx, "observe", func() error {
		_, err := r.write.ExecContext(ctx, `INSERT OR REPLACE INTO model_registry_observations (strategy_name, host,
			desired_version, serving_version, release_digest, serving_since, outcome, detail, report) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			o.Strategy, o.Host, null(o.Desired), null(o.Serving), null(o.Release), null(since), o.Outcome, o.Detail, text(o.Report))
		return err
	})
}

// Observations implements registry.Registry.
func (r *Registry) Observations(ctx context.Context, strategy string) (list []registry.Observation, err error) {
	query := `SELECT strategy_name, host, desired_version, serving_version, release_digest, serving_since, outcome, detail, report, at
		FROM model_registry_observations WHERE ?1 = '' OR strategy_name = ?1 ORDER BY strategy_name, host`
	err = r.try(ctx, "observations", func() error {
		list, err = all(ctx, r.read, scanObservation, query, strategy)
		return err
	})
	return list, err
}

func scanObservation(row scanner) (registry.Observation, error) {
	var o registry.Observation
	var desired, serving, digest, since, report sql.NullString
	var at string
	if err := row.Scan(&o.Strategy, &o.Host, &desired, &serving, &digest, &since, &o.Outcome, &o.Detail, &report, &at); err != nil {
		return registry.Observation{}, err
	}
	o.Desired, o.Serving, o.Release, o.Report = desired.String, serving.String, digest.String, object(report)
	began, err := maybeInstant(since)
	if err != nil {
		return registry.Observation{}, fmt.Errorf("observation of strategy %q by host %q, serving_since: %w", o.Strategy, o.Host, err)
	}
	if began != nil {
		o.Since = *began
	}
	if o.At, err = instant(at); err != nil {
		return registry.Observation{}, fmt.Errorf("observation of strategy %q by host %q, at: %w", o.Strategy, o.Host, err)
	}
	return o, nil
}
