// Package programtest builds the command as users have it, for tests that
// start it: the test binary itself, with the race detector in it, takes ten
// times as long to start.
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
	build := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", binary, "edgesignal/cmd/edgesignal")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	text, err := build.CombinedOutput()
	require.NoError(t, err, "%s", text)
	return binary
}
