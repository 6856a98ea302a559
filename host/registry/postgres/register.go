package postgres

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/jackc/pgx/v5"

	"edgesignal/host/registry"
	"edgesignal/host/release"
)

// Register implements registry.Registry.
func (r *Registry) Register(ctx context.Context, given release.Record) (release.Record, error) {
	given, err := registry.Prepare(given)
	if err != nil {
		return release.Record{}, err
	}
	why := ""
	if given.Status == release.Active {
		why = "registered " + given.Version + " as active"
	}
	var stored release.Record
	err = r.change(ctx, "register", given.CreatedBy, why, func(ctx context.Context, tx pgx.Tx) error {
		stored, err = get(ctx, tx, given.Ref())
		if err == nil {
			return same(ctx, tx, stored, given)
		}
		if !errors.Is(err, release.ErrNotFound) {
			return err
		}
		if given.Status == release.Active {
			if _, err := tx.Exec(ctx, "UPDATE model_registry SET status = 'inactive' WHERE strategy_name = $1 AND status = 'active'", given.Strategy); err != nil {
				return err
			}
		}
		if err := insert(ctx, tx, given); err != nil {
			return err
		}
		stored, err = get(ctx, tx, given.Ref())
		return err
	})
	if err != nil {
		return release.Record{}, err
	}
	return stored, nil
}

// same compares a stored release with what the database would make of given:
// JSONB keeps a number's value, not how it was written.
func same(ctx context.Context, tx pgx.Tx, stored, given release.Record) error {
	var config, params *string
	err := tx.QueryRow(ctx, "SELECT $1::jsonb::text, $2::jsonb::text", text(given.Config), text(given.RuleParams)).Scan(&config, &params)
	if err != nil {
		return err
	}
	given.Config, given.RuleParams = object(config), object(params)
	return refuse(registry.SameContent(stored, given))
}

func insert(ctx context.Context, tx pgx.Tx, r release.Record) error {
	_, err := tx.Exec(ctx, `INSERT INTO model_registry (strategy_name, version, mlflow_run_id, mlflow_experiment_id,
		model_path, status, performance_metrics, config, created_by, notes,
		model_sha256, rule_path, rule_sha256, rule_params, feature_set, golden_path, golden_sha256, feature_set_sha256)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
		r.Strategy, r.Version, null(r.MLflowRunID), null(r.MLflowExperimentID),
		r.ModelPath, string(r.Status), text(r.PerformanceMetrics), text(r.Config), null(r.CreatedBy), null(r.Notes),
		null(r.ModelSHA256), null(r.RulePath), null(r.RuleSHA256), text(r.RuleParams), r.FeatureSet, null(r.GoldenPath), null(r.GoldenSHA256),
		null(r.FeatureSetSHA256))
	return err
}

// text returns JSON as a parameter of a query, nil = NULL.
func text(b json.RawMessage) *string { return null(string(b)) }
