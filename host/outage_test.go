package host_test

import (
	"bytes"
	"context"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/artifacts"
	"edgesignal/host"
	"edgesignal/host/internal/pgtest"
	"edgesignal/host/internal/programtest"
	"edgesignal/host/internal/s3test"
	"edgesignal/host/operate"
	"edgesignal/host/release"
	"edgesignal/host/settings"
)

// fleet is the production form: a registry in PostgreSQL, a bucket, and the
// demo's release v1.0.0 active in both.
type fleet struct {
	pg  *pgtest.Server
	s3  *s3test.Server
	cfg settings.Settings
}

func newFleet(t *testing.T) *fleet {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", s3test.AccessKey)
	t.Setenv("AWS_SECRET_ACCESS_KEY", s3test.SecretKey)
	f := &fleet{pg: pgtest.Own(t), s3: s3test.New(t)}
	dir := t.TempDir()
	bars, err := fs.Sub(artifacts.FS, artifacts.Bars)
	require.NoError(t, err)
	require.NoError(t, os.CopyFS(filepath.Join(dir, "bars"), bars))
	f.cfg = settings.Defaults()
	f.cfg.DatabaseURL, f.cfg.StateDir = settings.RegistryURL(f.pg.URL(f.pg.Addr())), filepath.Join(dir, "state")
	f.cfg.ArtifactStore, f.cfg.S3Endpoint = settings.Place("s3://"+f.s3.Bucket+"/prod"), settings.Endpoint(f.s3.Endpoint())
	f.cfg.GateProgram = programtest.Program(t)
	f.cfg.DataDir, f.cfg.ReloadIntervalSeconds = settings.Place(filepath.Join(dir, "bars")), 1
	r := artifacts.Releases()[0]
	require.Equal(t, "v1.0.0", r.Version)
	files := map[string]string{r.Model: "", r.Golden: ""}
	for name := range files {
		b, err := artifacts.FS.ReadFile(name)
		require.NoError(t, err)
		files[name] = filepath.Join(dir, filepath.Base(name))
		require.NoError(t, os.WriteFile(files[name], b, 0o600))
	}
	_, err = operate.Publish(t.Context(), f.cfg.Shelf, operate.PublishRequest{
		Strategy: artifacts.Strategy, Version: r.Version, Models: []string{files[r.Model]}, GoldenFile: files[r.Golden],
		Status: string(release.Inactive), CreatedBy: "ci", Activate: true, Legs: f.cfg.Legs,
	})
	require.NoError(t, err)
	return f
}

// running is a host in this process.
type running struct {
	url  string
	log  *lockedBuffer
	stop func()
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func start(t *testing.T, cfg settings.Settings) *running {
	t.Helper()
	r := &running{log: &lockedBuffer{}}
	h, err := host.Open(t.Context(), cfg, host.Identity{Version: "test"}, slog.New(slog.NewJSONHandler(r.log, nil)))
	require.NoError(t, err)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	r.url = "http://" + ln.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	tried, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- h.Run(ctx, ln, func(host.Start) error { close(tried); return nil }) }()
	<-tried
	r.stop = sync.OnceFunc(func() {
		cancel()
		http.DefaultClient.CloseIdleConnections()
		require.NoError(t, <-ended)
	})
	t.Cleanup(r.stop)
	return r
}

type health struct {
	Status       string
	ModelVersion string `json:"model_version"`
	Problems     []string
}

func (r *running) health(t *testing.T) health {
	t.Helper()
	h, status, err := get[health](r.url + "/health")
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, status)
	return h
}

// answers asks for the book and holds it against LightGBM's own.
func (r *running) answers(t *testing.T) {
	t.Helper()
	a, status, err := get[answer](r.url + "/signals")
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, status, "%s", r.log)
	var symbols []string
	for _, s := range a.Signals {
		symbols = append(symbols, s.Symbol)
	}
	require.NotEmpty(t, symbols)
	require.NoError(t, exactly(a, symbols, bothPredictions(t)))
}

func (r *running) recovers(t *testing.T) {
	t.Helper()
	require.Eventually(t, func() bool { return r.health(t).Status == "healthy" }, time.Minute, 50*time.Millisecond, "%s", r.log)
	r.answers(t)
}

func TestStartWithRegistryAndStoreDown(t *testing.T) {
	f := newFleet(t)
	first := start(t, f.cfg)
	first.recovers(t)
	first.stop()
	f.pg.Kill()
	f.s3.Kill()
	second := start(t, f.cfg)
	require.Eventually(t, func() bool { return second.health(t).ModelVersion == "v1.0.0" }, time.Minute, 20*time.Millisecond, "%s", second.log)
	second.answers(t)
	require.Equal(t, "degraded", second.health(t).Status)
	f.s3.Start()
	f.pg.Start()
	second.recovers(t)
}

func TestStartWithATamperedCache(t *testing.T) {
	f := newFleet(t)
	first := start(t, f.cfg)
	first.recovers(t)
	first.stop()
	f.pg.Kill()
	f.s3.Kill()
	files, err := filepath.Glob(filepath.Join(f.cfg.StateDir, "cached", "*"))
	require.NoError(t, err)
	require.Len(t, files, 2, "the model and its golden file")
	for _, name := range files {
		b, err := os.ReadFile(name)
		require.NoError(t, err)
		b[len(b)/2] ^= 1
		require.NoError(t, os.WriteFile(name, b, 0o600))
	}
	second := start(t, f.cfg)
	require.Eventually(t, func() bool {
		return strings.Contains(second.log.String(), "last known good release not restored")
	}, time.Minute, 20*time.Millisecond, "%s", second.log)
	require.Contains(t, second.log.String(), "are not those of its name")
	_, status, err := get[answer](second.url + "/signals")
	require.NoError(t, err)
	require.Equal(t, http.StatusServiceUnavailable, status)
	f.s3.Start()
	f.pg.Start()
	second.recovers(t)
}

// A store that refuses is said, and is no fault of the release.
func TestStoreThatRefuses(t *testing.T) {
	f := newFleet(t)
	for _, c := range []struct {
		name, secret string
		store        settings.Place
		says         []string
	}{
		{"wrong secret", "not-the-secret", f.cfg.ArtifactStore, []string{"refused", "403"}},
		{"no such bucket", s3test.SecretKey, "s3://no-such-bucket", []string{"refused", "no-such-bucket", "NoSuchBucket"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("AWS_SECRET_ACCESS_KEY", c.secret)
			cfg := f.cfg
			cfg.StateDir, cfg.ArtifactStore = t.TempDir(), c.store
			r := start(t, cfg)
			h := r.health(t)
			require.Equal(t, "degraded", h.Status)
			for _, text := range append(c.says, "store unavailable") {
				require.Contains(t, strings.Join(h.Problems, " "), text)
				require.Contains(t, r.log.String(), text)
			}
			require.NotContains(t, r.log.String(), c.secret)
			r.stop()

			t.Setenv("AWS_SECRET_ACCESS_KEY", s3test.SecretKey)
			start(t, f.cfg).recovers(t) // the release is not marked as failed
		})
	}
}
