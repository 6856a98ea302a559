package main

import "context"

// lintModfile pins golangci-lint and what it is built from, apart from the
// module itself: 200 modules and a GPL that the binary has nothing to do with.
const lintModfile = "cmd/dev/tools/go.mod"

type lintCmd struct {
	Fix      bool     `help:"Correct what can be corrected by itself."`
	Packages []string `arg:"" optional:"" help:"What to look at, ./... if nothing is named."`
}

// Run builds golangci-lint, which takes a minute or two the first time and
// comes from Go's build cache after that, and runs it.
func (c *lintCmd) Run(ctx context.Context, s shell) error {
	return runSteps(ctx, s.stdout, c.step(s))
}

func (c *lintCmd) step(s shell) step {
	args := []string{"tool", "-modfile=" + lintModfile, "golangci-lint", "run"}
	if c.Fix {
		args = append(args, "--fix")
	}
	args = append(args, c.Packages...)
	return step{name: "lint", do: func(ctx context.Context) error { return s.run(ctx, goCommand(args...)) }}
}
