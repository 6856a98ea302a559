package api

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/guest/rules"
	"edgesignal/host/gate"
	"edgesignal/host/internal/demotest"
	"edgesignal/host/live"
	"edgesignal/host/release"
)

// noGate is a host that cannot start a process.
type noGate struct{}

func (noGate) Check(context.Context, gate.Job) (*gate.Verdict, error) {
	return nil, &release.Unavailable{Part: release.PartGate, Err: errors.New("operation not permitted")}
}

func tryCalls(t *testing.T, b *demotest.Board) []call {
	with := func(o *Options) { o.Gate = gate.InPlace{} }
	s := serve(t, b.Board, defaultLimits, with)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	stranger := serveOn(t, elsewhere{ln}, b.Board, defaultLimits, with)
	empty := serve(t, demotest.NewBoard(t, nil).Board, defaultLimits, with)
	l := defaultLimits
	l.book = time.Nanosecond
	busy := serve(t, b.Board, l, with)
	gateless := demotest.NewBoard(t, func(o *live.Options) { o.Gate = noGate{} })
	ungated := serve(t, b.Board, defaultLimits, func(o *Options) { o.Gate = noGate{} })
	module := part{"module", stockRule(t, rules.TopBottom)}
	try := func(name string, on *site, status int, c code, parts ...part) call {
		body, contentType := form(t, parts...)
		return call{name: "try " + name, on: on, method: "POST", path: pathTry, body: body, header: []string{"Content-Type", contentType}, status: status, code: c}
	}
	return []call{
		try("a rule", s, 200, "", module, part{"params", `{"top_n":1}`}),
		try("a rule without parameters", s, 200, "", module),
		try("an unknown field", s, 400, badRequest, module, part{"x", "y"}),
		try("from elsewhere", stranger, 403, forbidden, module),
		try("an unknown strategy", s, 404, unknownStrategy, module, part{"strategy", "x"}),
		try("too large", s, 413, tooLarge, part{"module", strings.Repeat("x", uploadBytes)}),
		{name: "try JSON", on: s, method: "POST", path: pathTry, body: "{}", status: 415, code: unsupportedMediaType},
		try("no wasm", s, 422, ruleRejected, part{"module", "x"}),
		try("nothing", s, 422, invalid, part{"params", "{}"}),
		try("no data", s, 422, noData, module, part{"symbols", "ZZZ"}),
		try("a limit broken", s, 500, ruleFailed, part{"module", stockRule(t, "rank_weighted")}, part{"params", `{"gross":5}`}),
		try("before the first load", empty, 503, notReady, module),
		try("without a gate", ungated, 503, gateUnavailable, module),
		try("without time", busy, 503, timedOut, module),
		{name: "reload without a gate", on: serve(t, gateless.Board, defaultLimits, nil), method: "POST", path: "/model/reload", status: 503, code: gateUnavailable},
	}
}
