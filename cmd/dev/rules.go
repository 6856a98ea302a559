package main

import (
	"context"
	"path/filepath"

	"edgesignal/cmd/dev/internal/rulebuild"
)

type rulesCmd struct {
	Build  rulesBuildCmd  `cmd:"" help:"Build the stock rules and write their .wasm files and SHA-256 sums."`
	Verify rulesVerifyCmd `cmd:"" help:"Rebuild the stock rules and compare them with the committed ones, byte for byte."`
}

type rulesBuildCmd struct{}

// Run builds the stock rules in place.
func (*rulesBuildCmd) Run(ctx context.Context, s shell) error {
	return runSteps(ctx, s.stdout, s.ensureStep(needRules),
		step{name: "build the stock rules", do: func(context.Context) error {
			return rulebuild.Build(s.stockRules())
		}})
}

type rulesVerifyCmd struct{}

// Run compares the stock rules with their sources.
func (*rulesVerifyCmd) Run(ctx context.Context, s shell) error {
	return runSteps(ctx, s.stdout, s.ensureStep(needRules), s.verifyRules())
}

func (s shell) stockRules() string { return filepath.Join(s.root, "guest", "rules") }

func (s shell) verifyRules() step {
	return step{name: "the stock rules are what their sources give", do: func(context.Context) error {
		return rulebuild.Verify(s.stockRules())
	}}
}

func (s shell) ensureStep(needs ...need) step {
	return step{name: "what is needed", do: func(ctx context.Context) error {
		return thisMachine(s).ensure(ctx, needs...)
	}}
}
