package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const (
	deployFolder = "docs/deploy"
	// deployCheck is a module of its own, for it imports the parsers of Compose,
	// Kubernetes, BuildKit, MinIO and actionlint.
	deployCheck = "cmd/dev/deploycheck"

	// The exposure level of systemd-analyze security, times ten: up to here is "OK".
	mostExposure = "19"
)

type deployCmd struct{}

// Run parses what cannot be run here.
func (deployCmd) Run(ctx context.Context, s shell) error {
	return runSteps(ctx, s.stdout, s.deploySteps()...)
}

// deploySteps: every file of docs/deploy is parsed by its own tool.
func (s shell) deploySteps() []step {
	inDeployCheck := func(args ...string) func(context.Context) error {
		return s.do(command{dir: deployCheck, args: append([]string{"go"}, args...)})
	}
	return []step{
		{name: "modules of the deployment check are tidy", do: inDeployCheck("mod", "tidy", "-diff")},
		{name: "Compose, Kubernetes, container, workflow and policy files", do: inDeployCheck("test", "-count=1", ".")},
		{name: "systemd unit", do: s.systemdUnit},
		{name: "shell scripts", do: s.shellScripts},
	}
}

// systemdUnit lets systemd parse the unit and judge how exposed it is. The
// program that the unit starts is not installed here, so that another one
// stands in for it.
func (s shell) systemdUnit(ctx context.Context) (err error) {
	if err := thisMachine(s).ensure(ctx, needSystemd); err != nil {
		return err
	}
	unit := filepath.Join(s.root, deployFolder, "edgesignal.service")
	text, err := os.ReadFile(unit)
	if err != nil {
		return err
	}
	const installed, standIn = "ExecStart=/usr/local/bin/edgesignal ", "ExecStart=/bin/true "
	if strings.Count(string(text), installed) != 1 {
		return fmt.Errorf("%s: there is no line %s", unit, installed)
	}
	tmp, err := os.MkdirTemp("", "edgesignal-unit-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()
	edited := filepath.Join(tmp, filepath.Base(unit))
	if err := os.WriteFile(edited, []byte(strings.Replace(string(text), installed, standIn, 1)), 0o600); err != nil {
		return err
	}
	// What it only warns of, and ignores at the start, it says on stderr.
	verify := command{args: []string{"sh", "-c", `exec systemd-analyze verify "$1" 2>&1`, "sh", edited}}
	if err := s.mustPrintNothing(ctx, verify, "systemd-analyze verify complains"); err != nil {
		return err
	}
	said, err := s.output(ctx, command{args: []string{"systemd-analyze", "security", "--no-pager", "--offline=true", "--threshold=" + mostExposure, edited}})
	lines := strings.Split(strings.TrimSpace(said), "\n")
	if err == nil { // else all of what exposes it, not the sum alone
		lines = lines[len(lines)-1:]
	}
	fmt.Fprintln(s.stdout, strings.Join(lines, "\n"))
	return err
}

func (s shell) shellScripts(ctx context.Context) error {
	if err := thisMachine(s).ensure(ctx, needShellcheck); err != nil {
		return err
	}
	scripts, err := filepath.Glob(filepath.Join(s.root, deployFolder, "*.sh"))
	if err != nil {
		return err
	}
	if len(scripts) == 0 {
		return fmt.Errorf("%s: there is no shell script", deployFolder)
	}
	return s.run(ctx, command{args: append([]string{"shellcheck"}, scripts...)})
}
