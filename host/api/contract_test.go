package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/artifacts"
	"edgesignal/host/internal/demotest"
	"edgesignal/host/live"
	"edgesignal/host/release"
)

const generatePath = "/api/v1/signals/generate"

// aliases are the paths of both generations.
var aliases = map[string][]string{
	"/signals":      {"/signals", "/api/v1/signals"},
	"/model/info":   {"/model/info", "/api/v1/model/info"},
	"/model/reload": {"/model/reload", "/api/v1/model/reload"},
	"/readyz":       {"/readyz", "/ready"},
}

// call is one request of a table.
type call struct {
	name   string
	on     *site
	method string
	path   string
	body   string
	header []string
	before func()
	status int
	code   code // "" = not a problem
	field  string
}

// make sends the request by each of the path's names and holds each answer
// against the description.
func (c call) make(t *testing.T, d *spec) {
	path, query, _ := strings.Cut(c.path, "?")
	names := aliases[path]
	if names == nil {
		names = []string{path}
	}
	for _, name := range names {
		if c.before != nil {
			c.before()
		}
		if query != "" {
			name += "?" + query
		}
		r := c.on.do(c.method, name, c.body, c.header...)
		require.Equal(t, c.status, r.StatusCode, "%s %s: %s", c.method, name, r.body)
		got := d.hold(c.method, name, r)
		require.Equal(t, string(c.code), got, "%s %s: %s", c.method, name, r.body)
		if c.field != "" {
			var p problem
			require.NoError(t, json.Unmarshal(r.body, &p))
			require.NotEmpty(t, p.Errors, "%s", r.body)
			require.Equal(t, c.field, p.Errors[0].Field, "%s", r.body)
		}
	}
}

// TestContract sends what every documented answer takes, and fails when one
// was never seen or one came that is not documented.
func TestContract(t *testing.T) {
	d := loadSpec(t)
	b := demotest.NewServingBoard(t, nil)
	publishOdd(t, b)
	_ = b.Sync(t.Context()) // one of the odd ones is refused, as it should be
	healthy := serve(t, b.Board, defaultLimits, nil)

	for _, table := range [][]call{
		pageCalls(healthy), readingCalls(healthy), badQueries(healthy), badBodies(healthy), oddCalls(healthy),
		reloadCalls(b, healthy), fleetCalls(t), emptyCalls(t), strangerCalls(t, b), tryCalls(t, b), tokenCalls(t, b, d), staleCalls(t), brokenCalls(t, b), busyCalls(t, b), closedCalls(t),
	} {
		for _, c := range table {
			t.Run(strings.ReplaceAll(c.name, " ", "_"), func(t *testing.T) {
				d.t = t
				c.make(t, d)
			})
		}
	}
	d.t = t
	// What fasthttp refuses by itself is seen in TestUnreadableRequests.
	for _, name := range []string{"any 400 bad_request", "any 408 request_timeout", "any 413 too_large", "any 431 headers_too_large"} {
		d.seen[name] = true
	}
	for _, name := range d.documented() {
		require.True(t, d.seen[name], "no request was answered with %s", name)
	}
}

// publishOdd adds strategies whose releases are not as they should be.
func publishOdd(t *testing.T, b *demotest.Board) {
	model := demotest.File(t, artifacts.Releases()[0].Model)
	b.Publish(release.Record{Strategy: "hidden", Version: "v1"}, model, nil)
	// Three long and three short are within it where five symbols are all there are, as on one of the gate's probes.
	b.Publish(release.Record{Strategy: "tight", Version: "v1", Config: json.RawMessage(`{"limits":{"max_gross":1.5}}`)}, model, nil)
	b.MakeActive("tight", "v1")
	b.Publish(release.Record{Strategy: "damaged", Version: "v1"}, model[:len(model)/2], nil)
	b.MakeActive("damaged", "v1")
}

