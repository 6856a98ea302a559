package api

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/artifacts"
	"edgesignal/host/live"
)

// wire is a connection on which a test writes bytes of its own.
type wire struct {
	t testing.TB
	net.Conn
	in *bufio.Reader
}

func dial(t testing.TB, s *site) *wire {
	t.Helper()
	c, err := net.Dial("tcp", s.addr)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	require.NoError(t, c.SetDeadline(time.Now().Add(20*time.Second)))
	return &wire{t, c, bufio.NewReader(c)}
}

func (w *wire) send(text string) {
	w.t.Helper()
	_, err := io.WriteString(w, text)
	require.NoError(w.t, err)
}

func (w *wire) reply() reply {
	w.t.Helper()
	res, err := http.ReadResponse(w.in, nil)
	require.NoError(w.t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(w.t, err)
	return reply{res, body}
}

// ended fails unless the server closed the connection in order: no reset.
func (w *wire) ended() {
	w.t.Helper()
	_, err := w.in.ReadByte()
	require.Equal(w.t, io.EOF, err)
}

// idleBoard returns enough where nobody asks for a release.
func idleBoard(t testing.TB) *live.Board {
	b := live.NewBoard(live.Options{Strategy: artifacts.Strategy, Log: discard})
	t.Cleanup(b.Close)
	return b
}

// TestUnreadableRequests sends what is not one well-formed request. Each is
// answered, and the connection ends: what follows on it is never taken for
// another request.
func TestUnreadableRequests(t *testing.T) {
	l := defaultLimits
	patient := serve(t, idleBoard(t), l, nil)
	l.read = 300 * time.Millisecond
	hasty := serve(t, idleBoard(t), l, nil)
	d := loadSpec(t)
	post := "POST " + generatePath + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
	chunked := post + "Transfer-Encoding: chunked\r\n\r\n"
	smuggled := "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"
	megabyte := strings.Repeat("A", 1<<20)
	tests := []struct {
		name   string
		bytes  string
		status int
		code   code
	}{
		{"no request at all", "hello\r\n\r\n", 400, badRequest},
		{"a chunk size that ends in a bare LF", chunked + "2\n{}\r\n0\r\n\r\n" + smuggled, 400, badRequest},
		{"a chunk that is longer than it says", chunked + "1\r\n{}\r\n0\r\n\r\n" + smuggled, 400, badRequest},
		{"a chunk size with a sign", chunked + "+2\r\n{}\r\n0\r\n\r\n" + smuggled, 400, badRequest},
		{"a chunk size with 0x", chunked + "0x2\r\n{}\r\n0\r\n\r\n" + smuggled, 400, badRequest},
		{"a chunk size over 64 bits", chunked + "10000000000000002\r\n{}\r\n0\r\n\r\n" + smuggled, 400, badRequest},
		{"two lengths", post + "Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}" + smuggled, 400, badRequest},
		{"a length and chunks", post + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled, 400, badRequest},
		{"chunks and a length", post + "Transfer-Encoding: chunked\r\ncontent-length: 2\r\n\r\n0\r\n\r\n" + smuggled, 400, badRequest},
		{"chunks in HTTP/1.0", strings.Replace(chunked, "1.1", "1.0", 1) + "2\r\n{}\r\n0\r\n\r\n", 400, badRequest},
		{"chunks twice", post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled, 400, badRequest},
		{"a folded header", post + "Content-Length: 2\r\n Transfer-Encoding: chunked\r\n\r\n{}" + smuggled, 400, badRequest},
		{"two hosts", "GET /livez HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400, badRequest},
		{"a length that is no number", post + "Content-Length: 2x\r\n\r\n{}" + smuggled, 400, badRequest},
		{"a negative length", post + "Content-Length: -2\r\n\r\n{}" + smuggled, 400, badRequest},
		{"a coding that is not chunked", post + "Transfer-Encoding: xchunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n" + smuggled, 400, badRequest},
		{"a space before the colon", post + "Content-Length : 2\r\n\r\n{}" + smuggled, 400, badRequest},
		{"a header without an end", "GET /livez HTTP/1.1\r\nHost: x\r\nX", 408, requestTimeout},
		{"a body without an end", post + "Content-Length: 20\r\n\r\n{", 408, requestTimeout},
		{"a chunk without an end", chunked + "20\r\n{", 408, requestTimeout},
		{"a header over the limit", "GET /livez HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", 70_000) + "\r\n\r\n", 431, headersTooLarge},
		{"a URL over the limit", "GET /signals?symbols=" + strings.Repeat("x", 70_000) + " HTTP/1.1\r\nHost: x\r\n\r\n", 431, headersTooLarge},
		{"a body over the limit", post + "Content-Length: 1048578\r\n\r\n{}" + megabyte + smuggled, 413, tooLarge},
		{"chunks over the limit", chunked + "100000\r\n" + megabyte + "\r\n100000\r\n" + megabyte + "\r\n0\r\n\r\n" + smuggled, 413, tooLarge},
		{"a body over the limit for a GET", "GET /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n" + megabyte, 413, tooLarge},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := patient
			if test.code == requestTimeout {
				s = hasty
			}
			w := dial(t, s)
			w.send(test.bytes)
			r := w.reply()
			require.Equal(t, test.status, r.StatusCode, "%s", r.body)
			d.t = t
			require.Equal(t, string(test.code), d.hold("any", "/", r))
			require.True(t, r.Close, "the answer does not say that the connection ends")
			w.ended()
		})
	}
}

