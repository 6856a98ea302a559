package gate

import (
	"context"
	"errors"
	"time"

	"edgesignal/host/feature"
	"edgesignal/host/model"
	"edgesignal/host/portfolio"
	"edgesignal/host/release"
	"edgesignal/host/rule"
)

// Loaded is a release ready to serve. Its owner closes Rule.
type Loaded struct {
	Model  *model.Ensemble
	Parts  []model.Part  // of Model
	Plan   *feature.Plan // what gives Model its columns; nil = the built-in alpha158
	Set    string        // names what Plan computes
	Rule   *rule.Module
	Params rule.Params // of the manifest, accepted by Rule
	Report Report
}

// Load makes an accepted candidate ready to serve in this process and runs it
// once, so that the first request finds everything in place. verdict is what a
// Gate said of the same candidate; its cache directory and opt's are the same.
func Load(ctx context.Context, c Candidate, verdict *Verdict, opt rule.Options) (_ *Loaded, err error) {
	l := &Loaded{Report: verdict.Report}
	start := time.Now()
	if verdict.Report.Evaluator == nil {
		return nil, errors.New("the gate did not check the model")
	}
	m, err := model.LoadAs(c.Model, *verdict.Report.Evaluator)
	if err != nil {
		return nil, err
	}
	by := m.Evaluator()
	l.Report.Evaluator = &by
	in, err := planOf(&c)
	if err != nil {
		return nil, err
	}
	if err := in.meet(m); err != nil {
		return nil, err
	}
	l.Plan, l.Set, l.Parts = in.plan, in.set, []model.Part{{Model: m, Columns: in.places}}
	if l.Model, err = model.Mean(len(in.names), l.Parts); err != nil {
		return nil, err
	}
	if l.Rule, err = rule.Compile(ctx, c.Rule, opt); err != nil {
		return nil, err
	}
	loaded := time.Now()
	if err := l.warm(ctx, c.Manifest); err != nil {
		return nil, errors.Join(err, l.Rule.Close())
	}
	l.Report.Steps = append(l.Report.Steps[:len(l.Report.Steps):len(l.Report.Steps)],
		Step{stepLoad, millis(loaded.Sub(start))}, Step{stepWarm, millis(time.Since(loaded))})
	return l, nil
}

// warm predicts one row and runs the rule on the plain probe.
func (l *Loaded) warm(ctx context.Context, m release.Manifest) (err error) {
	if l.Params, err = acceptedParams(l.Rule, m); err != nil {
		return err
	}
	if err := l.Model.Predict(make([]float64, 1), make([]float64, l.Model.Width())); err != nil {
		return err
	}
	in, err := portfolio.RuleInput(l.Rule.Meta(), probe(m, l.Params, probeSymbols, 1))
	if err != nil {
		return err
	}
	_, err = l.Rule.Construct(ctx, in)
	var f *rule.Fault
	if errors.As(err, &f) && f.Kind == rule.FaultStatus { // its own error, as the gate saw it
		return nil
	}
	return err
}