func pageCalls(s *site) []call {
	var calls []call
	for _, path := range []string{"/openapi.yaml", "/docs", "/docs/start.js", "/docs/swagger-ui-bundle.js", "/docs/swagger-ui.css"} {
		etag := docAssets()[path].etag + `"`
		calls = append(calls,
			call{name: "get " + path, on: s, method: "GET", path: path, status: 200},
			call{name: "get again " + path, on: s, method: "GET", path: path, header: []string{"If-None-Match", etag}, status: 304})
	}
	return calls
}

func readingCalls(s *site) []call {
	return []call{
		{name: "book that the client has", on: s, method: "GET", path: "/signals", header: []string{"If-None-Match", "*"}, status: 304},
		{name: "book", on: s, method: "GET", path: "/signals", status: 200},
		{name: "part of a book", on: s, method: "GET", path: "/signals?symbols=AAPL,ZZZ&as_of_date=2024-06-15T01:00:00%2B02:00", status: 200},
		{name: "generate", on: s, method: "POST", path: generatePath, body: `{"symbols":["AAPL","ZZZ","TSLA"],"top_n":1,"bottom_n":0}`, status: 200},
		{name: "generate with a charset", on: s, method: "POST", path: generatePath, body: `{"symbols":["AAPL"]}`, header: []string{"Content-Type", "application/json; charset=UTF-8"}, status: 200},
		{name: "info", on: s, method: "GET", path: "/model/info", status: 200},
		{name: "info of another", on: s, method: "GET", path: "/model/info?strategy=tight", status: 200},
		{name: "market", on: s, method: "GET", path: "/api/v1/market", status: 200},
		{name: "strategies", on: s, method: "GET", path: "/api/v1/strategies", status: 200},
		{name: "health", on: s, method: "GET", path: "/health?t=1", status: 200},
		{name: "alive", on: s, method: "GET", path: "/livez", status: 200},
		{name: "ready", on: s, method: "GET", path: "/readyz", status: 200},
		{name: "metrics", on: s, method: "GET", path: "/metrics", status: 200},
		{name: "nothing there", on: s, method: "GET", path: "/signal", status: 404, code: notFound},
		{name: "a slash at the end", on: s, method: "GET", path: "/signals/", status: 404, code: notFound},
		{name: "another case", on: s, method: "GET", path: "/Signals", status: 404, code: notFound},
		{name: "post to a get", on: s, method: "POST", path: "/signals", status: 405, code: methodNotAllowed},
		{name: "get of a post", on: s, method: "GET", path: generatePath, status: 405, code: methodNotAllowed},
		{name: "options", on: s, method: "OPTIONS", path: "/health", status: 405, code: methodNotAllowed},
		{name: "a method of its own", on: s, method: "BREW", path: "/health", status: 405, code: methodNotAllowed},
		{name: "a method of its own nowhere", on: s, method: "BREW", path: "/pot", status: 404, code: notFound},
	}
}

