package main

import "context"

type buildCmd struct {
	Out string `short:"o" default:"bin/edgesignal" help:"Where to write it, from the module's root."`
}

// Run builds the release binary for this machine, with no path of it inside.
func (c *buildCmd) Run(ctx context.Context, s shell) error {
	return runSteps(ctx, s.stdout, step{name: "build " + c.Out, do: s.do(staticBuild(c.Out, "-trimpath"))})
}

// staticBuild builds the release binary: no cgo, so that it is static, and no
// stamp of the working tree, so that the same sources give the same bytes in a
// git checkout or out of one.
func staticBuild(out string, flags ...string) command {
	args := append([]string{"build", "-buildvcs=false", "-o", out}, flags...)
	return goCommand(append(args, "./cmd/edgesignal")...).with("CGO_ENABLED=0")
}
