package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"edgesignal/artifacts"
	"edgesignal/host/artifact"
	"edgesignal/host/artifact/dir"
	"edgesignal/host/live"
	"edgesignal/host/market"
	"edgesignal/host/registry"
	"edgesignal/host/registry/sqlite"
	"edgesignal/host/release"
	"edgesignal/host/signal"
)

func TestMain(m *testing.M) {
	// The process's one clock for Date headers, which fasthttp never stops.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"))
}

// demoMarket reads the demo's bars once; a market never changes.
var demoMarket = sync.OnceValues(func() (*market.Market, error) {
	bars, err := fs.Sub(artifacts.FS, artifacts.Bars)
	if err != nil {
		return nil, err
	}
	return market.Load(context.Background(), bars)
})

// shaky is a registry and a store that fail when told to.
type shaky struct {
	registry.Registry
	artifact.Store
	registryErr atomic.Pointer[error]
	storeErr    atomic.Pointer[error]
	hold        atomic.Pointer[chan struct{}] // Active waits for it
}

func (s *shaky) Close() error { return s.Registry.Close() }

func (s *shaky) Active(ctx context.Context, strategy string) (release.Record, error) {
	if hold := s.hold.Load(); hold != nil {
		<-*hold
	}
	if err := s.registryErr.Load(); err != nil {
		return release.Record{}, *err
	}
	return s.Registry.Active(ctx, strategy)
}

func (s *shaky) List(ctx context.Context, strategy string) ([]release.Record, error) {
	if err := s.registryErr.Load(); err != nil {
		return nil, *err
	}
	return s.Registry.List(ctx, strategy)
}

func (s *shaky) Open(ctx context.Context, key string) (io.ReadCloser, artifact.Info, error) {
	if err := s.storeErr.Load(); err != nil {
		return nil, artifact.Info{}, *err
	}
	return s.Store.Open(ctx, key)
}

func (s *shaky) failRegistry(err error) { s.registryErr.Store(&err) }
func (s *shaky) failStore(err error)    { s.storeErr.Store(&err) }

func (s *shaky) heal() {
	s.registryErr.Store(nil)
	s.storeErr.Store(nil)
}

var (
	errNoRegistry = &release.Unavailable{Part: release.PartRegistry, Err: errors.New("connection refused")}
	errNoStore    = &release.Unavailable{Part: release.PartStore, Err: errors.New("connection refused")}
)

// board is a real board on a real registry and a real store.
type board struct {
	*live.Board
	shaky *shaky
	t     testing.TB
}

// newBoard has the demo's releases; nothing is loaded yet.
func newBoard(t testing.TB, change func(*live.Options)) *board {
	t.Helper()
	folder := t.TempDir()
	reg, err := sqlite.Open(t.Context(), filepath.Join(folder, "registry.db"))
	require.NoError(t, err)
	root := filepath.Join(folder, "store")
	require.NoError(t, os.Mkdir(root, 0o700))
	store, err := dir.Open(root)
	require.NoError(t, err)
	b := &board{shaky: &shaky{Registry: reg, Store: store}, t: t}
	opt := live.Options{
		Registry: b.shaky, Fetcher: &artifact.Fetcher{Store: b.shaky, WorkDir: folder}, Strategy: artifacts.Strategy,
		Defaults: json.RawMessage(`{"top_n":3,"bottom_n":3}`), Log: slog.New(slog.DiscardHandler),
	}
	if change != nil {
		change(&opt)
	}
	b.Board = live.NewBoard(opt)
	t.Cleanup(func() {
		b.Close()
		require.NoError(t, reg.Close())
	})
	for _, r := range artifacts.Releases() {
		b.publish(release.Record{Strategy: artifacts.Strategy, Version: r.Version}, demoFile(t, r.Model), demoFile(t, r.Golden))
	}
	b.activate(artifacts.Strategy, "v1.0.0")
	return b
}

