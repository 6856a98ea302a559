package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"edgesignal/guest/rules"
	"edgesignal/host/artifact"
	"edgesignal/host/gate"
	"edgesignal/host/portfolio"
	"edgesignal/host/release"
	"edgesignal/host/rule"
)

// BuiltIn begins the rule path of a release that runs a stock rule:
// builtin:rank_weighted. No rule path is the stock rule top_bottom.
const BuiltIn = "builtin:"

// stockName returns the stock rule that a rule path names.
func stockName(rulePath string) (name string, ok bool) {
	if rulePath == "" {
		return rules.TopBottom, true
	}
	return strings.CutPrefix(rulePath, BuiltIn)
}

// Candidate makes a gate candidate of a record and its bytes. For a stock
// rule ruleBytes is nil; the parameters of top_bottom start from defaults.
func Candidate(rec *release.Record, defaults json.RawMessage, modelBytes, ruleBytes, golden []byte) (gate.Candidate, error) {
	c := gate.Candidate{Model: modelBytes, Rule: ruleBytes, Golden: golden}
	var below json.RawMessage
	if name, ok := stockName(rec.RulePath); ok && ruleBytes == nil {
		var err error
		if c.Rule, err = stock(name, rec.RuleSHA256); err != nil {
			return c, err
		}
		if name == rules.TopBottom {
			below = defaults
		}
	}
	params, err := paramsOver(below, rec.RuleParams)
	if err != nil {
		return c, release.Reject(release.RuleABI, "rule_params: %v", err)
	}
	limits, err := portfolio.LimitsOf(rec.Config)
	if err != nil {
		return c, release.Reject(release.RuleABI, "%v", err)
	}
	c.Manifest = release.Manifest{
		Strategy: rec.Strategy, Version: rec.Version, FeatureSet: rec.FeatureSet,
		ModelSHA256: release.Sum(c.Model), RuleSHA256: release.Sum(c.Rule), RuleParams: params.JSON(), Limits: limits,
	}
	if golden != nil {
		c.Manifest.GoldenSHA256 = release.Sum(golden)
	}
	return c, nil
}

// paramsOver returns the parameters of a release over those that hold where it sets none.
func paramsOver(below, own json.RawMessage) (rule.Params, error) {
	under, err := rule.ParseParams(below)
	if err != nil {
		return under, err
	}
	over, err := rule.ParseParams(own)
	if err != nil {
		return over, err
	}
	return under.With(over)
}

// stock returns the module of a stock rule, held against the SHA-256 that the
// release names ("" = any). That this binary has another one, or none, is no
// fault of the release: a host of another version may serve it.
func stock(name, sum string) ([]byte, error) {
	wasm, ok := rules.Stock(name)
	var err error
	switch {
	case !ok:
		err = fmt.Errorf("rule %s%s: this binary has no such stock rule, only %s", BuiltIn, name, strings.Join(rules.Names(), ", "))
	case sum != "" && sum != release.Sum(wasm):
		err = fmt.Errorf("rule %s%s: this binary has it with SHA-256 %s, the release names %s", BuiltIn, name, release.Sum(wasm), sum)
	}
	if err != nil {
		return nil, &release.Unavailable{Part: release.PartStore, Err: err}
	}
	return wasm, nil
}

// fetch brings the bytes that a row names, each held against its digest.
func (o *Options) fetch(ctx context.Context, rec *release.Record) (gate.Candidate, error) {
	var got [3][]byte
	for i, a := range []struct {
		what, path, sum string
		max             int64
		tooLarge        release.Reason
	}{
		{"model", rec.ModelPath, rec.ModelSHA256, gate.MaxModelBytes, release.ModelUnsupported},
		{"rule", rec.RulePath, rec.RuleSHA256, gate.MaxRuleBytes, release.RuleMalformed},
		{"golden file", rec.GoldenPath, rec.GoldenSHA256, gate.MaxGoldenBytes, release.GoldenMismatch},
	} {
		if a.path == "" || strings.HasPrefix(a.path, BuiltIn) {
			continue
		}
		b, _, err := o.Fetcher.Fetch(ctx, a.path, a.sum, a.max)
		if err != nil {
			if errors.Is(err, artifact.ErrTooLarge) {
				err = release.Reject(a.tooLarge, "%v", err)
			}
			return gate.Candidate{}, fetchError(a.what, err)
		}
		got[i] = b
	}
	return Candidate(rec, o.Defaults, got[0], got[1], got[2])
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
