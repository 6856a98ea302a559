// Package programtest builds programs for tests: the command as users have it,
// for the test binary itself, with the race detector in it, takes ten times as
// long to start; and rules in Go.
package programtest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Build gives the path of a static edgesignal that lives as long as the test.
func Build(t testing.TB) string {
	t.Helper()
	binary, err := BuildIn(t.TempDir())
	require.NoError(t, err)
	return binary
}

// BuildIn returns Build for as long as the folder dir.
func BuildIn(dir string) (binary string, err error) {
	binary = filepath.Join(dir, "edgesignal")
	return binary, build(context.Background(), []string{"CGO_ENABLED=0"}, "-o", binary, "edgesignal/cmd/edgesignal")
}

// Guest returns the main package pkg as a wasm module, without metadata, built with
// the Go tool that runs the tests.
func Guest(t testing.TB, pkg string) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "guest.wasm")
	err := build(t.Context(), []string{"GOOS=wasip1", "GOARCH=wasm", "CGO_ENABLED=0", "GOFLAGS="}, "-buildmode=c-shared", "-ldflags=-s -w", "-o", out, pkg)
	require.NoError(t, err)
	wasm, err := os.ReadFile(out)
	require.NoError(t, err)
	return wasm
}

func build(ctx context.Context, env []string, args ...string) error {
	cmd := exec.CommandContext(ctx, "go", append([]string{"build", "-buildvcs=false"}, args...)...)
	cmd.Env = append(os.Environ(), env...)
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w: %s", err, text)
	}
	return nil
}
