package operate

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"edgesignal/host/gate"
	"edgesignal/host/portfolio"
	"edgesignal/host/registry"
	"edgesignal/host/release"
	"edgesignal/host/rule"
)

// RuleTrial is a rule to be checked and, with Input, to be run once.
type RuleTrial struct {
	Rule   string           // a file, or builtin:NAME
	Params []byte           // a JSON object; empty = {}
	Config []byte           // a JSON object with the limits, as a release has it; empty = the default limits
	Input  *portfolio.Input // its Limits are those of Config; nil = only the checks
}

// RuleVerdict is what the gate says of an admissible rule.
type RuleVerdict struct {
	Meta   rule.Meta
	Bytes  int
	SHA256 string
	Report gate.Report
	Book   rule.Output // of Input
}

// TryRule takes a rule through the gate, in a process of its own, and runs
// it. Nothing is kept. Errors beside the gate's: those of portfolio.Construct.
func TryRule(ctx context.Context, t RuleTrial) (*RuleVerdict, error) {
	wasm, err := ruleBytes(t.Rule)
	if err != nil {
		return nil, err
	}
	for _, j := range []struct {
		what string
		text []byte
	}{{"parameters", t.Params}, {"config", t.Config}} {
		if len(j.text) > 0 && !registry.Object(j.text) {
			return nil, fmt.Errorf("%s: not a JSON object", j.what)
		}
	}
	limits, err := portfolio.LimitsOf(t.Config)
	if err != nil {
		return nil, err
	}
	job := gate.RuleJob(wasm, t.Params, limits, t.Input)
	verdict, err := (&gate.Child{}).Check(ctx, job)
	if err != nil {
		return nil, err
	}
	v := &RuleVerdict{Meta: verdict.Rule, Bytes: len(wasm), SHA256: job.Manifest.RuleSHA256, Report: verdict.Report}
	if verdict.Trial == nil {
		return v, nil
	}
	if err := verdict.Trial.Err(); err != nil {
		return nil, err
	}
	v.Book = *verdict.Trial.Book
	return v, nil
}

func ruleBytes(rule string) ([]byte, error) {
	name, ok := strings.CutPrefix(rule, gate.BuiltIn)
	if !ok {
		wasm, err := readFile(rule, gate.MaxRuleBytes)
		if errors.Is(err, errTooLarge) {
			return nil, release.Reject(release.RuleMalformed, "%v", err)
		}
		return wasm, err
	}
	return gate.StockRule(name)
}
