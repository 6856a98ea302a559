package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// testTimeout is for the tests of one package. Those of host start a process for
// each of some 600 uploads, and the numeric ones compare
// hundreds of thousands of cells, which takes its time under an emulator.
const testTimeout = "40m"

// s3Modfile pins the S3 server that tests run, apart from the module itself:
// 77 modules that the binary has nothing to do with. host/internal/s3test asks
// for it in the same way, and finds it in Go's build cache.
const s3Modfile = "host/internal/s3test/server/go.mod"

type testCmd struct{}

// Run returns the README's test command. Every run is an honest one (-count=1):
// the tests also depend on what is installed, which Go's test cache does not see.
func (*testCmd) Run(ctx context.Context, s shell) (err error) {
	tmp, err := os.MkdirTemp("", "edgesignal-dev-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()

	v3, err := v3Step(s, runtime.GOARCH)
	if err != nil {
		return err
	}
	needs := []need{needRace, needRules, needWabt, needPostgres, needClients}
	if runtime.GOARCH != "arm64" {
		needs = append(needs, needArm64)
	}
	return runSteps(ctx, s.stdout,
		s.ensureStep(needs...),
		step{name: "build the S3 server of the tests", do: s.do(goCommand("tool", "-modfile="+s3Modfile, "-n", "versitygw"))},
		// The race detector needs cgo, whatever the environment says of it.
		step{name: "all tests with the race detector", do: s.do(
			goCommand("test", "-race", "-count=1", "-timeout="+testTimeout, "./...").with("CGO_ENABLED=1"))},
		// Once each: a benchmark that fails says nothing of speed, and much of what it measures.
		step{name: "every benchmark, once", do: s.do(
			goCommand(append([]string{"test", "-run", "^$", "-bench", ".", "-benchtime", "1x", "-timeout=" + testTimeout}, benchPackages...)...))},
		v3,
		step{name: "numeric tests on arm64", do: func(ctx context.Context) error { return s.testArm64(ctx, tmp) }},
		step{name: "everything builds for arm64", do: s.do(
			goCommand("build", "-buildvcs=false", "./...").with("GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0"))},
		step{name: "static binaries", do: func(ctx context.Context) error { return s.buildStatic(ctx, tmp) }},
		s.verifyRules(),
	)
}

// v3Step runs the numeric tests as GOAMD64=v3, where the CPU can.
func v3Step(s shell, arch string) (step, error) {
	v3 := step{name: "numeric tests with GOAMD64=v3"}
	if arch != "amd64" {
		v3.notRun = "this CPU is " + arch
		return v3, nil
	}
	missing, err := missingV3()
	if err != nil {
		return step{}, err
	}
	if len(missing) > 0 {
		v3.notRun = "this CPU has no " + strings.Join(missing, ", ")
		return v3, nil
	}
	args := append([]string{"test", "-count=1", "-timeout=" + testTimeout}, numericPackages...)
	v3.do = s.do(goCommand(args...).with("GOAMD64=v3", "CGO_ENABLED=0"))
	return v3, nil
}

// testArm64 cross-compiles the numeric packages' tests and runs each in its
// package's directory, as go test would: by itself on an arm64 machine, else
// under qemu.
func (s shell) testArm64(ctx context.Context, tmp string) error {
	for _, pkg := range numericPackages {
		binary := filepath.Join(tmp, filepath.Base(pkg)+".arm64.test")
		compile := goCommand("test", "-c", "-o", binary, pkg).with("GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0")
		if err := s.run(ctx, compile); err != nil {
			return err
		}
		args := []string{binary, "-test.timeout=" + testTimeout}
		if runtime.GOARCH != "arm64" {
			args = append([]string{qemuArm64}, args...)
		}
		if err := s.run(ctx, command{dir: pkg, args: args}); err != nil {
			return err
		}
	}
	return nil
}
