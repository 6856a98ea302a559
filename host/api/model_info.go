package api

import (
	"encoding/json"
	"errors"

	"github.com/gofiber/fiber/v2"

	"edgesignal/host/gate"
	"edgesignal/host/live"
	"edgesignal/host/release"
)

// modelAnswer is all that there is to know of the release that serves.
type modelAnswer struct {
	StrategyName       string             `json:"strategy_name"`
	Version            string             `json:"version"`
	Status             release.Status     `json:"status"`
	MLflowRunID        orNull             `json:"mlflow_run_id"`
	PerformanceMetrics json.RawMessage    `json:"performance_metrics"`
	Config             json.RawMessage    `json:"config"`
	ActivatedAt        orNull             `json:"activated_at"`
	CreatedAt          orNull             `json:"created_at"`
	ModelPath          string             `json:"model_path"`
	ModelSHA256        string             `json:"model_sha256"`
	RulePath           orNull             `json:"rule_path"`
	RuleSHA256         string             `json:"rule_sha256"`
	FeatureSet         string             `json:"feature_set"`
	FeatureSetSHA256   orNull             `json:"feature_set_sha256"`
	Rule               ruleAnswer         `json:"rule"`
	Limits             release.Limits     `json:"limits"`
	Release            string             `json:"release"`
	LoadedAt           string             `json:"loaded_at"`
	Golden             *gate.GoldenReport `json:"golden"`
	Gate               gateAnswer         `json:"gate"`
}

// modelInfo answers GET /model/info.
func (s *Server) modelInfo(c *fiber.Ctx) error {
	q, err := queryOf(c, paramStrategy)
	if err != nil {
		return err
	}
	snap, done, err := s.opt.Board.Current(q.one(paramStrategy))
	if errors.Is(err, live.ErrNothingLoaded) {
		return refusal(noRelease, err.Error())
	}
	if err != nil {
		return err
	}
	defer done()
	return answer(c, modelAnswerOf(snap))
}

func modelAnswerOf(snap *live.Snapshot) *modelAnswer {
	rec, rel := &snap.Record, snap.Release
	return &modelAnswer{
		StrategyName:       rel.Manifest.Strategy,
		Version:            rel.Manifest.Version,
		Status:             rec.Status,
		MLflowRunID:        orNull(rec.MLflowRunID),
		PerformanceMetrics: rawOrNull(rec.PerformanceMetrics),
		Config:             rawOrNull(rec.Config),
		ActivatedAt:        instantOrNull(rec.ActivatedAt),
		CreatedAt:          instantOrNull(&rec.CreatedAt),
		ModelPath:          rec.ModelPath,
		ModelSHA256:        rel.Manifest.ModelSHA256,
		RulePath:           orNull(rec.RulePath),
		RuleSHA256:         rel.Manifest.RuleSHA256,
		FeatureSet:         rec.FeatureSet,
		FeatureSetSHA256:   orNull(rel.Manifest.FeatureSetSHA256),
		Rule:               ruleAnswerOf(rel.Rule.Meta(), rel.Manifest.RuleParams),
		Limits:             rel.Manifest.Limits,
		Release:            rel.Digest,
		LoadedAt:           instant(rel.LoadedAt),
		Golden:             rel.Report.Golden,
		Gate:               gateAnswerOf(&rel.Report),
	}
}
