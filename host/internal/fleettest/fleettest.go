// Package fleettest is a fleet for tests: real processes of the built program
// on one real PostgreSQL and one real S3 server, each host behind a network of its own
// that can be made to fail, and a reader that checks every answer.
package fleettest

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/artifacts"
	"edgesignal/host/fleet"
	"edgesignal/host/internal/demotest"
	"edgesignal/host/internal/pgtest"
	"edgesignal/host/internal/programtest"
	"edgesignal/host/internal/s3test"
)

// Patience is how long a test waits for what must come: far longer than it
// takes, for the machine may be busy.
const Patience = time.Minute

// Fleet is a registry, a store, and the hosts that share them.
type Fleet struct {
	Postgres *pgtest.Server
	S3       *s3test.Server
	Hosts    []*Host

	t       testing.TB
	program string
	dir     string // the bars, and a folder a host
	client  *http.Client
	books   *books
}

// New starts a fleet of n hosts that serve v1.0.0 of the demo, with v1.1.0
// registered beside it. It ends with t.
func New(t testing.TB, n int, options ...Option) *Fleet {
	t.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: 8}
	f := &Fleet{
		t: t, program: programtest.Program(t), dir: t.TempDir(), Postgres: pgtest.Own(t), S3: s3test.New(t), books: newBooks(t),
		client: &http.Client{Transport: transport, Timeout: 10 * time.Second},
	}
	t.Cleanup(transport.CloseIdleConnections)
	bars, err := fs.Sub(artifacts.FS, artifacts.Bars)
	require.NoError(t, err)
	require.NoError(t, os.CopyFS(f.data(), bars))
	require.NoError(t, fs.WalkDir(bars, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(bars, path)
		f.S3.Put(f.S3.Bucket, "bars/"+path, string(b))
		return err
	}))
	for _, r := range artifacts.Releases() {
		f.publish(r.Version, r.Version, demotest.File(t, r.Model))
	}
	f.Activate("v1.0.0")
	for range n {
		f.Hosts = append(f.Hosts, f.newHost(options...))
	}
	for _, h := range f.Hosts {
		h.Launch()
	}
	f.Settle("v1.0.0")
	for _, h := range f.Hosts {
		h.Open()
	}
	return f
}

func (f *Fleet) data() string { return filepath.Join(f.dir, "bars") }

// env returns the setting of a program that reaches PostgreSQL and the storage by
// way of these addresses.
func (f *Fleet) env(postgres, s3 string) []string {
	return append(clean(os.Environ()),
		"DATABASE_URL="+f.Postgres.URL(postgres), "DATA_DIR="+f.data(),
		"ARTIFACT_STORE=s3://"+f.S3.Bucket+"/releases", "S3_ENDPOINT=http://"+s3,
		"AWS_ACCESS_KEY_ID="+s3test.AccessKey, "AWS_SECRET_ACCESS_KEY="+s3test.SecretKey, "AWS_REGION="+s3test.Region)
}

// clean leaves out what would be a setting.
func clean(env []string) (kept []string) {
	for _, e := range env {
		if name, _, _ := strings.Cut(e, "="); name == "PATH" || name == "HOME" || name == "TMPDIR" {
			kept = append(kept, e)
		}
	}
	return kept
}

