package host

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/artifacts"
	"edgesignal/host/internal/pgtest"
	"edgesignal/host/internal/programtest"
	"edgesignal/host/internal/s3test"
	"edgesignal/host/market"
	"edgesignal/host/operate"
	"edgesignal/host/settings"
	"edgesignal/host/shelf"
)

// remote is a host of a fleet whose bars lie in a bucket.
type remote struct {
	t    *testing.T
	pg   *pgtest.Server
	s3   *s3test.Server
	cfg  settings.Settings
	log  bytes.Buffer // of all its lives
	url  string
	stop func()
}

func newRemote(t *testing.T) *remote {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", s3test.AccessKey)
	t.Setenv("AWS_SECRET_ACCESS_KEY", s3test.SecretKey)
	dir := t.TempDir()
	r := &remote{t: t, pg: pgtest.Own(t), s3: s3test.New(t)}
	r.cfg = settings.Defaults()
	r.cfg.DatabaseURL, r.cfg.StateDir = settings.RegistryURL(r.pg.URL(r.pg.Addr())), filepath.Join(dir, "state")
	r.cfg.ArtifactStore, r.cfg.S3Endpoint = settings.Place("s3://"+r.s3.Bucket+"/store"), settings.Endpoint(r.s3.Endpoint())
	r.cfg.DataDir, r.cfg.GateProgram = settings.Place("s3://"+r.s3.Bucket+"/bars"), programtest.Program(t)
	s, err := shelf.Open(t.Context(), r.cfg.Shelf, r.cfg.Legs, 0)
	require.NoError(t, err)
	require.NoError(t, operate.PublishDemo(t.Context(), s))
	require.NoError(t, s.Close())
	return r
}

// upload puts the demo's bars into the bucket as the run of a day, and says
// which revision that makes.
func (r *remote) upload(day string) (revision string) {
	r.t.Helper()
	files := fstest.MapFS{}
	require.NoError(r.t, fs.WalkDir(artifacts.FS, artifacts.Bars, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		content, err := artifacts.FS.ReadFile(name)
		name = strings.Replace(strings.TrimPrefix(name, artifacts.Bars+"/"), "2024-12-31", day, 1)
		files[name] = &fstest.MapFile{Data: content}
		r.s3.Put(r.s3.Bucket, "bars/"+name, string(content))
		return err
	}))
	m, err := market.Load(r.t.Context(), files)
	require.NoError(r.t, err)
	return m.Revision
}

// start is a new process on the same disk; it returns at once.
func (r *remote) start() {
	r.t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(r.t, err)
	h, err := Open(r.t.Context(), r.cfg, Identity{Version: "test"}, slog.New(slog.NewTextHandler(&r.log, nil)))
	require.NoError(r.t, err)
	h.bars.interval = 100 * time.Millisecond
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx, ln, nil) }()
	r.url = "http://" + ln.Addr().String()
	r.stop = sync.OnceFunc(func() {
		cancel()
		http.DefaultClient.CloseIdleConnections()
		require.NoError(r.t, <-ended)
	})
	r.t.Cleanup(r.stop)
}

