package main

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRun(t *testing.T) {
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	tests := []struct {
		name           string
		ctx            context.Context
		args           []string
		code           int
		stdout, stderr string
	}{
		{name: "help", args: []string{"--help"}, stdout: "Usage: dev <command>"},
		{name: "help of a command", args: []string{"check", "--help"}, stdout: "--allow-dirty"},
		{name: "no command", code: exitUsage, stderr: "dev: expected one of"},
		{name: "unknown command", args: []string{"tset"}, code: exitUsage, stderr: "dev: unexpected argument tset"},
		{name: "unknown flag", args: []string{"check", "--dirty"}, code: exitUsage, stderr: "dev: unknown flag --dirty"},
		{name: "benchmarks by default", ctx: cancelled, args: []string{"bench", "--match", "Predict"}, code: exitFailed,
			stdout: "=== benchmarks\n$ go test -run ^$ -bench Predict ", stderr: `dev: step "benchmarks" failed`},
		{name: "the service", args: []string{"bench", "serving", "--help"}, stdout: "Measure edgesignal as a service"},
		{name: "failed step", ctx: cancelled, args: []string{"build"}, code: exitFailed,
			stdout: "=== build bin/edgesignal\n", stderr: `dev: step "build bin/edgesignal" failed after 0s: `},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx := tt.ctx
			if ctx == nil {
				ctx = t.Context()
			}
			var stdout, stderr bytes.Buffer
			require.Equal(t, tt.code, run(ctx, tt.args, &stdout, &stderr))
			require.Contains(t, stdout.String(), tt.stdout)
			require.Contains(t, stderr.String(), tt.stderr)
		})
	}
}
