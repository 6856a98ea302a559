package api

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/internal/demotest"
)

// slowSite returns a server whose reload waits until told to go on.
func slowSite(t *testing.T) (s *Server, addr string, served <-chan error, goOn func()) {
	b := demotest.NewServingBoard(t, nil)
	goOn = sync.OnceFunc(b.Hold())
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s = newServer(Options{Board: b.Board, Log: discard}, defaultLimits)
	done := make(chan error, 1)
	go func() { done <- s.Serve(ln) }()
	t.Cleanup(goOn) // before the board closes, which waits for its loads
	return s, ln.Addr().String(), done, goOn
}

type outcome struct {
	status int
	body   string
	err    error
}

// askForReload sends a reload and returns once the server has read it.
func askForReload(t *testing.T, s *Server, addr string) <-chan outcome {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer := make(chan outcome, 1)
	go func() {
		res, err := client.Post("http://"+addr+"/model/reload", "", nil)
		if err != nil {
			answer <- outcome{err: err}
			return
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		answer <- outcome{res.StatusCode, string(body), err}
	}()
	require.Eventually(t, func() bool { return s.inFlight.Load() == 1 }, time.Minute, time.Millisecond)
	return answer
}

func TestShutdownLetsARequestFinish(t *testing.T) {
	s, addr, served, goOn := slowSite(t)
	answer := askForReload(t, s, addr)
	idle, err := net.Dial("tcp", addr)
	require.NoError(t, err)
	defer idle.Close()

	stopped := make(chan error, 1)
	go func() { stopped <- s.Shutdown(context.Background()) }()
	require.Eventually(t, func() bool {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			_ = c.Close()
		}
		return err != nil
	}, time.Minute, time.Millisecond, "new connections are still accepted")
	require.NoError(t, <-served)
	require.Empty(t, stopped, "Shutdown did not wait")

	goOn()
	got := <-answer
	require.NoError(t, got.err)
	require.Equal(t, http.StatusOK, got.status)
	require.Contains(t, got.body, `"outcome":"unchanged"`)
	require.NoError(t, <-stopped)
	require.Zero(t, s.conns.Open())
}

// Browsers and connection pools open connections ahead; a stop does not wait
// for a request that never comes on them, nor cut off one that is on its way.
func TestShutdownWithConnectionsOpenedAhead(t *testing.T) {
	s := serve(t, idleBoard(t), defaultLimits, nil)
	dial := func() net.Conn {
		c, err := net.Dial("tcp", s.addr)
		require.NoError(t, err)
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
	unused, begun := dial(), dial()
	_, err := io.WriteString(begun, "GET /livez HTTP/1.1\r\n")
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		return s.conns.Used() == 1
	}, time.Minute, time.Millisecond)

	stopped := make(chan error, 1)
	go func() { stopped <- s.Shutdown(context.Background()) }()
	_, err = unused.Read(make([]byte, 1))
	require.ErrorIs(t, err, io.EOF)
	require.Empty(t, stopped, "Shutdown did not wait for the request")

	_, err = io.WriteString(begun, "Host: x\r\n\r\n")
	require.NoError(t, err)
	res, err := http.ReadResponse(bufio.NewReader(begun), nil)
	require.NoError(t, err)
	defer res.Body.Close()
	require.Equal(t, http.StatusOK, res.StatusCode)
	require.NoError(t, <-stopped)
}

func TestShutdownGivesUpInTime(t *testing.T) {
	s, addr, served, _ := slowSite(t)
	answer := askForReload(t, s, addr)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, s.Shutdown(ctx), context.DeadlineExceeded)
	require.NoError(t, <-served)
	require.Error(t, (<-answer).err, "the connection was left open")
	require.Eventually(t, func() bool { return s.inFlight.Load() == 0 }, time.Minute, time.Millisecond, "the request goes on for nobody")
}

func TestShutdownBeforeServe(t *testing.T) {
	s := newServer(Options{Board: idleBoard(t), Log: discard}, defaultLimits)
	require.NoError(t, s.Shutdown(t.Context()))
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, s.Serve(ln))
	_, err = net.Dial("tcp", ln.Addr().String())
	require.Error(t, err)
}

func TestShutdownTwice(t *testing.T) {
	s := serve(t, idleBoard(t), defaultLimits, nil)
	require.Equal(t, http.StatusOK, s.get("/livez").StatusCode)
	require.NoError(t, s.Shutdown(t.Context()))
	require.NoError(t, s.Shutdown(t.Context()))
}

// TestServeTriesAgain: running out of file descriptors for a moment is no
// reason to stop for good.
func TestServeTriesAgain(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := serveOn(t, &stumbling{Listener: ln, left: 3}, idleBoard(t), defaultLimits, nil)
	require.Equal(t, http.StatusOK, s.get("/livez").StatusCode)
}
