package gate

import (
	"encoding/json"
	"fmt"
	"strings"

	"edgesignal/guest/rules"
	"edgesignal/host/portfolio"
	"edgesignal/host/release"
	"edgesignal/host/rule"
)

// Files are the bytes of a release. Model nil = the rule alone is checked.
type Files struct {
	Model    []byte
	Features []byte // nil = a built-in feature set
	Rule     []byte
	Golden   []byte // nil = no golden file
}

// Candidate is a release whose bytes are here.
type Candidate struct {
	Manifest release.Manifest
	Files
}

// NewCandidate makes a candidate of a record and its bytes. For a stock rule
// files.Rule is nil; the parameters of top_bottom start from defaults.
func NewCandidate(rec *release.Record, defaults json.RawMessage, files Files) (Candidate, error) {
	c := Candidate{Files: files}
	var below json.RawMessage
	if name, ok := stockName(rec.RulePath); ok && files.Rule == nil {
		var err error
		if c.Rule, err = stockOf(name, rec.RuleSHA256); err != nil {
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
	if c.Golden != nil {
		c.Manifest.GoldenSHA256 = release.Sum(c.Golden)
	}
	if c.Features != nil {
		c.Manifest.FeatureSet, c.Manifest.FeatureSetSHA256 = release.FeatureSetFile, release.Sum(c.Features)
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

// RuleJob returns the job of a rule that is tried alone, with parameters and
// limits that a release would have. trial is what the rule is run on after the
// checks; nil = nothing.
func RuleJob(module []byte, params json.RawMessage, limits release.Limits, trial *portfolio.Input) Job {
	return Job{Trial: trial, Candidate: Candidate{
		Manifest: release.Manifest{RuleSHA256: release.Sum(module), RuleParams: params, Limits: limits}, Files: Files{Rule: module},
	}}
}

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

// StockRule returns the module of a stock rule.
func StockRule(name string) ([]byte, error) {
	wasm, ok := rules.Stock(name)
	if !ok {
		return nil, fmt.Errorf("%s%s: no such stock rule; there are %s", BuiltIn, name, strings.Join(rules.Names(), ", "))
	}
	return wasm, nil
}

// stockOf returns the module of a stock rule, held against the SHA-256 that the
// release names ("" = any). That this binary has another one, or none, is no
// fault of the release: a host of another version may serve it.
func stockOf(name, sum string) ([]byte, error) {
	wasm, err := StockRule(name)
	if err == nil && sum != "" && sum != release.Sum(wasm) {
		err = fmt.Errorf("%s%s: this binary has it with SHA-256 %s, the release names %s", BuiltIn, name, release.Sum(wasm), sum)
	}
	if err != nil {
		return nil, &release.Unavailable{Part: release.PartStore, Err: err}
	}
	return wasm, nil
}