func badQueries(s *site) []call {
	var many []string
	for i := range maxSymbols + 1 {
		many = append(many, fmt.Sprintf("%X", i))
	}
	return []call{
		{name: "misspelt parameter", on: s, method: "GET", path: "/signals?symbol=AAPL", status: 400, code: badRequest},
		{name: "repeated parameter", on: s, method: "GET", path: "/signals?strategy=a&strategy=a", status: 400, code: badRequest},
		{name: "bad escape", on: s, method: "GET", path: "/signals?symbols=%zz", status: 400, code: badRequest},
		{name: "bad date", on: s, method: "GET", path: "/signals?as_of_date=2024-02-30", status: 400, code: badRequest},
		{name: "date with a bare plus", on: s, method: "GET", path: "/signals?as_of_date=2024-06-15T01:00:00+02:00", status: 400, code: badRequest},
		{name: "parameter for info", on: s, method: "GET", path: "/model/info?symbols=A", status: 400, code: badRequest},
		{name: "parameter for reload", on: s, method: "POST", path: "/model/reload?stratgy=x", status: 400, code: badRequest},
		{name: "parameter for market", on: s, method: "GET", path: "/api/v1/market?symbol=A", status: 400, code: badRequest},
		{name: "parameter for strategies", on: s, method: "GET", path: "/api/v1/strategies?x", status: 400, code: badRequest},
		{name: "parameter for generate", on: s, method: "POST", path: generatePath + "?strategy=x", body: `{"symbols":["A"]}`, status: 400, code: badRequest},
		{name: "unknown strategy", on: s, method: "GET", path: "/signals?strategy=x", status: 404, code: unknownStrategy},
		{name: "info of an unknown strategy", on: s, method: "GET", path: "/model/info?strategy=x", status: 404, code: unknownStrategy},
		{name: "reload of an unknown strategy", on: s, method: "POST", path: "/model/reload?strategy=x", status: 404, code: unknownStrategy},
		{name: "empty symbols", on: s, method: "GET", path: "/signals?symbols=", status: 422, code: invalid, field: "symbols[0]"},
		{name: "bare symbols", on: s, method: "GET", path: "/signals?symbols", status: 422, code: invalid, field: "symbols[0]"},
		{name: "comma at the end", on: s, method: "GET", path: "/signals?symbols=AAPL,", status: 422, code: invalid, field: "symbols[1]"},
		{name: "malformed symbol", on: s, method: "GET", path: "/signals?symbols=AAPL,A%00B", status: 422, code: invalid, field: "symbols[1]"},
		{name: "duplicate symbol", on: s, method: "GET", path: "/signals?symbols=AAPL&symbols=aapl", status: 422, code: invalid, field: "symbols[1]"},
		{name: "too many symbols", on: s, method: "GET", path: "/signals?symbols=" + strings.Join(many, ","), status: 422, code: invalid, field: "symbols"},
		{name: "before the first day", on: s, method: "GET", path: "/signals?as_of_date=1999-01-01", status: 422, code: noData},
		{name: "no symbol known", on: s, method: "GET", path: "/signals?symbols=ZZZ", status: 422, code: noData},
	}
}

