package gate

import (
	"context"
	"errors"
	"time"

	"edgesignal/host/model"
	"edgesignal/host/portfolio"
	"edgesignal/host/release"
	"edgesignal/host/rule"
)

// InPlace checks in this process: what a child does, and tests. A process
// that has other work must not: what it checks may take it along.
type InPlace struct {
	Rule rule.Options
}

// Check implements Gate.
func (g InPlace) Check(ctx context.Context, job Job) (*Verdict, error) {
	return check(ctx, job, g.Rule, func(string) error { return nil })
}

// checking is one job under way.
type checking struct {
	Job
	model  *model.Model // nil = none is checked
	inputs inputs       // of model
	rule   *rule.Module
	params rule.Params // of the manifest, accepted by rule
	golden *Golden     // nil = no golden file
	out    Verdict
}

// check runs the steps; begin is told the name of each before it starts.
func check(ctx context.Context, job Job, opt rule.Options, begin func(step string) error) (v *Verdict, err error) {
	c := &checking{Job: job}
	defer func() {
		if c.rule != nil {
			err = errors.Join(err, c.rule.Close())
		}
	}()
	withModel := job.Model != nil || job.Manifest.ModelSHA256 != ""
	for _, s := range []struct {
		name string
		do   bool
		run  func() error
	}{
		{stepDigests, true, c.digests},
		{stepModel, withModel, c.load},
		{stepFeatureSet, withModel, c.featureSet},
		{stepFeatures, withModel, c.features},
		{stepRule, true, func() (err error) { c.rule, err = rule.Compile(ctx, c.Rule, opt); return err }},
		{stepParameters, true, c.parameters},
		{stepGolden, c.Golden != nil, c.readGolden},
		{stepPredictions, c.Golden != nil && withModel, c.replayPredictions},
		{stepPortfolios, c.Golden != nil, func() error { return c.replayPortfolios(ctx) }},
		{stepBars, c.Golden != nil && withModel, func() error { return c.replayBars(ctx) }},
		{stepPurity, true, func() error { return c.purity(ctx) }},
		{stepRehearsal, withModel, func() error { return c.rehearse(ctx) }},
		{stepTrial, c.Trial != nil, func() error { return c.try(ctx) }},
	} {
		if !s.do {
			continue
		}
		if err := begin(s.name); err != nil {
			return nil, err
		}
		start := time.Now()
		if err := errors.Join(s.run(), ctx.Err()); err != nil {
			return nil, err
		}
		c.out.Report.Steps = append(c.out.Report.Steps, Step{s.name, millis(time.Since(start))})
	}
	c.out.Rule = c.rule.Meta()
	return &c.out, nil
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// digests holds the bytes against the manifest once more: whoever fetched
// them, this is what will serve.
func (c *checking) digests() error {
	for _, a := range []struct {
		what string
		b    []byte
		want string
	}{
		{"model", c.Model, c.Manifest.ModelSHA256},
		{"rule", c.Rule, c.Manifest.RuleSHA256},
		{"golden file", c.Golden, c.Manifest.GoldenSHA256},
		{"feature set", c.Features, c.Manifest.FeatureSetSHA256},
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

func (c *checking) load() error {
	m, err := model.Load(c.Model)
	if err != nil {
		return err
	}
	c.evaluateBy(m)
	return nil
}

// evaluateBy takes the model, or one that is evaluated otherwise.
func (c *checking) evaluateBy(m *model.Model) {
	by := m.Evaluator()
	c.model, c.out.Report.Evaluator = m, &by
}

func (c *checking) parameters() error {
	for _, name := range c.rule.Meta().Columns {
		if !portfolio.ProvidedColumns[name] {
			return release.Reject(release.RuleABI, "the rule wants column %q, which this host does not provide", name)
		}
	}
	var err error
	c.params, err = acceptedParams(c.rule, c.Manifest)
	return err
}

// acceptedParams returns the parameters of a release, held against its rule's schema.
func acceptedParams(r *rule.Module, m release.Manifest) (rule.Params, error) {
	p, err := rule.ParseParams(m.RuleParams)
	if err == nil {
		p, err = r.Accept(p)
	}
	if err != nil {
		return p, release.Reject(release.RuleABI, "the release's parameters: %v", err)
	}
	return p, nil
}
