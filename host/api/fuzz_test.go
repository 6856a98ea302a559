package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"

	"edgesignal/host/internal/demotest"
)

// ask goes through the whole handler without a socket.
func ask(s *site, method, uri, contentType string, body []byte) reply {
	var ctx fasthttp.RequestCtx
	ctx.Init(&fasthttp.Request{}, nil, nil)
	ctx.Request.Header.SetMethod(method)
	ctx.Request.SetRequestURI(uri)
	ctx.Request.Header.SetContentType(contentType)
	ctx.Request.SetBody(body)
	s.app.Server().Handler(&ctx)
	res := &http.Response{StatusCode: ctx.Response.StatusCode(), Header: http.Header{}}
	for k, v := range ctx.Response.Header.All() {
		res.Header.Add(string(k), string(v))
	}
	return reply{res, append([]byte(nil), ctx.Response.Body()...)}
}

// holdFuzzed: whatever comes in, the answer is a documented one and the
// host's fault is none of them.
func holdFuzzed(t *testing.T, d *spec, method, path string, r reply) {
	require.True(t, json.Valid(r.body), "%q", r.body)
	require.Less(t, r.StatusCode, http.StatusInternalServerError, "%s", r.body)
	d.t = t
	d.hold(method, path, r)
}

func FuzzGenerate(f *testing.F) {
	for _, c := range badBodies(nil) {
		if len(c.body) < 2000 {
			f.Add([]byte(c.body))
		}
	}
	for _, body := range []string{
		`{"symbols":["AAPL","MSFT","TSLA","NVDA","JPM"],"as_of_date":"2024-12-31","strategy":"alpha_baseline","top_n":2,"bottom_n":1,"previous_weights":{"AAPL":0.1}}`,
		`{"symbols":["AAPL"],"params":{"top_n":1e0,"bottom_n":-0}}`, `{"symbols":["AAPL"],"top_n":-0}`, `{"symbols":["\ud800"]}`, "\xef\xbb\xbf{}", "{\"symbols\":[\"\xff\"]}",
		strings.Repeat(`[`, 11_000), `{"params":` + strings.Repeat(`{"a":`, 500) + `1` + strings.Repeat(`}`, 501), `{"":0}`, `{"symbols":["A"],"as_of_date":"0000-01-01"}`, `{"symbols":["A"],"as_of_date":"9999-12-31"}`,
	} {
		f.Add([]byte(body))
	}
	s := serve(f, demotest.NewServingBoard(f, nil).Board, defaultLimits, nil)
	d := loadSpec(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		if len(body) > s.limits.body {
			return // refused before any of our code
		}
		holdFuzzed(t, d, http.MethodPost, generatePath, ask(s, http.MethodPost, generatePath, "application/json", body))
	})
}

func FuzzQuery(f *testing.F) {
	for _, c := range badQueries(nil) {
		if _, query, _ := strings.Cut(c.path, "?"); len(query) < 2000 {
			f.Add(query)
		}
	}
	for _, query := range []string{
		"", "&&", "=", "symbols=AAPL&symbols=MSFT", "symbols=AAPL,MSFT&strategy=alpha_baseline&as_of_date=2024-12-31", "symbols=%41APL", "symbols=A;B", "symbols=A%26B", "as_of_date=-0001-01-01", "strategy=%ff", "?", "#x", "symbols=\xff",
	} {
		f.Add(query)
	}
	s := serve(f, demotest.NewServingBoard(f, nil).Board, defaultLimits, nil)
	d := loadSpec(f)
	f.Fuzz(func(t *testing.T, query string) {
		if strings.ContainsFunc(query, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
			return // cannot stand in a request line: refused before any of our code
		}
		holdFuzzed(t, d, http.MethodGet, "/signals", ask(s, http.MethodGet, "/signals?"+query, "", nil))
	})
}