func badBodies(s *site) []call {
	many := `{"symbols":["A0"` + strings.Repeat(`,"A"`, maxSymbols) + `]}`
	post := func(name, body string, status int, c code, field string) call {
		return call{name: name, on: s, method: "POST", path: generatePath, body: body, status: status, code: c, field: field}
	}
	typed := func(name string, header ...string) call {
		c := post(name, `{"symbols":["AAPL"]}`, 415, unsupportedMediaType, "")
		c.header = header
		return c
	}
	return []call{
		typed("no content type", "Content-Type", ""),
		typed("form", "Content-Type", "application/x-www-form-urlencoded"),
		typed("nearly json", "Content-Type", "application/json5"),
		typed("latin 1", "Content-Type", "application/json; charset=latin1"),
		typed("malformed content type", "Content-Type", "application/json; charset"),
		typed("packed", "Content-Encoding", "gzip"),
		post("over 1 MiB", `{"symbols":["`+strings.Repeat("A", 1<<20)+`"]}`, 413, tooLarge, ""),
		post("no body", ` `, 400, badRequest, ""),
		post("not json", `{"symbols":[AAPL]}`, 400, badRequest, ""),
		post("cut off", `{"symbols":["AAPL"`, 400, badRequest, ""),
		post("an array", `["AAPL"]`, 400, badRequest, ""),
		post("null", `null`, 400, badRequest, ""),
		post("text after", `{"symbols":["AAPL"]} {}`, 400, badRequest, ""),
		post("unknown field", `{"symbols":["AAPL"],"topn":3}`, 400, badRequest, ""),
		post("field of another case", `{"Symbols":["AAPL"]}`, 400, badRequest, ""),
		post("field twice", `{"symbols":["AAPL"],"symbols":["MSFT"]}`, 400, badRequest, ""),
		post("symbols a string", `{"symbols":"AAPL"}`, 400, badRequest, ""),
		post("symbol a number", `{"symbols":["AAPL",7]}`, 400, badRequest, ""),
		post("top_n a fraction", `{"symbols":["AAPL"],"top_n":1.5}`, 400, badRequest, ""),
		post("top_n out of range", `{"symbols":["AAPL"],"top_n":1e99}`, 400, badRequest, ""),
		post("params an array", `{"symbols":["AAPL"],"params":[]}`, 400, badRequest, ""),
		post("parameter twice", `{"symbols":["AAPL"],"params":{"top_n":1,"top_n":2}}`, 400, badRequest, ""),
		post("weights a number", `{"symbols":["AAPL"],"previous_weights":1}`, 400, badRequest, ""),
		post("weight a string", `{"symbols":["AAPL"],"previous_weights":{"AAPL":"1"}}`, 400, badRequest, ""),
		post("weight null", `{"symbols":["AAPL"],"previous_weights":{"AAPL":null}}`, 400, badRequest, ""),
		post("weight infinite", `{"symbols":["AAPL"],"previous_weights":{"AAPL":1e999}}`, 400, badRequest, ""),
		post("bad date", `{"symbols":["AAPL"],"as_of_date":"31.12.2024"}`, 400, badRequest, ""),
		post("unknown strategy", `{"symbols":["AAPL"],"strategy":"x"}`, 404, unknownStrategy, ""),
		post("no symbols", `{}`, 422, invalid, "symbols"),
		post("symbols null", `{"symbols":null}`, 422, invalid, "symbols"),
		post("symbols empty", `{"symbols":[]}`, 422, invalid, "symbols"),
		post("too many symbols", many, 422, invalid, "symbols"),
		post("duplicate symbol", `{"symbols":["AAPL","MSFT","aapl"]}`, 422, invalid, "symbols[2]"),
		post("malformed symbol", `{"symbols":["AAPL"," MSFT"]}`, 422, invalid, "symbols[1]"),
		post("negative top_n", `{"symbols":["AAPL"],"top_n":-1}`, 422, invalid, "top_n"),
		post("negative bottom_n", `{"symbols":["AAPL"],"bottom_n":-1}`, 422, invalid, "bottom_n"),
		post("top_n twice", `{"symbols":["AAPL"],"top_n":1,"params":{"top_n":1}}`, 422, invalid, "top_n"),
		post("top_n over the schema", `{"symbols":["AAPL"],"top_n":9000000000000000000}`, 422, invalid, "top_n"),
		post("parameter twice further down", `{"symbols":["AAPL"],"params":{"a":{"b":1,"b":1}}}`, 400, badRequest, ""),
		post("number below a double", `{"symbols":["AAPL"],"params":{"top_n":1e-400}}`, 422, invalid, "params.top_n"),
		post("number beyond a double", `{"symbols":["AAPL"],"params":{"top_n":1e999}}`, 422, invalid, "params.top_n"),
		post("zero with a large exponent", `{"symbols":["AAPL"],"params":{"top_n":0e999}}`, 422, invalid, "params.top_n"),
		post("almost a whole number", `{"symbols":["AAPL"],"params":{"top_n":3.00000000000000000001}}`, 422, invalid, "params.top_n"),
		post("a million", `{"symbols":["AAPL"],"params":{"top_n":1e6}}`, 422, invalid, "params.top_n"),
		post("top_n that no double holds", `{"symbols":["AAPL"],"top_n":9007199254740993}`, 422, invalid, "top_n"),
		post("unknown parameter", `{"symbols":["AAPL"],"params":{"leverage":3}}`, 422, invalid, "params.leverage"),
		post("parameter of another type", `{"symbols":["AAPL"],"params":{"bottom_n":"3"}}`, 422, invalid, "params.bottom_n"),
		post("params too long", `{"symbols":["AAPL"],"params":{"x":"`+strings.Repeat("x", 20_000)+`"}}`, 422, invalid, "params"),
		post("weight of a malformed symbol", `{"symbols":["AAPL"],"previous_weights":{"A B":1}}`, 422, invalid, `previous_weights["A B"]`),
		post("weight twice", `{"symbols":["AAPL"],"previous_weights":{"AAPL":1,"aapl":1}}`, 422, invalid, `previous_weights["aapl"]`),
		post("no data", `{"symbols":["ZZZ"]}`, 422, noData, ""),
	}
}

