package bucket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/internal/s3test"
	"edgesignal/host/release"
)

// cutting dials connections that break after so many bytes from the server.
func cutting(after int) (dialer, *atomic.Int64) {
	dials := new(atomic.Int64)
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		dials.Add(1)
		conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		return &cutConn{conn, after}, err
	}, dials
}

type cutConn struct {
	net.Conn
	left int
}

func (c *cutConn) Read(p []byte) (int, error) {
	if c.left == 0 {
		return 0, errors.New("cut")
	}
	n, err := c.Conn.Read(p[:min(len(p), c.left)])
	c.left -= n
	return n, err
}

func TestDownloadIsTakenUpAgain(t *testing.T) {
	s := s3test.New(t)
	content := string(pattern(1 << 20))
	for _, versioned := range []bool{false, true} {
		bucket := s.NewBucket()
		if versioned {
			s.Versioned(bucket)
		}
		s.Put(bucket, "k", content)
		dial, dials := cutting(100_000)
		got, _ := read(t, dialed(t, config(s), dial), bucket, "k", "")
		requireBytes(t, content, got)
		require.GreaterOrEqual(t, dials.Load(), int64(11))
	}
}

func TestServerKilledInMidDownload(t *testing.T) {
	s := s3test.New(t)
	content := pattern(32 << 20) // more than the buffers of a connection
	s.Put(s.Bucket, "k", string(content))
	open := func(wait time.Duration) io.Reader {
		cfg := config(s)
		cfg.Wait = wait
		r, _, err := client(t, cfg).Open(t.Context(), s.Bucket, "k", "")
		require.NoError(t, err)
		t.Cleanup(func() { r.Close() })
		_, err = io.ReadFull(r, make([]byte, 1000))
		require.NoError(t, err)
		return r
	}
	t.Run("and started again", func(t *testing.T) {
		r := open(200 * time.Millisecond)
		s.Kill()
		s.Start()
		b, err := io.ReadAll(r)
		require.NoError(t, err)
		require.Equal(t, release.Sum(content[1000:]), release.Sum(b))
	})
	t.Run("for good", func(t *testing.T) {
		r := open(time.Millisecond)
		s.Kill()
		_, err := io.ReadAll(r)
		unavailable(t, err)
		require.NotErrorIs(t, err, release.ErrRefused)
		_, again := r.Read(make([]byte, 1))
		require.Equal(t, err, again)
	})
}

func TestOverwrittenInMidDownload(t *testing.T) {
	s := s3test.New(t)
	content := string(pattern(1 << 20))
	for _, versioned := range []bool{false, true} {
		bucket := s.NewBucket()
		if versioned {
			s.Versioned(bucket)
		}
		s.Put(bucket, "k", content)
		dial, _ := cutting(100_000)
		r, _, err := dialed(t, config(s), dial).Open(t.Context(), bucket, "k", "")
		require.NoError(t, err)
		defer r.Close()
		s.Put(bucket, "k", content[:1<<20-1]+"!")
		b, err := io.ReadAll(r)
		if versioned {
			require.NoError(t, err)
			requireBytes(t, content, string(b))
			continue
		}
		unavailable(t, err)
		require.ErrorContains(t, err, "changed while it was read")
		require.Less(t, len(b), 100_000)
	}
}

func TestRemovedInMidDownload(t *testing.T) {
	s := s3test.New(t)
	s.Put(s.Bucket, "k", string(pattern(1<<20)))
	dial, _ := cutting(100_000)
	r, _, err := dialed(t, config(s), dial).Open(t.Context(), s.Bucket, "k", "")
	require.NoError(t, err)
	defer r.Close()
	require.NoError(t, os.Remove(s.File(s.Bucket, "k")))
	_, err = io.ReadAll(r)
	unavailable(t, err)
}

// serve answers as f does, and knows nothing of S3.
func serve(t *testing.T, f http.HandlerFunc) Config {
	t.Helper()
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	return Config{Endpoint: server.URL, AccessKey: "a", SecretKey: "b", Wait: time.Millisecond, Idle: 200 * time.Millisecond}
}

func head(w http.ResponseWriter, size int) {
	w.Header().Set("ETag", `"e"`)
	w.Header().Set("Last-Modified", "Fri, 27 Nov 2026 10:00:00 GMT")
	w.Header().Set("Content-Length", fmt.Sprint(size))
}

