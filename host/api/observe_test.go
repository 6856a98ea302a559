package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"
	"pgregory.net/rapid"

	"edgesignal/host/internal/demotest"
	"edgesignal/host/live"
	"edgesignal/host/portfolio"
	"edgesignal/host/release"
	"edgesignal/host/rule"
	"edgesignal/host/signal"
)

var discard = slog.New(slog.DiscardHandler)

// stumbling fails a few times before it accepts.
type stumbling struct {
	net.Listener
	left int
}

func (l *stumbling) Accept() (net.Conn, error) {
	if l.left > 0 {
		l.left--
		return nil, &net.OpError{Op: "accept", Err: syscall.EMFILE}
	}
	return l.Listener.Accept()
}

func TestRequestID(t *testing.T) {
	s := serve(t, idleBoard(t), defaultLimits, nil)
	for _, test := range []struct {
		name, given string
		kept        bool
	}{
		{"a client's", "job-7_3.A", true},
		{"the longest", strings.Repeat("x", 64), true},
		{"none", "", false},
		{"too long", strings.Repeat("x", 65), false},
		{"a space", "a b", false},
		{"not ascii", "\u00e9", false},
		{"markup", "<b>", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, path := range []string{"/livez", "/nothing", "/model/info", "/docs"} {
				got := s.do(http.MethodGet, path, "", headerRequestID, test.given).Header.Get(headerRequestID)
				require.Equal(t, test.kept, got == test.given)
				require.Regexp(t, `^[A-Za-z0-9._-]{1,64}$`, got)
			}
		})
	}
}

func TestFreshRequestIDsDiffer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		given := rapid.String().Draw(t, "given")
		a, b := string(appendRequestID(nil, []byte(given))), string(appendRequestID(nil, []byte(given)))
		require.Equal(t, a == given, b == given)
		require.Equal(t, a == b, a == given)
	})
}

// TestProblems goes through every meaning, also those that are hard to bring
// about over the wire.
func TestProblems(t *testing.T) {
	for _, test := range []struct {
		name   string
		err    error
		code   code
		detail string
	}{
		{"trap", fmt.Errorf("s v1: %w", &rule.Fault{Kind: rule.FaultTrap, Rule: "r 1", Detail: "unreachable"}), ruleFailed, "s v1: rule r 1: trap: unreachable"},
		{"limit", &portfolio.LimitError{Limit: "max_gross", Value: 3, Max: 2, Index: -1}, ruleFailed, "the rule's weights break max_gross: 3, the limit is 2"},
		{"prediction", &signal.PredictionError{Symbol: "A"}, internal, "the model predicts 0 for A"},
		{"unforeseen", errors.New("password=secret"), internal, unforeseen},
		{"closed", live.ErrClosed, notReady, "the host is stopping"},
		{"conflict", release.ErrConflict, internal, unforeseen},
		{"rejected", release.Reject(release.RuleABI, "no memory"), releaseRejected, "rule_abi: no memory"},
		{"long", refusal(badRequest, strings.Repeat("\u00e9", 5000)), badRequest, strings.Repeat("\u00e9", 1000) + "..."},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := problemOf(test.err)
			require.Equal(t, test.code, p.Code)
			require.Equal(t, test.detail, p.Detail)
			require.Equal(t, kinds[test.code].status, p.Status)
		})
	}
}

func TestTheLogHasWhatTheClientDoesNot(t *testing.T) {
	b := demotest.NewServingBoard(t, nil)
	b.FailRegistry(errors.New("password=secret"))
	s := serve(t, b.Board, defaultLimits, func(o *Options) { o.Now = func() time.Time { panic("a bug") } })
	r := s.do(http.MethodPost, "/model/reload", "", headerRequestID, "job-1")
	require.Equal(t, http.StatusInternalServerError, r.StatusCode)
	require.NotContains(t, string(r.body), "secret")
	r = s.do(http.MethodGet, "/signals", "", headerRequestID, "job-2")
	require.Equal(t, http.StatusInternalServerError, r.StatusCode)
	require.NotContains(t, string(r.body), "goroutine")
	s.get("/livez")

	lines := strings.Split(strings.TrimSpace(s.log.String()), "\n")
	require.Len(t, lines, 2, "only what failed is logged at this level")
	var reload, panicked map[string]any
	require.NoError(t, json.Unmarshal([]byte(lines[0]), &reload))
	require.Equal(t, "job-1", reload["request_id"])
	require.Contains(t, reload["error"], "secret")
	require.NoError(t, json.Unmarshal([]byte(lines[1]), &panicked))
	require.Equal(t, "job-2", panicked["request_id"])
	require.Contains(t, panicked["error"], "a bug")
	require.Contains(t, panicked["stack"], "newPage")
}

func TestEveryReloadIsLogged(t *testing.T) {
	s := serve(t, demotest.NewServingBoard(t, nil).Board, defaultLimits, nil)
	require.Equal(t, http.StatusOK, s.post("/model/reload", "").StatusCode)
	require.Contains(t, s.log.String(), `"path":"/model/reload","status":200`)
}

