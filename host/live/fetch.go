package live

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"edgesignal/host/artifact"
	"edgesignal/host/gate"
	"edgesignal/host/release"
)

// fetch brings the bytes that a row names, each held against its digest.
func (o *Options) fetch(ctx context.Context, rec *release.Record) (gate.Candidate, error) {
	var files gate.Files
	for _, a := range []struct {
		what, path, sum string
		max             int64
		tooLarge        release.Reason
		dst             *[]byte
	}{
		{"model", rec.ModelPath, rec.ModelSHA256, gate.MaxModelBytes, release.ModelUnsupported, &files.Model},
		{"feature set", rec.FeatureSet, rec.FeatureSetSHA256, gate.MaxFeaturesBytes, release.FeaturesMalformed, &files.Features},
		{"rule", rec.RulePath, rec.RuleSHA256, gate.MaxRuleBytes, release.RuleMalformed, &files.Rule},
		{"golden file", rec.GoldenPath, rec.GoldenSHA256, gate.MaxGoldenBytes, release.GoldenMismatch, &files.Golden},
	} {
		if a.path == "" || strings.HasPrefix(a.path, gate.BuiltIn) || release.BuiltInFeatureSet(a.path) {
			continue
		}
		b, _, err := o.Fetcher.Fetch(ctx, a.path, a.sum, a.max)
		if err != nil {
			if errors.Is(err, artifact.ErrTooLarge) {
				err = release.Reject(a.tooLarge, "%v", err)
			}
			return gate.Candidate{}, fetchError(a.what, err)
		}
		*a.dst = b
	}
	return gate.NewCandidate(rec, o.Defaults, files)
}

// fetchError sorts what went wrong: a refusal stays one, anything else is a
// fault of the store, which may pass.
func fetchError(what string, err error) error {
	var rejection *release.Rejection
	var unavailable *release.Unavailable
	switch {
	case errors.As(err, &rejection):
		return release.Reject(rejection.Reason, "%s: %s", what, rejection.Detail)
	case errors.As(err, &unavailable), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%s: %w", what, err)
	default:
		return &release.Unavailable{Part: release.PartStore, Err: fmt.Errorf("%s: %w", what, err)}
	}
}
