package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"

	"edgesignal/host/gate"
	"edgesignal/host/operate"
	"edgesignal/host/settings"
)

type publishCmd struct {
	Strategy    string   `required:"" placeholder:"S" help:"The strategy."`
	Version     string   `required:"" placeholder:"V" help:"The version, unique within the strategy."`
	Qlib        string   `placeholder:"DIR" help:"What guest/qlib/export.py wrote: the model, the feature set and the golden file that are not named otherwise."`
	Model       []string `placeholder:"FILE" sep:"none" help:"LightGBM's text model: a file, runs:/<run_id>/<path> or models:/<name>/<version or alias> of MLflow; the other files likewise. Several times = their mean, or with --weights their sum (docs/MODELS.md)."`
	Weights     string   `placeholder:"W,..." help:"One number for each --model: the release predicts the weighted sum. --weights=-1,2 where the first is negative."`
	Features    string   `placeholder:"FILE" help:"The feature set: a JSON file (docs/FEATURES.md), alpha158 or alpha360. None = alpha158."`
	Rule        string   `placeholder:"FILE.wasm" help:"The rule: a module, or builtin:NAME for a stock one. None = builtin:top_bottom with TOP_N and BOTTOM_N."`
	Params      string   `placeholder:"JSON" help:"The rule's parameters: a JSON object, or @FILE."`
	Golden      string   `placeholder:"FILE" help:"What the release must answer."`
	Status      string   `enum:"inactive,testing" default:"inactive" help:"inactive or testing."`
	Notes       string   `placeholder:"TEXT"`
	Metrics     string   `placeholder:"JSON" help:"Performance metrics: a JSON object, or @FILE."`
	Config      string   `placeholder:"JSON" help:"Configuration, for one the limits on weights: a JSON object, or @FILE."`
	MLflowRunID string   `name:"mlflow-run-id" placeholder:"ID"`
	Data        string   `placeholder:"DIR" help:"A data directory: the release must give its book of the newest day there, as on a host."`
	Activate    bool     `help:"Make it the active release."`
	waiting     `embed:""`

	settings.Legs  `embed:""`
	settings.Shelf `embed:""`
}

// largeModel is when somebody may wonder whether anything happens.
const largeModel = 10 << 20 // bytes

func (c *publishCmd) Run(ctx context.Context, io streams) error {
	if c.Wait > 0 && !c.Activate {
		return usagef("--wait goes with --activate: a release that is not active is served by nobody")
	}
	if c.Qlib != "" {
		if err := c.exported(); err != nil {
			return fmt.Errorf("--qlib: %w", err)
		}
	}
	if len(c.Model) == 0 {
		return usagef("--model or --qlib is needed")
	}
	weights, err := c.weights()
	if err != nil {
		return err
	}
	p := operate.PublishRequest{
		Strategy: c.Strategy, Version: c.Version, Status: c.Status, Notes: c.Notes, MLflowRunID: c.MLflowRunID,
		CreatedBy: operator(), Data: c.Data, Activate: c.Activate, Models: c.Model, Weights: weights, Features: c.Features, Rule: c.Rule, GoldenFile: c.Golden, Legs: c.Legs,
	}
	for _, j := range []struct {
		flag, text string
		dst        *[]byte
	}{{"--params", c.Params, &p.Params}, {"--metrics", c.Metrics, &p.Metrics}, {"--config", c.Config, &p.Config}} {
		b, err := textOrFile(j.text)
		if err != nil {
			return fmt.Errorf("%s: %w", j.flag, err)
		}
		*j.dst = b
	}
	var size int64
	for _, file := range c.Model {
		if info, err := os.Stat(file); err == nil {
			size += info.Size()
		}
	}
	if size > largeModel {
		bar := newProgress(io.err, "MB sent")
		p.Progress = func(sent int64) { bar.set(sent >> 20) }
		defer bar.stop()
	}
	done, err := operate.Publish(ctx, c.Shelf, p)
	if err != nil {
		return err
	}
	err = say(io.out, "%s %s: %s, model sha256:%s\n%s\n", done.Strategy, done.Version, done.Status, done.ModelSHA256, summary(&done.Report))
	if err != nil || !c.Activate {
		return err
	}
	return c.wait(ctx, io, c.Shelf, done.Strategy, done.Version)
}

// weights returns the numbers of --weights, nil where there is none.
func (c *publishCmd) weights() ([]float64, error) {
	if c.Weights == "" {
		return nil, nil
	}
	var list []float64
	for _, field := range strings.Split(c.Weights, ",") {
		w, err := strconv.ParseFloat(strings.TrimSpace(field), 64)
		if err != nil {
			return nil, usagef("--weights: %.40q is not a number", field)
		}
		list = append(list, w)
	}
	if len(list) != len(c.Model) {
		return nil, usagef("--weights has %d numbers for %d models", len(list), len(c.Model))
	}
	return list, nil
}

// summary returns a gate's report in one line.
func summary(r *gate.Report) string {
	total := 0.0
	for _, s := range r.Steps {
		total += s.Millis
	}
	line := fmt.Sprintf("gate: passed in %.0f ms, probe used %d units of fuel", total, r.Probe.Fuel)
	if g := r.Golden; g != nil {
		line += fmt.Sprintf(", %d golden predictions (worst difference %v), %d golden portfolios (worst difference %v)",
			g.Predictions, g.WorstPrediction, g.Portfolios, g.WorstWeight)
	}
	return line
}

// textOrFile returns a flag's own text, or the file that @FILE names.
func textOrFile(s string) ([]byte, error) {
	if path, ok := strings.CutPrefix(s, "@"); ok {
		return os.ReadFile(path)
	}
	return []byte(s), nil
}
