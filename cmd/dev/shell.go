package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// stopGrace is how long a child may take to end after an interrupt before it
// is killed.
const stopGrace = 10 * time.Second

// shell runs child processes in the module and streams what they print.
type shell struct {
	root           string // the module's root
	stdout, stderr io.Writer
}

func newShell(stdout, stderr io.Writer) (shell, error) {
	wd, err := os.Getwd()
	if err != nil {
		return shell{}, err
	}
	root, err := moduleRoot(wd)
	return shell{root: root, stdout: stdout, stderr: stderr}, err
}

// command is one child process.
type command struct {
	dir  string   // relative to the module's root; empty = the root
	env  []string // KEY=value, on top of the runner's own environment
	args []string
}

func goCommand(args ...string) command {
	return command{args: append([]string{"go"}, args...)}
}

// with returns the command with more environment.
func (c command) with(env ...string) command {
	c.env = append(c.env[:len(c.env):len(c.env)], env...)
	return c
}

// String returns the command as one would type it in a shell.
func (c command) String() string {
	line := strings.Join(append(c.env[:len(c.env):len(c.env)], c.args...), " ")
	if c.dir != "" {
		line = "cd " + c.dir + " && " + line
	}
	return line
}

// run prints the command, runs it and streams its output.
func (s shell) run(ctx context.Context, c command) error {
	fmt.Fprintf(s.stdout, "$ %s\n", c)
	return s.exec(ctx, c, s.stdout)
}

// output prints the command, runs it and returns what it wrote to stdout.
func (s shell) output(ctx context.Context, c command) (string, error) {
	fmt.Fprintf(s.stdout, "$ %s\n", c)
	var out bytes.Buffer
	err := s.exec(ctx, c, &out)
	return out.String(), err
}

func (s shell) exec(ctx context.Context, c command, stdout io.Writer) error {
	cmd := exec.CommandContext(ctx, c.args[0], c.args[1:]...)
	cmd.Dir = filepath.Join(s.root, c.dir)
	cmd.Env = append(os.Environ(), c.env...)
	cmd.Stdout, cmd.Stderr = stdout, s.stderr
	// go test passes an interrupt on to its test binaries; a kill would leave
	// them running.
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = stopGrace
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return fmt.Errorf("%s: %w", c, err)
	}
	return nil
}
