package siege

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/internal/programtest"
)

// lines takes a program's output and can be looked at meanwhile.
type lines struct {
	mu  sync.Mutex
	all strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}

func TestTheProgramWithTokens(t *testing.T) {
	program := programtest.Program(t)
	t.Run("from the first token to the last", func(t *testing.T) { lifeOfTokens(t, program) })
	t.Run("bad files", func(t *testing.T) { badTokenFiles(t, program) })
}

// lifeOfTokens: tokens are made, used and revoked, as an operator does it.
func lifeOfTokens(t *testing.T, program string) {
	dir := t.TempDir()
	file := filepath.Join(dir, "tokens")
	newToken := func(name, scopes string) string {
		cmd := exec.CommandContext(t.Context(), program, "token", "new", name, "--scopes", scopes, "--out", file)
		out, err := cmd.Output() // standard output alone
		require.NoError(t, err)
		require.Regexp(t, `^es_[A-Za-z0-9_-]{43}\n$`, string(out))
		return strings.TrimSpace(string(out))
	}
	desk, pipeline := newToken("desk", "signals"), newToken("ci", "reload")

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	log := &lines{}
	serve := exec.CommandContext(ctx, program, "serve", "--host", "127.0.0.1", "--port", "0", "--log-level", "DEBUG")
	serve.Dir, serve.Stderr, serve.Env = dir, log, append(os.Environ(), "AUTH_TOKENS_FILE=tokens")
	serve.Cancel = func() error { return serve.Process.Signal(os.Interrupt) }
	require.NoError(t, serve.Start())
	defer func() { cancel(); _ = serve.Wait() }()
	address := regexp.MustCompile(`"address":"([^"]+)"`)
	require.Eventually(t, func() bool { return address.MatchString(log.String()) }, 30*time.Second, 5*time.Millisecond, log)
	url := "http://" + address.FindStringSubmatch(log.String())[1]

	ask := func(method, path, token string) int {
		req, err := http.NewRequestWithContext(t.Context(), method, url+path, http.NoBody)
		require.NoError(t, err)
		if token != "" {
			req.Header.Set("Authorization", "Bearer "+token)
		}
		res, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		defer res.Body.Close()
		_, err = io.Copy(io.Discard, res.Body)
		require.NoError(t, err)
		return res.StatusCode
	}
	require.Equal(t, 200, ask("GET", "/livez", ""))
	require.Equal(t, 200, ask("GET", "/api/v1/strategies", desk))
	require.Equal(t, 200, ask("GET", "/metrics", pipeline))
	require.Equal(t, 401, ask("GET", "/metrics", ""))
	require.Equal(t, 401, ask("POST", "/model/reload", ""), "this machine has no privilege where there are tokens")
	require.Equal(t, 403, ask("POST", "/model/reload", desk))
	require.Equal(t, 404, ask("POST", "/model/reload", pipeline), "there is no release")

	text, err := os.ReadFile(file)
	require.NoError(t, err)
	first, rest, _ := strings.Cut(string(text), "\n")
	require.Contains(t, first, "desk signals sha256:")
	swap := func(text string) {
		require.NoError(t, os.WriteFile(file+".new", []byte(text), 0o600))
		require.NoError(t, os.Rename(file+".new", file))
	}
	swap(rest) // revoked
	require.Eventually(t, func() bool { return ask("GET", "/metrics", desk) == 401 }, 20*time.Second, 10*time.Millisecond)
	require.Equal(t, 200, ask("GET", "/metrics", pipeline))
	later := newToken("desk", "signals")
	require.Eventually(t, func() bool { return ask("GET", "/metrics", later) == 200 }, 20*time.Second, 10*time.Millisecond)

	swap("desk signals " + later + "\n")
	const complaint = "line 1: the digest does not begin with sha256:"
	require.Eventually(t, func() bool { return strings.Contains(log.String(), complaint) }, 20*time.Second, 10*time.Millisecond)
	require.Equal(t, 200, ask("GET", "/metrics", later))
	require.NoError(t, os.Remove(file))
	require.Eventually(t, func() bool { return strings.Contains(log.String(), "no such file or directory") }, 20*time.Second, 10*time.Millisecond)
	require.Equal(t, 200, ask("GET", "/metrics", later))
	require.Equal(t, 401, ask("GET", "/metrics", desk))
	require.Equal(t, 401, ask("GET", "/metrics", ""))

	require.Equal(t, 1, strings.Count(log.String(), complaint), "said once")
	require.Contains(t, log.String(), `"AUTH_TOKENS_FILE":"tokens"`)
	require.Contains(t, log.String(), `"caller":"ci"`)
	for _, token := range []string{desk, pipeline, later} {
		require.NotContains(t, log.String(), token[3:13])
		require.NotContains(t, log.String(), token[36:])
	}
}

// badTokenFiles: exit status 1, one line.
func badTokenFiles(t *testing.T, program string) {
	good := "a signals sha256:" + strings.Repeat("ab", 32) + "\n"
	for _, tc := range []struct{ name, text, says string }{
		{"unknown scope", good + "b everything sha256:" + strings.Repeat("cd", 32), "line 2: an unknown scope; signals, reload and admin are known"},
		{"the token itself", "# x\n\na signals es_hunter2", "line 3: the digest does not begin with sha256:"},
		{"a name twice", good + "a reload sha256:" + strings.Repeat("cd", 32), "line 2: the name is that of line 1"},
		{"missing", "", "no such file or directory"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			if tc.text != "" {
				require.NoError(t, os.WriteFile(filepath.Join(dir, "tokens"), []byte(tc.text), 0o600))
			}
			cmd := exec.CommandContext(t.Context(), program, "serve", "--host", "127.0.0.1", "--port", "0", "--auth-tokens-file", "tokens")
			cmd.Dir = dir
			var errs strings.Builder
			cmd.Stderr = &errs
			require.Error(t, cmd.Run())
			require.Equal(t, 1, cmd.ProcessState.ExitCode())
			require.Equal(t, fmt.Sprintf("edgesignal: AUTH_TOKENS_FILE: token file tokens: %s\n", tc.says), errs.String())
			_, err := os.Stat(filepath.Join(dir, ".edgesignal"))
			require.ErrorIs(t, err, os.ErrNotExist, "nothing was made yet")
		})
	}
}
