package load

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func serve(t *testing.T, h http.HandlerFunc) Target {
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return Target{Addr: strings.TrimPrefix(s.URL, "http://"), Requests: [][]byte{Get("/"), Post("/", []byte(`{}`))}}
}

// A server that stalls once makes one answer slow; but every request that
// falls due meanwhile waits, and is counted so.
func TestAStallIsNotHidden(t *testing.T) {
	const stall, rate = 400 * time.Millisecond, 200
	var stalled atomic.Int64
	until := make(chan struct{})
	var n atomic.Int64
	target := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if n.Add(1) == 51 { // all wait for this one
			stalled.Store(1)
			time.AfterFunc(stall, func() { close(until) })
		}
		if stalled.Load() == 1 {
			<-until
		}
		_, _ = w.Write([]byte("fine"))
	})
	r, err := Run(t.Context(), target, Load{Rate: rate, Duration: time.Second, Conns: 2})
	require.NoError(t, err)
	require.Zero(t, r.Failures)
	require.Len(t, r.Latencies, rate)
	// 80 requests fell due in the stall, spread evenly over it: a quarter of
	// them waited for more than three quarters of it. Two connections alone
	// would have shown two.
	slow := 0
	for _, l := range r.Latencies {
		if l > stall/4 {
			slow++
		}
	}
	require.GreaterOrEqual(t, slow, 55)
	require.GreaterOrEqual(t, r.Quantile(0.99), stall*3/4)
	require.LessOrEqual(t, r.Quantile(0.2), r.Quantile(0.99))
}

func TestWhatIsNotRightIsAFailure(t *testing.T) {
	for _, c := range []struct {
		name    string
		handler http.HandlerFunc
		length  int
		says    string
	}{
		{"another status", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusServiceUnavailable) }, 0, "status 503"},
		{"another length", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("four")) }, 5, "a body of 4 bytes, want 5"},
		{"nothing", func(http.ResponseWriter, *http.Request) {}, 0, "a body of 0 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			target := serve(t, c.handler)
			target.Length = c.length
			r, err := Run(t.Context(), target, Load{Rate: 100, Duration: 200 * time.Millisecond, Conns: 2})
			require.NoError(t, err)
			require.Equal(t, 20, r.Failures)
			require.ErrorContains(t, r.Err, c.says)
		})
	}
}

// A connection that breaks is a failure, and the next request has a new one.
func TestABrokenConnection(t *testing.T) {
	var n atomic.Int64
	target := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if n.Add(1) == 5 {
			c, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				_ = c.Close()
			}
			return
		}
		_, _ = w.Write([]byte("fine"))
	})
	r, err := Run(t.Context(), target, Load{Rate: 100, Duration: 200 * time.Millisecond, Conns: 1})
	require.NoError(t, err)
	require.Equal(t, 1, r.Failures)
	require.Error(t, r.Err)
	require.Len(t, r.Latencies, 20)
}

func TestNobodyListens(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr := l.Addr().String()
	require.NoError(t, l.Close())
	_, err = Run(t.Context(), Target{Addr: addr, Requests: [][]byte{Get("/")}}, Load{Rate: 1, Duration: time.Second, Conns: 1})
	require.ErrorContains(t, err, addr)
}

// A target that is far behind is given up with the context.
func TestGivenUp(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	target := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(20 * time.Millisecond)
		_, _ = w.Write([]byte("fine"))
	})
	for _, rate := range []float64{0, 10_000} {
		_, err := Run(ctx, target, Load{Rate: rate, Duration: time.Minute, Conns: 1})
		require.ErrorIs(t, err, context.DeadlineExceeded)
	}
}

// Two connections to a server that needs 5 ms get no more than 400 answers a
// second.
func TestWithoutARate(t *testing.T) {
	target := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(5 * time.Millisecond)
		_, _ = w.Write([]byte("fine"))
	})
	r, err := Run(t.Context(), target, Load{Duration: 300 * time.Millisecond, Conns: 2})
	require.NoError(t, err)
	require.NoError(t, r.Err)
	require.Greater(t, len(r.Latencies), 2)
	require.LessOrEqual(t, r.Throughput(), 400.0)
}

func TestQuantile(t *testing.T) {
	r := &Result{Elapsed: 2 * time.Second, Failures: 1}
	require.Zero(t, r.Quantile(0.5))
	for i := range 101 {
		r.Latencies = append(r.Latencies, time.Duration(i))
	}
	require.Equal(t, time.Duration(50), r.Quantile(0.5))
	require.Equal(t, time.Duration(99), r.Quantile(0.99))
	require.Equal(t, time.Duration(100), r.Quantile(1))
	require.Equal(t, 50.0, r.Throughput())
}
