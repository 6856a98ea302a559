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

// Loaded is a release ready to serve. Its owner closes Rule.
type Loaded struct {
	Model  *model.Model
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
	if l.Model, err = model.LoadAs(c.Model, *verdict.Report.Evaluator); err != nil {
		return nil, err
	}
	by := l.Model.Evaluator()
	l.Report.Evaluator = &by
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