// newServingBoard serves v1.0.0 on the demo's bars.
func newServingBoard(t testing.TB, change func(*live.Options)) *board {
	t.Helper()
	b := newBoard(t, change)
	m, err := demoMarket()
	require.NoError(t, err)
	b.SetMarket(m)
	require.NoError(t, b.Sync(t.Context()))
	require.NoError(t, b.Ready())
	return b
}

func demoFile(t testing.TB, path string) []byte {
	t.Helper()
	data, err := artifacts.FS.ReadFile(path)
	require.NoError(t, err)
	return data
}

func (b *board) publish(rec release.Record, model, golden []byte) {
	b.t.Helper()
	var err error
	rec.ModelPath, err = artifact.PutContent(b.t.Context(), b.shaky.Store, model)
	require.NoError(b.t, err)
	rec.ModelSHA256 = release.Sum(model)
	if golden != nil {
		rec.GoldenPath, err = artifact.PutContent(b.t.Context(), b.shaky.Store, golden)
		require.NoError(b.t, err)
		rec.GoldenSHA256 = release.Sum(golden)
	}
	rec.FeatureSet = release.FeatureSetAlpha158
	_, err = b.shaky.Register(b.t.Context(), rec)
	require.NoError(b.t, err)
}

func (b *board) activate(strategy, version string) {
	b.t.Helper()
	_, _, err := b.shaky.Activate(b.t.Context(), release.Ref{Strategy: strategy, Version: version}, "test", "")
	require.NoError(b.t, err)
}

// site is a server that listens.
type site struct {
	*Server
	t    testing.TB
	addr string
	http *http.Client
	log  *lockedBuffer
}

// serve starts a server on b and stops it with the test.
func serve(t testing.TB, b *live.Board, l limits, change func(*Options)) *site {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	return serveOn(t, ln, b, l, change)
}

func serveOn(t testing.TB, ln net.Listener, b *live.Board, l limits, change func(*Options)) *site {
	t.Helper()
	s := &site{t: t, addr: ln.Addr().String(), log: &lockedBuffer{}}
	opt := Options{
		Board: b, Engine: &signal.Engine{}, Version: "test",
		Log: slog.New(slog.NewJSONHandler(s.log, &slog.HandlerOptions{Level: slog.LevelInfo})),
	}
	if change != nil {
		change(&opt)
	}
	s.Server = newServer(opt, l)
	transport := &http.Transport{DisableCompression: true}
	s.http = &http.Client{Transport: transport, Timeout: 30 * time.Second}
	served := make(chan error, 1)
	go func() { served <- s.Serve(ln) }()
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		require.NoError(t, s.Shutdown(ctx))
		require.NoError(t, <-served)
	})
	return s
}

// reply is an answer with its body read.
type reply struct {
	*http.Response
	body []byte
}

func (s *site) do(method, path, body string, header ...string) reply {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, "http://"+s.addr+path, bytes.NewBufferString(body))
	require.NoError(s.t, err)
	if method == http.MethodPost && body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
		if header[i+1] == "" {
			req.Header.Del(header[i])
		}
	}
	res, err := s.http.Do(req)
	require.NoError(s.t, err)
	defer res.Body.Close()
	read, err := io.ReadAll(res.Body)
	require.NoError(s.t, err)
	return reply{res, read}
}

func (s *site) get(path string) reply { s.t.Helper(); return s.do(http.MethodGet, path, "") }

func (s *site) post(path, body string) reply { s.t.Helper(); return s.do(http.MethodPost, path, body) }

func decode[T any](t testing.TB, r reply, status int) T {
	t.Helper()
	require.Equal(t, status, r.StatusCode, "%s", r.body)
	var v T
	dec := json.NewDecoder(bytes.NewReader(r.body))
	dec.DisallowUnknownFields()
	require.NoError(t, dec.Decode(&v), "%s", r.body)
	return v
}

// elsewhere makes every client look as if it came from another machine.
type elsewhere struct{ net.Listener }

func (l elsewhere) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return farConn{c}, nil
}

type farConn struct{ net.Conn }

func (farConn) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(203, 0, 113, 9), Port: 4711} }

// lockedBuffer takes a log that several goroutines write.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
