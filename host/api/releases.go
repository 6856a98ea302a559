package api

import (
	"encoding/json"
	"fmt"

	"github.com/gofiber/fiber/v2"

	"edgesignal/host/registry"
	"edgesignal/host/release"
)

// paramAt is the query parameter of a time in the registry's history.
const paramAt = "at"

type releasesAnswer struct {
	At       orNull       `json:"at"` // null = now
	Releases []releaseRow `json:"releases"`
}

// releaseRow is a row of the registry.
type releaseRow struct {
	Strategy           string          `json:"strategy"`
	Version            string          `json:"version"`
	Status             release.Status  `json:"status"`
	CreatedAt          orNull          `json:"created_at"`
	ActivatedAt        orNull          `json:"activated_at"`
	DeactivatedAt      orNull          `json:"deactivated_at"`
	CreatedBy          orNull          `json:"created_by"`
	Notes              orNull          `json:"notes"`
	MLflowRunID        orNull          `json:"mlflow_run_id"`
	PerformanceMetrics json.RawMessage `json:"performance_metrics"`
	Config             json.RawMessage `json:"config"`
	ModelPath          string          `json:"model_path"`
	ModelSHA256        orNull          `json:"model_sha256"`
	RulePath           orNull          `json:"rule_path"`
	RuleSHA256         orNull          `json:"rule_sha256"`
	RuleParams         json.RawMessage `json:"rule_params"`
	GoldenPath         orNull          `json:"golden_path"`
	GoldenSHA256       orNull          `json:"golden_sha256"`
	FeatureSet         string          `json:"feature_set"`
	FeatureSetSHA256   orNull          `json:"feature_set_sha256"`
}

func releaseRowOf(r *release.Record) releaseRow {
	return releaseRow{
		Strategy: r.Strategy, Version: r.Version, Status: r.Status,
		CreatedAt: instantOrNull(&r.CreatedAt), ActivatedAt: instantOrNull(r.ActivatedAt), DeactivatedAt: instantOrNull(r.DeactivatedAt),
		CreatedBy: orNull(r.CreatedBy), Notes: orNull(r.Notes), MLflowRunID: orNull(r.MLflowRunID),
		PerformanceMetrics: rawOrNull(r.PerformanceMetrics), Config: rawOrNull(r.Config),
		ModelPath: r.ModelPath, ModelSHA256: orNull(r.ModelSHA256), RulePath: orNull(r.RulePath), RuleSHA256: orNull(r.RuleSHA256),
		RuleParams: rawOrNull(r.RuleParams), GoldenPath: orNull(r.GoldenPath), GoldenSHA256: orNull(r.GoldenSHA256),
		FeatureSet: r.FeatureSet, FeatureSetSHA256: orNull(r.FeatureSetSHA256),
	}
}

// releases answers GET /api/v1/releases: what exists, or existed at a time.
func (s *Server) releases(c *fiber.Ctx) error {
	q, err := queryOf(c, paramStrategy, paramAt)
	if err != nil {
		return err
	}
	strategy := q.one(paramStrategy)
	rows, err := s.opt.Registry.List(s.ctx, strategy)
	if err != nil {
		return err
	}
	if strategy != "" && len(rows) == 0 {
		return refusal(unknownStrategy, fmt.Sprintf("strategy %.100q: the registry has no release of it", strategy))
	}
	a := releasesAnswer{Releases: []releaseRow{}}
	if text := q.one(paramAt); text != "" {
		at, err := registry.ParseTime(text)
		if err != nil {
			return refusal(badRequest, fmt.Sprintf("query parameter %q: %v", paramAt, err))
		}
		if rows, err = registry.ListAt(s.ctx, s.opt.Registry, strategy, at); err != nil {
			return err
		}
		a.At = instantOrNull(&at)
	}
	for i := range rows {
		a.Releases = append(a.Releases, releaseRowOf(&rows[i]))
	}
	return answer(c, a)
}