func TestTheDemoSaysSoEverywhere(t *testing.T) {
	b := idleBoard(t)
	for _, demo := range []bool{false, true} {
		t.Run(fmt.Sprint(demo), func(t *testing.T) {
			s := serve(t, b, defaultLimits, func(o *Options) { o.Demo = demo })
			w := dial(t, s)
			w.send("nonsense\r\n\r\n")
			for _, r := range []reply{s.get("/livez"), s.get("/nothing"), s.post("/livez", ""), s.get("/readyz"), s.get("/docs"), w.reply()} {
				require.Equal(t, demo, r.Header.Get("X-EdgeSignal-Demo") == "synthetic-data")
			}
		})
	}
}

func TestMetrics(t *testing.T) {
	b := demotest.NewServingBoard(t, nil)
	publishOdd(t, b)
	_ = b.Sync(t.Context())
	s := serve(t, b.Board, defaultLimits, nil)
	s.get("/signals")
	s.get("/signals?symbols=AAPL")
	s.get("/signals?symbols=")
	s.get("/signals?strategy=tight")
	s.get("/nothing/at/all")
	s.do("BREW", "/livez", "")
	s.post("/model/reload", "")
	s.post("/model/reload?strategy=damaged", "")
	s.post("/model/reload?strategy=invented", "")
	text := string(s.get("/metrics").body)
	status, ok := b.Strategy("alpha_baseline")
	require.True(t, ok)
	for _, want := range []string{
		`edgesignal_http_requests_total{method="GET",route="/signals",status="200"} 2`,
		`edgesignal_http_requests_total{method="GET",route="/signals",status="422"} 1`,
		`edgesignal_http_requests_total{method="GET",route="none",status="404"} 1`,
		`edgesignal_http_requests_total{method="other",route="none",status="405"} 1`,
		`edgesignal_http_request_seconds_count{route="/signals"} 4`,
		`edgesignal_rule_faults_total{kind="max_gross",strategy="tight",version="v1"} 1`,
		`edgesignal_reload_requests_total{outcome="unchanged",strategy="alpha_baseline"} 1`,
		`edgesignal_reload_requests_total{outcome="release_rejected",strategy="damaged"} 1`,
		`edgesignal_reload_requests_total{outcome="unknown_strategy",strategy=""} 1`,
		`edgesignal_serving_info{release="` + status.Release + `",strategy="alpha_baseline",version="v1.0.0"} 1`,
		`edgesignal_market_info{revision="` + b.Market().Revision + `"} 1`,
		`edgesignal_market_last_day_timestamp_seconds 1.7356032e+09`,
		`edgesignal_market_symbols 30`,
		`edgesignal_market_newest_day_coverage 1`,
		`edgesignal_market_failed_files{reason="malformed"} 0`,
		`edgesignal_market_thin_days 0`,
		`edgesignal_market_suspicious_bars{fault="close_jump"} 0`,
		`edgesignal_market_missing_symbols 0`,
		`edgesignal_market_refused 0`,
		`go_goroutines `, `process_open_fds `,
	} {
		require.Contains(t, text, want+map[bool]string{true: "\n"}[!strings.HasSuffix(want, " ")])
	}
	require.NotContains(t, text, "invented")
	require.NotContains(t, text, "/nothing")
}

// TestAFaultIsLoggedWithTheRulesLastWords: the client learns what happened,
// the log what the rule said before.
func TestAFaultIsLoggedWithTheRulesLastWords(t *testing.T) {
	s := serve(t, idleBoard(t), defaultLimits, nil)
	fault := &rule.Fault{
		Kind: rule.FaultTrap, Rule: "sizer 1.0", Detail: "rule_construct: unreachable",
		Log: []rule.Line{{Level: rule.LevelInfo, Text: "gross is 7"}, {Level: rule.LevelError, Text: "giving up"}},
	}
	var ctx fasthttp.RequestCtx
	ctx.Init(&fasthttp.Request{}, nil, nil)
	v := s.newVisit(&ctx)
	s.fail(&ctx, fmt.Errorf("s v1: %w", fault))
	s.metrics.ruleFault(&release.Manifest{Strategy: "s", Version: "v\xff"}, fault)
	s.leave(&ctx, v)
	require.Equal(t, http.StatusInternalServerError, ctx.Response.StatusCode())
	require.Contains(t, string(ctx.Response.Body()), `"detail":"s v1: rule sizer 1.0: trap: rule_construct: unreachable"`)
	require.NotContains(t, string(ctx.Response.Body()), "giving up")
	require.Contains(t, s.log.String(), `"level":"ERROR"`)
	require.Contains(t, s.log.String(), `"rule_log":["gross is 7","giving up"]`)
	require.Contains(t, string(s.get("/metrics").body), `edgesignal_rule_faults_total{kind="trap",strategy="s",version="v�"} 1`)
}

func TestAnAnswerListsManyErrorsButNotAll(t *testing.T) {
	var bad fieldErrors
	require.NoError(t, bad.err())
	for i := range maxFieldErrors + 3 {
		bad.add(fmt.Sprintf("symbols[%d]", i), "is empty")
	}
	p := problemOf(bad.err())
	require.Equal(t, invalid, p.Code)
	require.Len(t, p.Errors, maxFieldErrors)
	require.Equal(t, "symbols[0]: is empty (and 52 more)", p.Detail)
}
