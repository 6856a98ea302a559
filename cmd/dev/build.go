package main

import "context"

type buildCmd struct {
	Out string `short:"o" default:"bin/edgesignal" help:"Where to write it, from the module's root."`
}

// Run builds the release binary for this machine.
func (c *buildCmd) Run(ctx context.Context, s shell) error {
	return runSteps(ctx, s.stdout, step{name: "build " + c.Out, do: s.do(staticBuild(c.Out))})
}

// staticBuild builds the release binary: no cgo, so that it is static, and no
// path of this machine in it. Without the stamp of the working tree it is the
// same bytes wherever it is built, in a git checkout or not.
func staticBuild(out string) command {
	return goCommand("build", "-buildvcs=false", "-trimpath", "-o", out, "./cmd/edgesignal").with("CGO_ENABLED=0")
}
