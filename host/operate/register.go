package operate

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"edgesignal/host/artifact"
	"edgesignal/host/gate"
	"edgesignal/host/market"
	"edgesignal/host/release"
	"edgesignal/host/shelf"
)

// Publication is a release to be published: its bytes and what is said of it.
type Publication struct {
	Ref release.Ref
	gate.Files
	StockRule   string          // its name where Rule is nil; "" = top_bottom
	FeatureSet  string          // the built-in one where Features is nil; "" = alpha158
	Params      json.RawMessage // of the rule; nil = the defaults
	Status      release.Status  // Inactive or Testing
	Metrics     json.RawMessage
	Config      json.RawMessage
	MLflowRunID string
	CreatedBy   string
	Market      *market.Market // on whose newest day the release is rehearsed; nil = none
	Notes       string
}

// Register takes a release through the gate, writes its bytes under the names
// of their digests, and then, last, inserts the registry's row: whatever
// stops it on the way, the registry never names a release that is not whole.
// The same release again is a no-op; the same name with other content is
// release.ErrConflict.
func Register(ctx context.Context, s *shelf.Shelf, p Publication) (release.Record, gate.Report, error) {
	var none gate.Report
	rec := release.Record{
		Strategy: p.Ref.Strategy, Version: p.Ref.Version, Status: p.Status, MLflowRunID: p.MLflowRunID,
		PerformanceMetrics: p.Metrics, Config: p.Config, CreatedBy: p.CreatedBy, Notes: p.Notes,
		RuleParams: p.Params, FeatureSet: cmp.Or(p.FeatureSet, release.FeatureSetAlpha158),
	}
	if p.StockRule != "" {
		rec.RulePath = gate.BuiltIn + p.StockRule
	}
	c, err := gate.NewCandidate(&rec, s.Defaults, p.Files)
	if err != nil {
		return rec, none, err
	}
	verdict, err := s.Gate.Check(ctx, gate.Job{Candidate: c})
	if err != nil {
		return rec, none, err
	}
	if err := rehearse(ctx, s, c, verdict, rec, p.Market); err != nil {
		return rec, none, err
	}
	for _, a := range []struct {
		bytes     []byte
		path, sum *string
	}{
		{p.Model, &rec.ModelPath, &rec.ModelSHA256},
		{p.Rule, &rec.RulePath, &rec.RuleSHA256},
		{p.Golden, &rec.GoldenPath, &rec.GoldenSHA256},
		{p.Features, &rec.FeatureSet, &rec.FeatureSetSHA256},
	} {
		if a.bytes == nil {
			continue
		}
		if *a.path, err = artifact.PutContent(ctx, s.Store, a.bytes); err != nil {
			return rec, none, err
		}
		*a.sum = release.Sum(a.bytes)
	}
	if p.StockRule != "" {
		rec.RuleSHA256 = c.Manifest.RuleSHA256
	}
	rec, err = s.Registry.Register(ctx, rec)
	if errors.Is(err, release.ErrConflict) {
		return rec, none, fmt.Errorf("release %s is published already, with other content: %w", p.Ref, err)
	}
	return rec, verdict.Report, err
}