func oddCalls(s *site) []call {
	return []call{
		{name: "limit broken", on: s, method: "GET", path: "/signals?strategy=tight", status: 500, code: ruleFailed},
		{name: "limit broken by generate", on: s, method: "POST", path: generatePath, body: `{"symbols":["AAPL","MSFT"],"strategy":"tight","top_n":1,"bottom_n":1}`, status: 500, code: ruleFailed},
		{name: "no release", on: s, method: "GET", path: "/model/info?strategy=hidden", status: 404, code: noRelease},
		{name: "no active release", on: s, method: "POST", path: "/model/reload?strategy=hidden", status: 404, code: noRelease},
		{name: "nothing serves", on: s, method: "GET", path: "/signals?strategy=hidden", status: 503, code: notReady},
		{name: "nothing serves for generate", on: s, method: "POST", path: generatePath, body: `{"symbols":["AAPL"],"strategy":"hidden"}`, status: 503, code: notReady},
		{name: "refused release", on: s, method: "POST", path: "/model/reload?strategy=damaged", status: 500, code: releaseRejected},
	}
}

func reloadCalls(b *demotest.Board, s *site) []call {
	next := "v1.1.0"
	swap := func() {
		b.MakeActive(artifacts.Strategy, next)
		if next == "v1.1.0" {
			next = "v1.0.0"
		} else {
			next = "v1.1.0"
		}
	}
	return []call{
		{name: "unchanged", on: s, method: "POST", path: "/model/reload", status: 200},
		{name: "activated", on: s, method: "POST", path: "/model/reload?strategy=alpha_baseline", body: "ignored", before: swap, status: 200},
		{name: "store down", on: s, method: "POST", path: "/model/reload", before: func() { b.FailStore(demotest.ErrNoStore); b.MakeActive(artifacts.Strategy, "v1.1.0") },
			status: 503, code: storeUnavailable},
		{name: "registry down", on: s, method: "POST", path: "/model/reload", before: func() { b.FailRegistry(demotest.ErrNoRegistry) }, status: 503, code: registryUnavailable},
		{name: "registry down and unknown", on: s, method: "POST", path: "/model/reload?strategy=other", status: 503, code: registryUnavailable},
		{name: "degraded", on: s, method: "GET", path: "/health", status: 200},
		{name: "registry odd", on: s, method: "POST", path: "/model/reload", before: func() { b.FailRegistry(errors.New("secret")) }, status: 500, code: internal},
		{name: "healed", on: s, method: "POST", path: "/model/reload", before: b.Heal, status: 200},
	}
}

func emptyCalls(t *testing.T) []call {
	s := serve(t, demotest.NewBoard(t, nil).Board, defaultLimits, nil)
	return []call{
		{name: "empty ready", on: s, method: "GET", path: "/readyz", status: 503, code: notReady},
		{name: "empty market", on: s, method: "GET", path: "/api/v1/market", status: 503, code: notReady},
		{name: "empty info", on: s, method: "GET", path: "/model/info", status: 404, code: noRelease},
		{name: "empty book", on: s, method: "GET", path: "/signals", status: 503, code: notReady},
		{name: "empty health", on: s, method: "GET", path: "/health", status: 200},
		{name: "empty strategies", on: s, method: "GET", path: "/api/v1/strategies", status: 200},
		{name: "empty metrics", on: s, method: "GET", path: "/metrics", status: 200},
		{name: "first load", on: s, method: "POST", path: "/model/reload", status: 200},
		{name: "no market", on: s, method: "GET", path: "/signals", status: 503, code: notReady},
		{name: "no market for generate", on: s, method: "POST", path: generatePath, body: `{"symbols":["AAPL"]}`, status: 503, code: notReady},
	}
}

func strangerCalls(t *testing.T, b *demotest.Board) []call {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := serveOn(t, elsewhere{ln}, b.Board, defaultLimits, nil)
	return []call{
		{name: "reload from elsewhere", on: s, method: "POST", path: "/model/reload", status: 403, code: forbidden},
		{name: "reload with a header", on: s, method: "POST", path: "/model/reload", header: []string{"X-Forwarded-For", "127.0.0.1"}, status: 403, code: forbidden},
		{name: "reading from elsewhere", on: s, method: "GET", path: "/signals", status: 200},
	}
}