// TestOneRequestAfterAnother: bodies that a handler does not look at, and
// empty and chunked ones, leave the connection where the next request begins.
func TestOneRequestAfterAnother(t *testing.T) {
	s := serve(t, idleBoard(t), defaultLimits, nil)
	w := dial(t, s)
	requests := []string{
		"GET /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nGET /",
		"GET /livez HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nGET /\r\n0\r\n\r\n",
		"POST /model/info HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nGET /",
		"POST " + generatePath + " HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
		"POST " + generatePath + " HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 8\r\n\r\n--b--\r\n\r\n",
	}
	statuses := []int{200, 200, 405, 415, 415}
	w.send(strings.Join(requests, ""))
	for i := range requests {
		r := w.reply()
		require.Equal(t, statuses[i], r.StatusCode, "%s: %s", requests[i], r.body)
		require.False(t, r.Close)
	}
}

// TestARefusalAfterALongPause: the deadline of the answer before must not
// stand when a refusal is written much later on the same connection.
func TestARefusalAfterALongPause(t *testing.T) {
	l := defaultLimits
	l.write = 300 * time.Millisecond
	s := serve(t, idleBoard(t), l, nil)
	w := dial(t, s)
	w.send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
	require.Equal(t, 200, w.reply().StatusCode)
	time.Sleep(2 * l.write)
	w.send("nonsense\r\n\r\n")
	require.Equal(t, 400, w.reply().StatusCode)
	w.ended()
}

// TestNoClientLosesA413 sends far more than the limit with Go's own client,
// which reports a connection that was reset instead of the answer.
func TestNoClientLosesA413(t *testing.T) {
	s := serve(t, idleBoard(t), defaultLimits, nil)
	const size = 24 << 20
	for _, test := range []struct {
		name    string
		chunked bool
		expect  bool
	}{
		{name: "length"},
		{name: "chunks", chunked: true},
		{name: "length, asks first", expect: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			for range 5 {
				var body io.Reader = bytes.NewReader(make([]byte, size))
				if test.chunked {
					body = io.LimitReader(body, size) // a reader without a length
				}
				req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+s.addr+generatePath, body)
				require.NoError(t, err)
				req.Header.Set("Content-Type", "application/json")
				if test.expect {
					req.Header.Set("Expect", "100-continue")
				}
				res, err := s.http.Do(req)
				require.NoError(t, err)
				read, err := io.ReadAll(res.Body)
				require.NoError(t, err)
				require.NoError(t, res.Body.Close())
				require.Equal(t, http.StatusRequestEntityTooLarge, res.StatusCode)
				require.Contains(t, string(read), `"code":"too_large"`)
			}
		})
	}
}

// TestTheLimitIsOneMiBExactly has bodies of white space around the limit.
func TestTheLimitIsOneMiBExactly(t *testing.T) {
	s := serve(t, idleBoard(t), defaultLimits, nil)
	for _, test := range []struct {
		name  string
		extra int
		want  int
	}{
		{"at the limit", 0, http.StatusUnprocessableEntity},
		{"one byte over", 1, http.StatusRequestEntityTooLarge},
	} {
		t.Run(test.name, func(t *testing.T) {
			body := "{}" + strings.Repeat(" ", 1<<20-2+test.extra)
			require.Equal(t, test.want, s.post(generatePath, body).StatusCode)
		})
	}
}

// TestMoreConnectionsThanAllowedWait: nobody is turned away, and nobody gets
// more than the limit.
func TestMoreConnectionsThanAllowedWait(t *testing.T) {
	l := defaultLimits
	l.connections, l.idle = 2, 200*time.Millisecond
	s := serve(t, idleBoard(t), l, nil)
	answered := make(chan error, 6)
	for range cap(answered) {
		go func() {
			c, err := net.Dial("tcp", s.addr)
			if err == nil {
				defer c.Close()
				_, err = fmt.Fprint(c, "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
			}
			var res *http.Response
			if err == nil {
				res, err = http.ReadResponse(bufio.NewReader(c), nil)
			}
			if err == nil {
				err = res.Body.Close()
			}
			if err == nil {
				_, err = io.ReadAll(c) // hold the connection until it is idle for too long
			}
			answered <- err
		}()
	}
	for range cap(answered) {
		require.NoError(t, <-answered)
	}
}
