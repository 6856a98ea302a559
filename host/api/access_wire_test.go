package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"

	"edgesignal/host/internal/demotest"
	"edgesignal/host/rule"
	"edgesignal/host/token"
)

func TestTwoAuthorizationHeadersAreRefused(t *testing.T) {
	s := guarded(t, idleBoard(t), nil)
	d := loadSpec(t)
	good := "Authorization: Bearer " + keys["admin"] + "\r\n"
	for _, tc := range []struct{ name, headers string }{
		{"the same twice", good + good},
		{"good and bad", good + "Authorization: Bearer x\r\n"},
		{"bad and good", "authorization: Bearer x\r\n" + good},
		{"empty and good", "Authorization:\r\n" + good},
		{"good and basic", good + "Authorization: Basic eDp5\r\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := dial(t, s)
			w.send("GET /metrics HTTP/1.1\r\nHost: x\r\n" + tc.headers + "\r\n")
			r := w.reply()
			require.Equal(t, 400, r.StatusCode, "%s", r.body)
			d.t = t
			require.Equal(t, "bad_request", d.hold("GET", "/metrics", r))
			require.Equal(t, `Bearer realm="edgesignal", error="invalid_request"`, r.Header.Get("WWW-Authenticate"))
		})
	}
}

// TestNobodysBodyIsNotRead: without a token that is good for the call, the
// answer comes while the body has not been sent at all, the connection ends,
// and nothing of what follows is taken for a request.
func TestNobodysBodyIsNotRead(t *testing.T) {
	s := guarded(t, idleBoard(t), nil)
	d := loadSpec(t)
	smuggled := "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"
	for _, tc := range []struct {
		name, path, headers string
		status              int
		code                code
	}{
		{"10 MB without a token", pathTry, "Content-Length: 10000000\r\n", 401, unauthenticated},
		{"10 MB with a wrong one", pathTry, "Content-Length: 10000000\r\nAuthorization: Bearer x\r\n", 401, unauthenticated},
		{"10 MB without the scope", pathTry, "Content-Length: 10000000\r\nAuthorization: Bearer " + keys["signals,reload"] + "\r\n", 403, forbidden},
		{"10 MB with two tokens", pathTry, "Content-Length: 10000000\r\nAuthorization: Bearer x\r\nAuthorization: Bearer x\r\n", 400, badRequest},
		{"more than anyone may send", pathTry, "Content-Length: 1000000000000\r\n", 401, unauthenticated},
		{"chunks without an end", pathTry, "Transfer-Encoding: chunked\r\n", 401, unauthenticated},
		{"asking first", pathTry, "Content-Length: 10000000\r\nExpect: 100-continue\r\n", 401, unauthenticated},
		{"asking first, chunks", pathTry, "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n", 401, unauthenticated},
		{"an absolute URL", "http://x" + pathTry, "Content-Length: 10000000\r\n", 401, unauthenticated},
		{"a query", pathTry + "?x=1", "Content-Length: 10000000\r\n", 401, unauthenticated},
		{"a mark that is made up", pathTry, "Content-Length: 10000000\r\n" + headerUnread + ": x\r\n", 401, unauthenticated},
		{"symbols", generatePath, "Content-Length: 100\r\n", 401, unauthenticated},
		{"a reload", "/model/reload", "Content-Length: 100\r\n", 401, unauthenticated},
		{"nowhere", "/nowhere", "Content-Length: 100\r\n", 404, notFound},
		{"to a GET", "/signals", "Content-Length: 100\r\n", 405, methodNotAllowed},
		{"both a length and chunks", pathTry, "Content-Length: 100\r\nTransfer-Encoding: chunked\r\n", 400, badRequest},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := dial(t, s)
			w.send("POST " + tc.path + " HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n" + tc.headers + "\r\n")
			r := w.reply()
			require.Equal(t, tc.status, r.StatusCode, "%s", r.body)
			d.t = t
			require.Equal(t, string(tc.code), d.hold("POST", strings.TrimPrefix(tc.path, "http://x"), r))
			require.True(t, r.Close)
			w.send(smuggled)
			w.ended()
		})
	}
}

