package postgres

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"

	"edgesignal/host/release"
)

const columns = `id, strategy_name, version, coalesce(mlflow_run_id, ''), coalesce(mlflow_experiment_id, ''), model_path, status,
	performance_metrics::text, config::text, created_at, activated_at, deactivated_at, coalesce(created_by, ''), coalesce(notes, ''),
	coalesce(model_sha256, ''), coalesce(rule_path, ''), coalesce(rule_sha256, ''), rule_params::text, feature_set,
	coalesce(golden_path, ''), coalesce(golden_sha256, ''), coalesce(feature_set_sha256, '')`

// querier is what a pool and a transaction have in common.
type querier interface {
	Query(ctx context.Context, query string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, query string, args ...any) pgx.Row
}

func get(ctx context.Context, q querier, ref release.Ref) (release.Record, error) {
	rec, err := scan(q.QueryRow(ctx, "SELECT "+columns+" FROM model_registry WHERE strategy_name = $1 AND version = $2", ref.Strategy, ref.Version))
	return rec, notFound(err, "release %q %q", ref.Strategy, ref.Version)
}

func active(ctx context.Context, q querier, strategy string) (release.Record, error) {
	rec, err := scan(q.QueryRow(ctx, "SELECT "+columns+" FROM model_registry WHERE strategy_name = $1 AND status = 'active'", strategy))
	return rec, notFound(err, "active release of strategy %q", strategy)
}

// scan reads one row of columns.
func scan(row pgx.Row) (release.Record, error) {
	var r release.Record
	var metrics, config, params *string
	err := row.Scan(&r.ID, &r.Strategy, &r.Version, &r.MLflowRunID, &r.MLflowExperimentID, &r.ModelPath, &r.Status,
		&metrics, &config, &r.CreatedAt, &r.ActivatedAt, &r.DeactivatedAt, &r.CreatedBy, &r.Notes,
		&r.ModelSHA256, &r.RulePath, &r.RuleSHA256, &params, &r.FeatureSet, &r.GoldenPath, &r.GoldenSHA256, &r.FeatureSetSHA256)
	if err != nil {
		return release.Record{}, err
	}
	r.PerformanceMetrics, r.Config, r.RuleParams = object(metrics), object(config), object(params)
	r.CreatedAt, r.ActivatedAt, r.DeactivatedAt = r.CreatedAt.UTC(), utc(r.ActivatedAt), utc(r.DeactivatedAt)
	return r, nil
}

func object(s *string) json.RawMessage {
	if s == nil {
		return nil
	}
	return json.RawMessage(*s)
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}

// null stores "" as NULL, as a plain INSERT that leaves the column out does.
func null(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
