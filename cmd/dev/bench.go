package main

import (
	"context"
	"strconv"
)

type benchCmd struct {
	Match string `default:"." help:"Regular expression of the benchmarks to run."`
	Count int    `default:"1" help:"How often each benchmark runs."`
}

// Run runs the benchmarks and no tests. The output is go test's own, so that
// benchstat reads it; docs/BENCHMARKS.md keeps the numbers.
func (c *benchCmd) Run(ctx context.Context, s shell) error {
	args := []string{"test", "-run", "^$", "-bench", c.Match, "-benchmem", "-count", strconv.Itoa(c.Count)}
	return runSteps(ctx, s.stdout, step{name: "benchmarks", do: s.do(goCommand(append(args, benchPackages...)...))})
}
