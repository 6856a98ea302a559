package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

type checkCmd struct {
	AllowDirty bool `help:"Do not ask for a clean working tree: for changes that are not committed yet."`
	Fetch      bool `help:"Also fetch every module into an empty cache, to see that the pinned versions are still to be had."`
}

// Run does what CI asks for beyond the tests, what is quick first.
func (c *checkCmd) Run(ctx context.Context, s shell) error {
	steps := []step{
		{name: "gofmt", do: s.gofmt},
		{name: "modules are tidy", do: s.do(goCommand("mod", "tidy", "-diff"))},
		{name: "modules of the S3 server are tidy", do: s.do(command{dir: filepath.Dir(s3Modfile), args: []string{"go", "mod", "tidy", "-diff"}})},
		{name: "modules are what go.sum says", do: s.do(goCommand("mod", "verify"))},
	}
	if c.Fetch {
		steps = append(steps, step{name: "fetch into an empty module cache", do: s.fetch})
	}
	steps = append(steps,
		step{name: "go vet", do: s.do(goCommand("vet", "./..."))},
		(&lintCmd{}).step(s),
	)
	steps = append(steps, s.deploySteps()...)
	if !c.AllowDirty {
		steps = append(steps, step{name: "clean working tree", do: s.cleanTree})
	}
	return runSteps(ctx, s.stdout, steps...)
}

// do returns a step that is one command.
func (s shell) do(c command) func(context.Context) error {
	return func(ctx context.Context) error { return s.run(ctx, c) }
}

func (s shell) gofmt(ctx context.Context) error {
	goroot, err := s.output(ctx, goCommand("env", "GOROOT"))
	if err != nil {
		return err
	}
	// The one that belongs to this Go: PATH may have another, or none.
	gofmt := filepath.Join(strings.TrimSpace(goroot), "bin", "gofmt")
	return s.mustPrintNothing(ctx, command{args: []string{gofmt, "-l", "."}}, "not formatted")
}

// cleanTree fails on changed and on new files: what a build or a test writes
// into the tree belongs into .gitignore or into a temporary directory.
func (s shell) cleanTree(ctx context.Context) error {
	if err := thisMachine(s).ensure(ctx, needGit); err != nil {
		return err
	}
	return s.mustPrintNothing(ctx, command{args: []string{"git", "status", "--porcelain"}},
		"changed or new in the working tree (--allow-dirty leaves this step out)")
}

// mustPrintNothing fails when the command prints a line.
func (s shell) mustPrintNothing(ctx context.Context, c command, complaint string) error {
	out, err := s.output(ctx, c)
	if err != nil {
		return err
	}
	if out != "" {
		fmt.Fprint(s.stdout, out)
		return fmt.Errorf("%s, see above: %d", complaint, strings.Count(out, "\n"))
	}
	return nil
}

// fetch asks for every package of the module, its tests and its tools with
// nothing downloaded before.
func (s shell) fetch(ctx context.Context) (err error) {
	cache, err := os.MkdirTemp("", "edgesignal-modcache-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(cache)) }()
	for _, what := range []struct {
		dir  string
		args []string
	}{
		{"", []string{"-test", "./..."}},
		{"", []string{"-modfile=" + lintModfile, "tool"}},
		{"", []string{"-modfile=" + s3Modfile, "tool"}},
		{deployCheck, []string{"-test", "."}},
	} {
		// -modcacherw: a module cache is read-only otherwise, and stays behind.
		list := goCommand(append([]string{"list", "-modcacherw", "-deps"}, what.args...)...)
		list.dir = what.dir
		if _, err := s.output(ctx, list.with("GOMODCACHE="+cache)); err != nil {
			return err
		}
	}
	return nil
}
