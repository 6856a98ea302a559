package main

import (
	"context"
	"errors"
	"fmt"

	"edgesignal/host/operate"
	"edgesignal/host/portfolio"
	"edgesignal/host/research"
	"edgesignal/host/rule"
)

type ruleRunCmd struct {
	Module string `arg:"" placeholder:"FILE.wasm" help:"The module, or builtin:NAME for a stock rule."`
	Scores string `required:"" placeholder:"FILE.csv" help:"symbol,prediction and the columns that the rule asks for; empty or nan = missing. - = standard input."`
	Params string `placeholder:"JSON" help:"The rule's parameters: a JSON object, or @FILE. Default {}."`
	Config string `placeholder:"JSON" help:"A release's configuration, for its limits on weights: a JSON object, or @FILE."`
}

func (c *ruleRunCmd) Run(ctx context.Context, s streams) error {
	params, err := textOrFile(c.Params)
	if err != nil {
		return fmt.Errorf("--params: %w", err)
	}
	config, err := textOrFile(c.Config)
	if err != nil {
		return fmt.Errorf("--config: %w", err)
	}
	in, name, err := openInput(c.Scores)
	if err != nil {
		return err
	}
	defer in.Close()
	scores, err := research.ReadScores(in, name, rule.MaxSymbols)
	if err != nil {
		return err
	}
	v, err := operate.TryRule(ctx, operate.RuleTrial{
		Rule: c.Module, Params: params, Config: config,
		Input: &portfolio.Input{Predictions: scores.Predictions, Columns: scores.Columns},
	})
	var fault *rule.Fault
	if errors.As(err, &fault) {
		printLog(s, fault.Log, fault.Dropped)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", c.Module, err)
	}
	printLog(s, v.Book.Log, v.Book.Dropped)
	_ = say(s.err, "fuel: %d of %d units for %d symbols\n", v.Book.Fuel, rule.Budget(len(scores.Symbols)), len(scores.Symbols))
	return scores.WriteWeights(s.out, v.Book.Weights)
}

func printLog(s streams, lines []rule.Line, dropped int) {
	for _, l := range lines {
		_ = say(s.err, "log: %s\n", l.Text)
	}
	if dropped > 0 {
		_ = say(s.err, "log: and %d lines more\n", dropped)
	}
}
