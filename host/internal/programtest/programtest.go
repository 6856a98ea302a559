// Package programtest builds programs for tests: the command as users have it,
// for the test binary itself, with the race detector in it, takes ten times as
// long to start; and rules in Go.
package programtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Build gives the path of a static edgesignal that lives as long as the test.
func Build(t testing.TB) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "edgesignal")
	build(t, []string{"CGO_ENABLED=0"}, "-o", binary, "edgesignal/cmd/edgesignal")
	return binary
}

// Guest is the main package pkg as a wasm module, without metadata, built with
// the Go tool that runs the tests.
func Guest(t testing.TB, pkg string) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "guest.wasm")
	build(t, []string{"GOOS=wasip1", "GOARCH=wasm", "CGO_ENABLED=0", "GOFLAGS="}, "-buildmode=c-shared", "-ldflags=-s -w", "-o", out, pkg)
	wasm, err := os.ReadFile(out)
	require.NoError(t, err)
	return wasm
}

func build(t testing.TB, env []string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"build", "-buildvcs=false"}, args...)...)
	cmd.Env = append(os.Environ(), env...)
	text, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", text)
}
