package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"edgesignal/host/live"
	"edgesignal/host/rule"
	"edgesignal/host/signal"
)

func TestMain(m *testing.M) {
	// The process's one clock for Date headers, which fasthttp never stops.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"))
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

func params(t testing.TB, text string) rule.Params {
	t.Helper()
	p, err := rule.ParseParams([]byte(text))
	require.NoError(t, err)
	return p
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