// Try runs a command of the program, past all proxies, and returns what it
// printed and its status.
func (f *Fleet) Try(args ...string) (stdout, stderr string, status int) {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(f.t.Context(), 2*Patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, f.program, args...)
	cmd.Dir, cmd.Env = f.dir, f.env(f.Postgres.Addr(), f.S3.Addr())
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); cmd.ProcessState == nil {
		require.NoError(f.t, err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// Run returns Try of a command that succeeds.
func (f *Fleet) Run(args ...string) (stdout string) {
	f.t.Helper()
	stdout, stderr, status := f.Try(args...)
	require.Zero(f.t, status, "%s: %s", strings.Join(args, " "), stderr)
	return stdout
}

// Activate makes a release the active one.
func (f *Fleet) Activate(version string) {
	f.t.Helper()
	f.Run("activate", artifacts.Strategy, version)
}

// Converge makes a release the active one and returns when every live host
// said that it serves it.
func (f *Fleet) Converge(version string) {
	f.t.Helper()
	f.Run("activate", artifacts.Strategy, version, "--wait", Patience.String())
}

// Publish registers a release that no host has seen: its model predicts what
// that of base does, in other bytes.
func (f *Fleet) Publish(base string) (version string) {
	f.t.Helper()
	version, model := f.another(base)
	f.publish(version, base, model)
	return version
}

// Insert returns Publish by plain SQL, with nothing but the columns that a row must
// have: nobody knows the SHA-256 of the model yet.
func (f *Fleet) Insert(base string) (version string) {
	f.t.Helper()
	version, model := f.another(base)
	path := "models/" + version + ".txt"
	f.S3.Put(f.S3.Bucket, "releases/"+path, string(model))
	f.Postgres.SQL(fmt.Sprintf("INSERT INTO model_registry (strategy_name, version, model_path) VALUES ('%s', '%s', '%s')", artifacts.Strategy, version, path))
	f.books.add(version, base)
	return version
}

// another returns a model that predicts what that of base does, in other bytes.
func (f *Fleet) another(base string) (version string, model []byte) {
	f.t.Helper()
	n := f.books.count()
	for _, r := range artifacts.Releases() {
		if r.Version == base {
			const setting = "[time_out: 120]" // of the training; nobody asks for it here
			text := string(demotest.File(f.t, r.Model))
			require.Contains(f.t, text, setting)
			return fmt.Sprintf("%s-%d", base, n), []byte(strings.Replace(text, setting, fmt.Sprintf("[time_out: %d]", 1000+n), 1))
		}
	}
	require.FailNow(f.t, "the demo has no release "+base)
	return "", nil
}

func (f *Fleet) publish(version, base string, model []byte) {
	f.t.Helper()
	folder := filepath.Join(f.dir, "releases", version)
	require.NoError(f.t, os.MkdirAll(folder, 0o700))
	files := map[string][]byte{"model.txt": model}
	for _, r := range artifacts.Releases() {
		if r.Version == base {
			files["golden.json"] = demotest.File(f.t, r.Golden)
		}
	}
	for name, b := range files {
		require.NoError(f.t, os.WriteFile(filepath.Join(folder, name), b, 0o600))
	}
	f.Run("publish", "--strategy", artifacts.Strategy, "--version", version,
		"--model", filepath.Join(folder, "model.txt"), "--golden", filepath.Join(folder, "golden.json"))
	f.books.add(version, base)
}

// Settle waits until every host that runs serves version and says that it is
// healthy.
func (f *Fleet) Settle(version string) {
	f.t.Helper()
	for _, h := range f.Hosts {
		h.Await("healthy, and serves "+version, func(s Health) bool { return s.Status == "healthy" && s.Version == version })
	}
}

// Status returns what edgesignal status says.
func (f *Fleet) Status() (d fleet.Document) {
	f.t.Helper()
	require.NoError(f.t, json.Unmarshal([]byte(f.Run("status", "--json")), &d))
	return d
}

// AwaitSilent waits until the registry does not count a host as live.
func (f *Fleet) AwaitSilent(h *Host) {
	f.t.Helper()
	f.await("host "+h.Name+" is silent", func() bool {
		for _, m := range f.Status().Hosts {
			if m.Host == h.Name {
				return !m.Live
			}
		}
		return false
	})
}

// StatusOf returns the status of a release in the registry.
func (f *Fleet) StatusOf(version string) string {
	f.t.Helper()
	var list []struct{ Version, Status string }
	require.NoError(f.t, json.Unmarshal([]byte(f.Run("releases", artifacts.Strategy, "--json")), &list))
	for _, r := range list {
		if r.Version == version {
			return r.Status
		}
	}
	return ""
}
