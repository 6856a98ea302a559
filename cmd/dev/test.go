package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// testTimeout is for the tests of one package: some start a process for each of
// hundreds of uploads, and the numeric ones compare hundreds of thousands of
// cells, which takes its time under an emulator.
const testTimeout = "40m"

// s3Modfile pins the S3 server that tests run, apart from the module itself:
// 77 modules that the binary has nothing to do with. host/internal/s3test asks
// for it in the same way, and finds it in Go's build cache.
const s3Modfile = "host/internal/s3test/server/go.mod"

// The variables by which tests are told what the runner did and wants.
const (
	programVariable = "EDGESIGNAL_TEST_PROGRAM" // see host/internal/programtest
	corpusVariable  = "EDGESIGNAL_TEST_CORPUS"  // see host/internal/hostile
	soakVariable    = "EDGESIGNAL_TEST_SOAK"    // see host/soak_test.go: runs, each of two ways
)

type testCmd struct {
	Quick bool `xor:"how" help:"The loop while writing: no server, no race detector, and Go's cache of results."`
	Full  bool `xor:"how" help:"What the plain command leaves out, because it takes long and changes seldom: the hostile corpus at every height, GOAMD64=v3, arm64, static builds, the parts in Python beside the real Qlib, every benchmark once. CI runs both."`
}

// Run returns the README's test command, or one of the other two.
func (c *testCmd) Run(ctx context.Context, s shell) error {
	switch {
	case c.Quick:
		return runSteps(ctx, s.stdout, s.ensureStep(needRules, needWabt), s.testStep(quickTests))
	case c.Full:
		return s.testFull(ctx)
	}
	// Every run is an honest one (-count=1): the tests also depend on what is
	// installed, which Go's test cache does not see.
	return runSteps(ctx, s.stdout,
		s.ensureStep(needRace, needRules, needWabt, needPostgres, needClients),
		s.s3Step(),
		s.verifyRules(),
		s.testStep(everyTest, "-count=1", "-timeout="+testTimeout),
	)
}

// testFull runs what the plain command leaves out.
func (s shell) testFull(ctx context.Context) (err error) {
	tmp, err := os.MkdirTemp("", "edgesignal-dev-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()
	v3, err := v3Step(s, runtime.GOARCH)
	if err != nil {
		return err
	}
	needs := []need{needWabt, needRules, needPostgres, needPython}
	if runtime.GOARCH != "arm64" {
		needs = append(needs, needArm64)
	}
	test := func(args ...string) command {
		return goCommand(append([]string{"test", "-count=1", "-timeout=" + testTimeout}, args...)...)
	}
	return runSteps(ctx, s.stdout,
		s.ensureStep(needs...),
		s.s3Step(),
		step{name: "everything builds for arm64", do: s.do(
			goCommand("build", "-buildvcs=false", "./...").with("GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0"))},
		step{name: "static binaries", do: func(ctx context.Context) error { return s.buildStatic(ctx, tmp) }},
		step{name: "the hostile corpus at every height", do: s.do(test(corpusPackage).with(corpusVariable + "=whole"))},
		step{name: "500 runs of bars in all states of being published", do: s.do(test("-run", "^TestNoBookOfAnUnfinishedRun$", "./host").with(soakVariable + "=250"))},
		// What they need comes from PyPI, each version with its digest.
		step{name: "the exporter and the client in Python, beside the real Qlib", do: s.do(command{args: []string{"sh", "guest/test-python.sh"}})},
		step{name: "the bench of the service", do: s.do(test(fullPackages...))},
		v3,
		step{name: "numeric tests on arm64", do: func(ctx context.Context) error { return s.testArm64(ctx, tmp) }},
		// A benchmark that fails says nothing of speed, and much of what it measures.
		step{name: "every benchmark, once", do: s.do(test(append([]string{"-run", "^$", "-bench", ".", "-benchtime", "1x"}, benchPackages...)...))},
	)
}

// s3Step builds the S3 server of the tests.
func (s shell) s3Step() step {
	return step{name: "build the S3 server of the tests", do: s.do(goCommand("tool", "-modfile="+s3Modfile, "-n", "versitygw"))}
}

// testStep runs what selected has of the module's tests, all of it also where
// something failed, on one build of the program.
func (s shell) testStep(selected func([]testPackage) []selection, flags ...string) step {
	return step{name: "tests", do: func(ctx context.Context) error {
		packages, err := s.testPackages(ctx)
		if err != nil {
			return err
		}
		program, err := s.buildProgram(ctx)
		if err != nil {
			return err
		}
		var failed []error
		for _, sel := range selected(packages) {
			// Twice as many packages at once as there are cores: many wait for servers.
			atOnce := fmt.Sprintf("-p=%d", 2*runtime.NumCPU())
			run := goCommand(slices.Concat([]string{"test", atOnce}, flags, sel.args())...).with(programVariable + "=" + program)
			if sel.race {
				// The race detector needs cgo, whatever the environment says of it, and
				// waits a second at the end of each process unless it is told not to.
				run = run.with("CGO_ENABLED=1", "GORACE=atexit_sleep_ms=0")
			}
			if sel.sample {
				run = run.with(corpusVariable + "=sample")
			}
			if err := s.run(ctx, run); err != nil {
				failed = append(failed, err)
			}
			if ctx.Err() != nil {
				break
			}
		}
		if len(failed) > 1 {
			return fmt.Errorf("%d runs of go test failed, the first: %w", len(failed), failed[0])
		}
		return errors.Join(failed...)
	}}
}

// buildProgram returns the path of the program in Go's build cache: under a name
// that changes with its content, so that cached results of tests do too.
func (s shell) buildProgram(ctx context.Context) (path string, err error) {
	for range 2 { // what was just linked lies in a folder that is gone afterwards
		out, err := s.output(ctx, goCommand("run", "-buildvcs=false", "-exec", "echo", "./cmd/edgesignal").with("CGO_ENABLED=0"))
		if err != nil {
			return "", err
		}
		path = strings.TrimSpace(out)
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("go run left no program at %s", path)
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