// A server that sends a byte now and then is never taken for one that is gone.
// The clock is synctest's, and so are the connections.
func TestSlowIsNotStalled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const idle = 30 * time.Second
		dial := inMemory(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Range") != "" {
				t.Error("it was taken for broken")
			}
			head(w, 20)
			for range 20 {
				time.Sleep(idle / 2) // all in all ten times as long as nothing may last
				_, _ = w.Write([]byte("x"))
				_ = http.NewResponseController(w).Flush()
			}
		})
		begun := time.Now()
		cfg := Config{Endpoint: "http://s3.test", AccessKey: "a", SecretKey: "b", Idle: idle}
		r, _, err := dialed(t, cfg, dial).Open(t.Context(), "bucket", "k", "")
		require.NoError(t, err)
		defer r.Close()
		b, err := io.ReadAll(r)
		require.NoError(t, err)
		require.Len(t, b, 20)
		require.GreaterOrEqual(t, time.Since(begun), 9*idle)
	})
}

// inMemory returns what dials a server that answers as f does, over pipes.
func inMemory(t *testing.T, f http.HandlerFunc) dialer {
	t.Helper()
	l := pipes{make(chan net.Conn), make(chan struct{})}
	server := &http.Server{Handler: f}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	return func(ctx context.Context, _, _ string) (net.Conn, error) {
		near, far := net.Pipe()
		select {
		case l.conns <- far:
			return near, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// pipes is a net.Listener for connections that are handed to it.
type pipes struct {
	conns chan net.Conn
	end   chan struct{} // closed when it is
}

func (p pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.end:
		return nil, net.ErrClosed
	}
}

func (p pipes) Close() error   { close(p.end); return nil }
func (p pipes) Addr() net.Addr { return &net.TCPAddr{} }

func TestStalled(t *testing.T) {
	t.Run("in mid-download", func(t *testing.T) {
		var asked atomic.Int64
		cfg := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if asked.Add(1) > 1 {
				w.Header().Set("Content-Range", "bytes 1-2/3")
				head(w, 2)
				w.WriteHeader(http.StatusPartialContent)
				_, _ = w.Write([]byte("bc"))
				return
			}
			head(w, 3)
			_, _ = w.Write([]byte("a"))
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		})
		r, _, err := client(t, cfg).Open(t.Context(), "bucket", "k", "")
		require.NoError(t, err)
		defer r.Close()
		b, err := io.ReadAll(r)
		require.NoError(t, err)
		require.Equal(t, "abc", string(b))
	})
	t.Run("before the answer", func(t *testing.T) {
		var asked atomic.Int64
		cfg := serve(t, func(_ http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
		})
		_, err := client(t, cfg).Stat(t.Context(), "bucket", "k", "")
		unavailable(t, err)
		require.LessOrEqual(t, asked.Load(), int64(2), "net/http asks twice where a connection was used before")
	})
	t.Run("the caller does not wait for it", func(t *testing.T) {
		cfg := serve(t, func(w http.ResponseWriter, r *http.Request) {
			head(w, 3)
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		})
		cfg.Idle = time.Hour
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		r, _, err := client(t, cfg).Open(ctx, "bucket", "k", "")
		require.NoError(t, err)
		defer r.Close()
		_, err = io.ReadAll(r)
		require.Equal(t, context.DeadlineExceeded, err)
	})
}

func TestServerThatIgnoresTheRange(t *testing.T) {
	cfg := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		head(w, 3)
		_, _ = w.Write([]byte("a"))
	})
	r, _, err := client(t, cfg).Open(t.Context(), "bucket", "k", "")
	require.NoError(t, err)
	defer r.Close()
	b, err := io.ReadAll(r)
	unavailable(t, err)
	require.ErrorContains(t, err, "bytes 1-2/3")
	require.Equal(t, "a", string(b))
}

func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		name    string
		status  int
		code    string
		refused bool
	}{
		{"slow down", 503, "SlowDown", false},
		{"internal", 500, "InternalError", false},
		{"too many", 429, "", false},
		{"gateway", 502, "", false},
		{"another writer", 409, "ConditionalRequestConflict", false},
		{"denied", 403, "AccessDenied", true},
		{"clock", 403, "RequestTimeTooSkewed", true},
		{"region", 400, "AuthorizationHeaderMalformed", true},
		{"not built", 501, "NotImplemented", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			var asked atomic.Int64
			cfg := serve(t, func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				_, _ = io.Copy(io.Discard, r.Body)
				w.WriteHeader(c.status)
				if c.code != "" {
					_, _ = fmt.Fprintf(w, "<Error><Code>%s</Code><Message>it said\nso</Message></Error>", c.code)
				}
			})
			_, _, err := client(t, cfg).Open(t.Context(), "bucket", "k", "")
			unavailable(t, err)
			require.Equal(t, c.refused, errors.Is(err, release.ErrRefused))
			require.ErrorContains(t, err, fmt.Sprint(c.status))
			require.ErrorContains(t, err, c.code)
			require.NotContains(t, err.Error(), "\n")
			require.Equal(t, int64(1), asked.Load(), "asking again is the caller's")
		})
	}
}