// TestAStrangersUploadsTakeNoSlot: a few large uploads at a time are for those
// who may make them.
func TestAStrangersUploadsTakeNoSlot(t *testing.T) {
	s := guarded(t, demotest.NewServingBoard(t, nil).Board, nil)
	large, contentType := form(t, part{"module", strings.Repeat("x", 2<<20)})
	send := func(header ...string) reply {
		return s.do(http.MethodPost, pathTry, large, append(header, "Content-Type", contentType)...)
	}
	for range 2 * maxUploads {
		require.Equal(t, 401, send().StatusCode)
		require.Equal(t, 401, send("Authorization", "Bearer es_invented").StatusCode)
		require.Equal(t, 403, send("Authorization", "Bearer "+keys["signals"]).StatusCode)
	}
	for range maxUploads {
		require.Equal(t, 422, send("Authorization", "Bearer "+keys["admin"]).StatusCode)
	}
	require.Equal(t, 413, send("Authorization", "Bearer "+keys["admin"]).StatusCode)
}

// TestNobodysBodyTakesNoMemory sends 8 MiB bodies with Go's own client.
func TestNobodysBodyTakesNoMemory(t *testing.T) {
	s := guarded(t, idleBoard(t), nil)
	body := make([]byte, rule.MaxModuleBytes)
	for _, chunked := range []bool{false, true} {
		t.Run(strconv.FormatBool(chunked), func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			const times = 20
			for range times {
				var r io.Reader = bytes.NewReader(body)
				if chunked {
					r = io.LimitReader(r, int64(len(body)))
				}
				req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+s.addr+pathTry, r)
				require.NoError(t, err)
				res, err := s.http.Do(req)
				require.NoError(t, err, "the client must see why, not a connection that was reset")
				require.NoError(t, res.Body.Close())
				require.Equal(t, 401, res.StatusCode)
			}
			runtime.ReadMemStats(&after)
			require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(times*len(body)/4))
		})
	}
}

// TestATokenThatComesWhileARequestIsUnderWay: a body that was left unread is
// never answered as if it had been empty.
func TestATokenThatComesWhileARequestIsUnderWay(t *testing.T) {
	s := guarded(t, idleBoard(t), nil)
	var ctx fasthttp.RequestCtx
	ctx.Init(&fasthttp.Request{}, nil, nil)
	ctx.Request.Header.SetMethod(http.MethodPost)
	ctx.Request.SetRequestURI(generatePath)
	ctx.Request.Header.SetContentLength(10)
	require.Zero(t, s.headerReceived(&ctx.Request.Header).MaxRequestBodySize)
	require.Zero(t, ctx.Request.Header.ContentLength())
	ctx.Request.Header.Set("Authorization", "Bearer "+keys["signals"]) // as if it were known only now
	s.app.Server().Handler(&ctx)
	require.Equal(t, 401, ctx.Response.StatusCode())
	require.True(t, ctx.Request.Header.ConnectionClose())
}

// TestNoTokenIsEverLogged makes every kind of request and looks for the tokens,
// and parts of them, in all that was logged and answered.
func TestNoTokenIsEverLogged(t *testing.T) {
	b := demotest.NewServingBoard(t, nil)
	log := &lockedBuffer{}
	debug := slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug, AddSource: true}))
	f, path := tokenFile(t)
	all := []string{"es_kz4vjq9w2x", strings.Repeat("qzvk", 1250)}
	for _, key := range keys {
		all = append(all, key)
	}
	s := serve(t, b.Board, defaultLimits, func(o *Options) { o.Tokens, o.Log = f, debug })
	// A host with a bug, whose panics are logged with their stacks.
	broken := serve(t, b.Board, defaultLimits, func(o *Options) {
		o.Tokens, o.Log, o.Now = f, debug, func() time.Time { panic("a bug") }
	})
	var answers bytes.Buffer
	keep := func(r reply) {
		answers.Write(r.body)
		fmt.Fprint(&answers, r.Header)
	}
	for _, o := range loadSpec(t).operations() {
		if o.public && o.path != "/health" {
			continue // files, the same for all
		}
		for _, key := range all {
			for _, on := range []*site{s, broken} {
				body, _, _ := o.fulfilled()
				for _, scheme := range []string{"Bearer ", "Basic ", "", "Bearer x "} {
					keep(on.do(o.method, o.path, body, "Authorization", scheme+key))
				}
				keep(on.do(o.method, o.path+"?access_token="+key, body))
				keep(on.do(o.method, o.path+"?access_token="+key, body, "Authorization", "Bearer "+keys["admin"]))
				keep(on.do("BREW", o.path, "", "Authorization", "Bearer "+key))
			}
		}
	}
	bearer := "Authorization: Bearer " + keys["admin"] + "\r\n"
	for _, headers := range []string{
		bearer + "broken line " + keys["reload"] + "\r\n", bearer + "broken : " + keys["reload"] + "\r\n", "Authorization : Bearer " + keys["reload"] + "\r\n",
		" " + bearer, bearer + "\x00: x\r\n", "Authorization: Bearer \x00" + keys["reload"] + "\r\n", bearer + "Content-Length: " + keys["reload"] + "\r\n",
		bearer + "Transfer-Encoding: " + keys["reload"] + "\r\n", bearer + "X: " + strings.Repeat(keys["reload"], 9000) + "\r\n",
		bearer + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
	} {
		w := dial(t, s)
		w.send("POST /model/reload HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n0\r\n\r\n")
		keep(w.reply())
	}
	for _, line := range []string{"GET " + keys["admin"], "GET /signals " + keys["admin"]} {
		w := dial(t, s)
		w.send(line + "\r\nHost: x\r\n" + bearer + "\r\n")
		keep(w.reply())
	}

	// A file with the tokens themselves in it.
	for _, text := range []string{keys["admin"], "a " + keys["admin"] + " b", "a admin " + keys["admin"], keys["admin"] + "/ admin x"} {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		_, err := token.Open(path)
		require.Error(t, err)
		debug.Error("as the host would", "error", err)
	}
	logged := log.String()
	require.Contains(t, logged, `"caller":"holder-of-admin"`)
	require.Contains(t, logged, `"code":"unauthenticated"`)
	require.Contains(t, logged, `a bug`)
	for _, key := range all {
		secret := strings.TrimPrefix(key, token.Prefix)
		for _, part := range []string{secret[:6], secret[len(secret)-6:], fmt.Sprintf("%x", sha256.Sum256([]byte(key)))} {
			for line := range strings.Lines(logged + answers.String()) {
				if strings.Contains(line, part) {
					t.Fatalf("%s is in %.1000s", part, line)
				}
			}
		}
	}
}

