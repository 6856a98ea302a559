// Package programtest builds what tests run: the program as users have it, and
// rules in Go. Tests that need a process of the program start this one: the test
// binary itself, with the race detector in it, takes a second to end.
package programtest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// Variable names the environment variable with the path of a program that was
// built already. The runner sets it for all packages of a run. The path differs
// with the program's content, so that Go's cache of test results sees a change.
const Variable = "EDGESIGNAL_TEST_PROGRAM"

// Program returns the path of a static edgesignal, see Path.
func Program(t testing.TB) string {
	t.Helper()
	path, err := Path()
	require.NoError(t, err)
	return path
}

// Path returns the path of a static edgesignal without the race detector. It is
// built once for the same sources, however many packages ask at the same time:
// Go's build cache has it, under a name made from its content.
var Path = sync.OnceValues(func() (string, error) {
	if path := os.Getenv(Variable); path != "" {
		return path, nil
	}
	for range 2 {
		cmd := exec.Command("go", "run", "-buildvcs=false", "-exec", "echo", "edgesignal/cmd/edgesignal")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		var said bytes.Buffer
		cmd.Stderr = &said
		out, err := cmd.Output()
		if err != nil {
			return "", fmt.Errorf("build edgesignal: %w: %s", err, &said)
		}
		path := strings.TrimSpace(string(out))
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
		// It was just linked in a folder that is gone; from now on the cache has it.
	}
	return "", errors.New("build edgesignal: Go's build cache does not keep it")
})

// Guest returns the main package pkg as a wasm module, without metadata, built with
// the Go tool that runs the tests: once for all tests of a package.
func Guest(t testing.TB, pkg string) []byte {
	t.Helper()
	guests.Lock()
	defer guests.Unlock()
	if guests.built[pkg] == nil {
		out := filepath.Join(t.TempDir(), "guest.wasm")
		cmd := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-buildmode=c-shared", "-ldflags=-s -w", "-o", out, pkg)
		cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "CGO_ENABLED=0", "GOFLAGS=")
		said, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", said)
		wasm, err := os.ReadFile(out)
		require.NoError(t, err)
		guests.built[pkg] = wasm
	}
	return bytes.Clone(guests.built[pkg])
}

var guests = struct {
	sync.Mutex
	built map[string][]byte // by the package's name, or its path from the folder of the tests
}{built: map[string][]byte{}}
