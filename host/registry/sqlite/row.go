package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"edgesignal/host/release"
)

const columns = `id, strategy_name, version, mlflow_run_id, mlflow_experiment_id, model_path, status,
	performance_metrics, config, created_at, activated_at, deactivated_at, created_by, notes,
	model_sha256, rule_path, rule_sha256, rule_params, feature_set, golden_path, golden_sha256, feature_set_sha256`

// querier is what a pool and a transaction have in common.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// scanner is what *sql.Row and *sql.Rows have in common.
type scanner interface{ Scan(...any) error }

func get(ctx context.Context, q querier, ref release.Ref) (release.Record, error) {
	rec, err := scan(q.QueryRowContext(ctx, "SELECT "+columns+" FROM model_registry WHERE strategy_name = ? AND version = ?", ref.Strategy, ref.Version))
	return rec, notFound(err, "release %q %q", ref.Strategy, ref.Version)
}

func active(ctx context.Context, q querier, strategy string) (release.Record, error) {
	rec, err := scan(q.QueryRowContext(ctx, "SELECT "+columns+" FROM model_registry WHERE strategy_name = ? AND status = 'active'", strategy))
	return rec, notFound(err, "active release of strategy %q", strategy)
}

// scan reads one row of columns.
func scan(row scanner) (release.Record, error) {
	var r release.Record
	var run, experiment, by, notes, modelSum, rulePath, ruleSum, goldenPath, goldenSum, featuresSum sql.NullString
	var metrics, config, params, activated, deactivated sql.NullString
	var created string
	err := row.Scan(&r.ID, &r.Strategy, &r.Version, &run, &experiment, &r.ModelPath, &r.Status,
		&metrics, &config, &created, &activated, &deactivated, &by, &notes,
		&modelSum, &rulePath, &ruleSum, &params, &r.FeatureSet, &goldenPath, &goldenSum, &featuresSum)
	if err != nil {
		return release.Record{}, err
	}
	r.MLflowRunID, r.MLflowExperimentID, r.CreatedBy, r.Notes = run.String, experiment.String, by.String, notes.String
	r.ModelSHA256, r.RulePath, r.RuleSHA256 = modelSum.String, rulePath.String, ruleSum.String
	r.GoldenPath, r.GoldenSHA256, r.FeatureSetSHA256 = goldenPath.String, goldenSum.String, featuresSum.String
	r.PerformanceMetrics, r.Config, r.RuleParams = object(metrics), object(config), object(params)
	if r.CreatedAt, err = instant(created); err != nil {
		return release.Record{}, fmt.Errorf("row %d, created_at: %w", r.ID, err)
	}
	if r.ActivatedAt, err = maybeInstant(activated); err != nil {
		return release.Record{}, fmt.Errorf("row %d, activated_at: %w", r.ID, err)
	}
	if r.DeactivatedAt, err = maybeInstant(deactivated); err != nil {
		return release.Record{}, fmt.Errorf("row %d, deactivated_at: %w", r.ID, err)
	}
	return r, nil
}

func object(s sql.NullString) json.RawMessage {
	if !s.Valid {
		return nil
	}
	return json.RawMessage(s.String)
}

// millis is the layout of a time as hosts write it.
const millis = "2006-01-02T15:04:05.000Z07:00"

func instant(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339Nano, s)
	return t.UTC(), err
}

func maybeInstant(s sql.NullString) (*time.Time, error) {
	if !s.Valid {
		return nil, nil
	}
	t, err := instant(s.String)
	return &t, err
}

// null stores "" as NULL, as a plain INSERT that leaves the column out does.
func null(s string) sql.NullString { return sql.NullString{String: s, Valid: s != ""} }