func TestARevokedTokenIsRefusedAndOthersAreNot(t *testing.T) {
	f, path := tokenFile(t)
	s := serve(t, idleBoard(t), defaultLimits, func(o *Options) { o.Tokens = f })
	ctx, cancel := context.WithCancel(t.Context())
	var watching sync.WaitGroup
	changed := make(chan int, 9)
	failed := make(chan error, 9)
	watching.Go(func() { f.Watch(ctx, func(l *token.List) { changed <- l.Len() }, func(err error) { failed <- err }) })
	defer watching.Wait()
	defer cancel()
	status := func(scopes string) int {
		return s.do(http.MethodGet, "/metrics", "", "Authorization", "Bearer "+keys[scopes]).StatusCode
	}
	require.Equal(t, 200, status("signals"))
	require.Equal(t, 200, status("admin"))
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var kept []string
	for line := range strings.Lines(string(text)) {
		if !strings.Contains(line, " signals ") {
			kept = append(kept, line)
		}
	}
	put := func(text string) {
		require.NoError(t, os.WriteFile(path+".new", []byte(text), 0o600))
		require.NoError(t, os.Rename(path+".new", path))
	}
	put(strings.Join(kept, ""))
	require.Equal(t, 3, <-changed)
	require.Equal(t, 401, status("signals"))
	require.Equal(t, 200, status("admin"))
	require.NotContains(t, string(s.get("/health").body), errTokenFile.Error())

	put("oops")
	require.ErrorContains(t, <-failed, "line 1")
	require.Equal(t, 401, status("signals"))
	require.Equal(t, 200, status("admin"))
	health := decode[healthAnswer](t, s.get("/health"), 200)
	require.Equal(t, "degraded", health.Status)
	require.Contains(t, health.Problems, errTokenFile.Error())
	require.Contains(t, string(s.do(http.MethodGet, "/metrics", "", "Authorization", "Bearer "+keys["admin"]).body), fmt.Sprintf("edgesignal_problems %d\n", len(health.Problems)))

	put(string(text))
	require.Equal(t, 4, <-changed)
	require.Equal(t, 200, status("signals"))
	require.NotContains(t, string(s.get("/health").body), errTokenFile.Error())
}

func TestRefusedCallsAreCounted(t *testing.T) {
	s := guarded(t, idleBoard(t), nil)
	s.get("/signals")
	s.do(http.MethodGet, "/signals", "", "Authorization", "Bearer x")
	s.do(http.MethodGet, "/signals", "", "Authorization", "Bearer "+keys["reload"])
	text := string(s.do(http.MethodGet, "/metrics", "", "Authorization", "Bearer "+keys["reload"]).body)
	require.Contains(t, text, `edgesignal_http_requests_total{method="GET",route="/signals",status="401"} 2`)
	require.Contains(t, text, `edgesignal_http_requests_total{method="GET",route="/signals",status="403"} 1`)
	require.NotContains(t, text, "holder-of")
}
