package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

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
	err = r.change(ctx, "register", given.CreatedBy, why, func(tx *sql.Tx) error {
		stored, err = get(ctx, tx, given.Ref())
		if err == nil {
			return refuse(registry.SameContent(stored, given))
		}
		if !errors.Is(err, release.ErrNotFound) {
			return err
		}
		if given.Status == release.Active {
			if _, err := tx.ExecContext(ctx, "UPDATE model_registry SET status = 'inactive' WHERE strategy_name = ? AND status = 'active'", given.Strategy); err != nil {
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

func insert(ctx context.Context, tx *sql.Tx, r release.Record) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO model_registry (strategy_name, version, mlflow_run_id, mlflow_experiment_id,
		model_path, status, performance_metrics, config, created_by, notes, created_at,
		model_sha256, rule_path, rule_sha256, rule_params, feature_set, golden_path, golden_sha256, feature_set_sha256)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT at FROM model_registry_change), ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.Strategy, r.Version, null(r.MLflowRunID), null(r.MLflowExperimentID),
		r.ModelPath, r.Status, text(r.PerformanceMetrics), text(r.Config), null(r.CreatedBy), null(r.Notes),
		null(r.ModelSHA256), null(r.RulePath), null(r.RuleSHA256), text(r.RuleParams), r.FeatureSet, null(r.GoldenPath), null(r.GoldenSHA256),
		null(r.FeatureSetSHA256))
	return err
}

// text returns JSON as a parameter of a query, nil = NULL. As []byte it would be
// stored as a BLOB.
func text(b json.RawMessage) sql.NullString { return null(string(b)) }