func (r *remote) get(path string, v any) (status int) {
	res, err := http.Get(r.url + path)
	if err != nil {
		return 0
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(r.t, err)
	require.NoError(r.t, json.Unmarshal(body, v), "%s", body)
	return res.StatusCode
}

type healthOf struct {
	Status   string
	Problems []string
	Revision string `json:"market_revision"`
}

func (r *remote) await(what string, ok func(healthOf) bool) (h healthOf) {
	r.t.Helper()
	require.Eventually(r.t, func() bool {
		h = healthOf{}
		return r.get("/health", &h) == http.StatusOK && ok(h)
	}, time.Minute, 10*time.Millisecond, what)
	return h
}

func (r *remote) signals() (signals string, ok bool) {
	var a struct{ Signals json.RawMessage }
	ok = r.get("/signals", &a) == http.StatusOK
	return string(a.Signals), ok
}

// serving returns a healthy host on that market.
func serving(revision string) func(healthOf) bool {
	return func(h healthOf) bool { return h.Status == "healthy" && h.Revision == revision }
}

// The registry and the bucket are both gone: the host starts from its disk,
// says what it cannot reach, and catches up by itself.
func TestAStartWithNothingInReach(t *testing.T) {
	r := newRemote(t)
	first := r.upload("2024-12-31")
	r.start()
	r.await("it serves", serving(first))
	book, ok := r.signals()
	require.True(t, ok)
	r.stop()

	r.pg.Kill()
	r.s3.Kill()
	begun := time.Now()
	r.start()
	require.Eventually(t, func() bool {
		again, ok := r.signals()
		return ok && again == book
	}, time.Minute, 5*time.Millisecond)
	t.Logf("served after %s", time.Since(begun))
	h := r.await("both are named", func(h healthOf) bool {
		said := strings.Join(h.Problems, "\n")
		return h.Status == "degraded" && strings.Contains(said, "registry unavailable") && strings.Contains(said, "market data: "+string(r.cfg.DataDir))
	})
	require.Equal(t, first, h.Revision)

	r.s3.Start()
	r.await("the bucket is back", func(h healthOf) bool { return !strings.Contains(strings.Join(h.Problems, "\n"), "market data") })
	r.pg.Start()
	r.await("the registry is back", serving(first))
	next := r.upload("2025-01-02")
	r.await("a newer run", serving(next))
	again, ok := r.signals()
	require.True(t, ok)
	require.JSONEq(t, book, again, "the same bars")

	// The bucket goes while it serves.
	r.s3.Kill()
	lost := r.await("out of reach", func(h healthOf) bool { return h.Status == "degraded" })
	require.Equal(t, next, lost.Revision)
	again, ok = r.signals()
	require.True(t, ok)
	require.JSONEq(t, book, again)
	r.stop()
	require.NotContains(t, r.log.String(), s3test.SecretKey)
}

// A bucket that takes the connection and says nothing holds no start up.
func TestAStartBesideABucketThatHangs(t *testing.T) {
	r := newRemote(t)
	first := r.upload("2024-12-31")
	r.start()
	r.await("it serves", serving(first))
	r.stop()

	r.s3.Kill()
	silent, err := net.Listen("tcp", r.s3.Addr())
	require.NoError(t, err)
	var conns []net.Conn
	hung := make(chan struct{})
	go func() {
		defer close(hung)
		for {
			c, err := silent.Accept()
			if err != nil {
				return
			}
			conns = append(conns, c)
		}
	}()
	begun := time.Now()
	r.start()
	h := r.await("the last known good market serves", func(h healthOf) bool { return h.Revision == first })
	t.Logf("served after %s", time.Since(begun))
	require.Equal(t, "degraded", h.Status)
	require.Contains(t, strings.Join(h.Problems, "\n"), r.cfg.DataDir+": no answer yet; the last known good market serves")
	require.Eventually(t, func() bool { _, ok := r.signals(); return ok }, time.Minute, 10*time.Millisecond)

	require.NoError(t, silent.Close())
	<-hung
	for _, c := range conns {
		require.NoError(t, c.Close())
	}
	r.s3.Start()
	r.await("it answers", serving(first))
}

// What was changed on the disk is not served.
func TestAStartFromATamperedMarket(t *testing.T) {
	r := newRemote(t)
	first := r.upload("2024-12-31")
	r.start()
	r.await("it serves", serving(first))
	r.stop()
	names, err := filepath.Glob(filepath.Join(r.cfg.StateDir, "market", "sha256", "*"))
	require.NoError(t, err)
	content, err := os.ReadFile(names[7])
	require.NoError(t, err)
	content[len(content)/2] ^= 1
	require.NoError(t, os.WriteFile(names[7], content, 0o600))

	r.s3.Kill()
	r.start()
	h := r.await("there is no market", func(h healthOf) bool { return strings.Contains(strings.Join(h.Problems, "\n"), "no market is loaded") })
	require.Empty(t, h.Revision)
	require.Eventually(t, func() bool {
		var v any
		return r.get("/readyz", &v) == http.StatusServiceUnavailable
	}, time.Minute, 10*time.Millisecond)
	r.s3.Start()
	r.await("the bucket heals it", serving(first))
	r.stop()
	require.Contains(t, r.log.String(), "last known good market not restored")
}
