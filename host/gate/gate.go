// Package gate is the order of the checks that a release passes before it may
// serve, with one reason word for each. The same code runs when a release is
// published and in every host that loads it.
package gate

import (
	"context"
	"slices"
	"strings"
	"time"

	"edgesignal/host/alpha158"
	"edgesignal/host/model"
	"edgesignal/host/portfolio"
	"edgesignal/host/release"
	"edgesignal/host/rule"
)

// Caps on what is fetched, in bytes.
const (
	MaxModelBytes  = model.MaxBytes
	MaxRuleBytes   = rule.MaxModuleBytes
	MaxGoldenBytes = 64 << 20
)

// Candidate is a release whose bytes are here. Golden nil = no golden file.
type Candidate struct {
	Manifest release.Manifest
	Model    []byte
	Rule     []byte
	Golden   []byte
}

// Passed is a release that the gate let through, ready to serve. Its owner
// closes Rule.
type Passed struct {
	Model  *model.Model
	Rule   *rule.Module
	Report Report
}

// Report says what was checked, in order.
type Report struct {
	Steps  []Step        `json:"steps"`
	Golden *GoldenReport `json:"golden,omitempty"` // nil = the release has no golden file
}

// Step is one check that passed.
type Step struct {
	Name   string  `json:"name"`
	Millis float64 `json:"ms"`
}

// Check runs every check in order and returns the first refusal as a
// *release.Rejection. ctx bounds all of it; its error comes back as it is.
func Check(ctx context.Context, c Candidate, opt rule.Options) (*Passed, error) {
	p := &Passed{}
	steps := []struct {
		name string
		run  func() error
	}{
		{"digests", c.digests},
		{"model", func() (err error) { p.Model, err = model.Load(c.Model); return err }},
		{"features", func() error { return features(c.Manifest, p.Model) }},
		{"rule", func() (err error) { p.Rule, err = rule.Compile(ctx, c.Rule, opt); return err }},
		{"parameters", func() error { return parameters(c.Manifest, p.Rule) }},
		{"golden", func() (err error) { p.Report.Golden, err = c.golden(ctx, p); return err }},
	}
	for _, s := range steps {
		start := time.Now()
		err := s.run()
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			if p.Rule != nil {
				_ = p.Rule.Close()
			}
			return nil, err
		}
		p.Report.Steps = append(p.Report.Steps, Step{s.name, float64(time.Since(start).Microseconds()) / 1000})
	}
	return p, nil
}

// digests holds the bytes against the manifest once more: whoever fetched
// them, this is what will serve.
func (c *Candidate) digests() error {
	for _, a := range []struct {
		what string
		b    []byte
		want string
	}{
		{"model", c.Model, c.Manifest.ModelSHA256},
		{"rule", c.Rule, c.Manifest.RuleSHA256},
		{"golden file", c.Golden, c.Manifest.GoldenSHA256},
	} {
		if a.b == nil && a.want == "" {
			continue
		}
		if got := release.Sum(a.b); got != a.want {
			return release.Reject(release.DigestMismatch, "%s: the bytes have SHA-256 %s, the release names %s", a.what, got, a.want)
		}
	}
	return nil
}

func features(m release.Manifest, mod *model.Model) error {
	if m.FeatureSet != release.FeatureSetAlpha158 {
		return release.Reject(release.FeaturesMismatch, "feature set %q: this host computes %q", m.FeatureSet, release.FeatureSetAlpha158)
	}
	if mod.Width() != alpha158.Width {
		return release.Reject(release.FeaturesMismatch, "the model has %d inputs, feature set %s has %d", mod.Width(), m.FeatureSet, alpha158.Width)
	}
	// A model trained without names has Column_0...: only their count can be
	// held against ours.
	if names := mod.FeatureNames(); names != nil {
		want := alpha158.Names()
		for i := range want {
			if names[i] != want[i] {
				return release.Reject(release.FeaturesMismatch, "input %d of the model is %q, of feature set %s %q", i, names[i], m.FeatureSet, want[i])
			}
		}
	}
	return nil
}

func parameters(m release.Manifest, r *rule.Module) error {
	for _, c := range r.Meta().Columns {
		if !portfolio.ProvidedColumns[c] {
			return release.Reject(release.RuleABI, "the rule wants column %q, which this host does not provide", c)
		}
	}
	if err := r.CheckParams(m.RuleParams); err != nil {
		return release.Reject(release.RuleABI, "the release's parameters: %v", err)
	}
	return nil
}

// sortedBySymbol is the order in which a rule sees the symbols.
func sortedBySymbol(symbols []string) []int {
	order := make([]int, len(symbols))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(symbols[a], symbols[b]) })
	return order
}