// tokenCalls are, of every operation that is not for all, one without a token
// and one with a token that is not enough.
func tokenCalls(t *testing.T, b *demotest.Board, d *spec) []call {
	s := guarded(t, b.Board, nil)
	var calls []call
	for _, o := range d.operations() {
		if o.public {
			continue
		}
		calls = append(calls, call{name: o.method + o.path + " without a token", on: s, method: o.method, path: o.path, status: 401, code: unauthenticated})
		for _, scopes := range []string{"signals", "reload"} {
			if status, _ := o.expected(true, []string{scopes}); status == 403 {
				header := []string{"Authorization", "Bearer " + keys[scopes]}
				calls = append(calls, call{name: o.method + o.path + " with " + scopes, on: s, method: o.method, path: o.path, header: header, status: 403, code: forbidden})
			}
		}
	}
	return calls
}

func staleCalls(t *testing.T) []call {
	b := demotest.NewServingBoard(t, func(o *live.Options) { o.MaxStaleness = time.Nanosecond })
	s := serve(t, b.Board, defaultLimits, nil)
	lost := func() {
		b.FailRegistry(demotest.ErrNoRegistry)
		_ = b.Sync(t.Context())
	}
	return []call{
		{name: "stale", on: s, method: "GET", path: "/readyz", before: lost, status: 503, code: stale},
		{name: "stale but answering", on: s, method: "GET", path: "/signals", status: 200},
		{name: "bars that are too old for a client", on: s, method: "GET", path: "/signals?min_data_as_of=2025-01-01", status: 422, code: dataTooOld},
		{name: "bars that are too old for a book", on: s, method: "POST", path: generatePath, body: `{"symbols":["AAPL"],"min_data_as_of":"2025-01-01T09:30:00-05:00"}`, status: 422, code: dataTooOld},
		{name: "bars that are just new enough", on: s, method: "POST", path: generatePath, body: `{"symbols":["AAPL"],"min_data_as_of":"2024-12-31"}`, status: 200},
		{name: "an oldest day that is none", on: s, method: "GET", path: "/signals?min_data_as_of=2024-13-01", status: 400, code: badRequest},
	}
}

// brokenCalls are answered by a host with a bug in it.
func brokenCalls(t *testing.T, b *demotest.Board) []call {
	s := serve(t, b.Board, defaultLimits, func(o *Options) { o.Now = func() time.Time { panic("a bug") } })
	bare := serve(t, nil, defaultLimits, nil)
	return []call{
		{name: "panic", on: s, method: "GET", path: "/signals", status: 500, code: internal},
		{name: "panic in generate", on: s, method: "POST", path: generatePath, body: `{"symbols":["AAPL"]}`, status: 500, code: internal},
		{name: "panic elsewhere", on: bare, method: "GET", path: "/api/v1/market", status: 500, code: internal},
		{name: "alive after a panic", on: s, method: "GET", path: "/livez", status: 200},
	}
}

// busyCalls are answered by a host that has no time.
func busyCalls(t *testing.T, b *demotest.Board) []call {
	l := defaultLimits
	l.book, l.reload = time.Nanosecond, time.Nanosecond
	s := serve(t, b.Board, l, nil)
	letGo := func() {}
	t.Cleanup(func() { letGo() })
	return []call{
		{name: "no time for a book", on: s, method: "GET", path: "/signals", status: 503, code: timedOut},
		{name: "no time to generate", on: s, method: "POST", path: generatePath, body: `{"symbols":["AAPL"]}`, status: 503, code: timedOut},
		{name: "no time to reload", on: s, method: "POST", path: "/model/reload", before: sync.OnceFunc(func() { letGo = b.Hold() }), status: 503, code: timedOut},
	}
}

func closedCalls(t *testing.T) []call {
	b := demotest.NewServingBoard(t, nil)
	s := serve(t, b.Board, defaultLimits, nil)
	return []call{{name: "reload while stopping", on: s, method: "POST", path: "/model/reload", before: b.Board.Close, status: 503, code: notReady}}
}
