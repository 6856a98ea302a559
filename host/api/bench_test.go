package api

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"

	"edgesignal/host/internal/demotest"
)

// The benchmarks go through the whole handler: routing, features, model, rule
// and JSON, without a socket.

func BenchmarkGetBook(b *testing.B) {
	s := serve(b, demotest.NewServingBoard(b, nil).Board, defaultLimits, nil)
	b.ReportAllocs()
	for b.Loop() {
		if r := ask(s, http.MethodGet, "/signals", "", nil); r.StatusCode != http.StatusOK {
			b.Fatalf("%s", r.body)
		}
	}
}

func BenchmarkGenerateFive(b *testing.B) {
	s := serve(b, demotest.NewServingBoard(b, nil).Board, defaultLimits, nil)
	body := []byte(`{"symbols":["AAPL","MSFT","TSLA","NVDA","JPM"],"top_n":2,"bottom_n":2}`)
	b.ReportAllocs()
	for b.Loop() {
		if r := ask(s, http.MethodPost, generatePath, "application/json", body); r.StatusCode != http.StatusOK {
			b.Fatalf("%s", r.body)
		}
	}
}

// BenchmarkWarm is a request of a market of 500 symbols whose newest day is
// scored, beside a bare handler of fiber that sends the same bytes.
func BenchmarkWarm(b *testing.B) {
	board := demotest.NewBoard(b, nil)
	m := demotest.RandomMarket(500, 100)
	require.NoError(b, board.SetMarket(m))
	if err := board.Sync(b.Context()); err != nil {
		b.Fatal(err)
	}
	kept := serve(b, board.Board, defaultLimits, func(o *Options) { caching(o); o.AnswerCacheBytes = 32 << 20 })
	computed := serve(b, board.Board, defaultLimits, func(o *Options) { caching(o); o.AnswerCacheBytes = 0 })
	symbols := m.Symbols()
	body := func(n int) []byte {
		text, err := json.Marshal(map[string]any{"symbols": symbols[len(symbols)-n:]})
		require.NoError(b, err)
		return text
	}
	for _, bc := range []struct {
		name         string
		s            *site
		method, path string
		body         []byte
	}{
		{"get_500_kept", kept, http.MethodGet, "/signals", nil},
		{"get_500_computed", computed, http.MethodGet, "/signals", nil},
		{"get_5_of_500_computed", computed, http.MethodGet, "/signals?symbols=S00001,S00010,S00100,S00200,S00300", nil},
		{"post_5_computed", computed, http.MethodPost, generatePath, body(5)},
		{"post_500_computed", computed, http.MethodPost, generatePath, body(500)},
	} {
		var ctx fasthttp.RequestCtx
		ctx.Init(&fasthttp.Request{}, nil, nil)
		handle := func(h fasthttp.RequestHandler) {
			ctx.Request.Reset()
			ctx.Response.Reset()
			ctx.Request.Header.SetMethod(bc.method)
			ctx.Request.SetRequestURI(bc.path)
			if bc.body != nil {
				ctx.Request.Header.SetContentType(fiber.MIMEApplicationJSON)
				ctx.Request.SetBodyRaw(bc.body)
			}
			h(&ctx)
			if ctx.Response.StatusCode() != http.StatusOK {
				b.Fatalf("%s", ctx.Response.Body())
			}
		}
		ours := bc.s.app.Server().Handler
		handle(ours)
		same := slices.Clone(ctx.Response.Body())
		path, _, _ := strings.Cut(bc.path, "?")
		app := fiber.New(fiber.Config{DisableStartupMessage: true})
		app.Add(bc.method, path, func(c *fiber.Ctx) error {
			c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
			c.Context().Response.SetBodyRaw(same)
			return nil
		})
		bare := app.Handler()
		for name, h := range map[string]fasthttp.RequestHandler{"ours": ours, "bare": bare} {
			b.Run(bc.name+"/"+name, func(b *testing.B) {
				b.ReportAllocs()
				before := processorTime(b)
				for b.Loop() {
					handle(h)
				}
				// What the machine's other users do is not in it.
				b.ReportMetric(float64((processorTime(b)-before).Nanoseconds())/float64(b.N), "cpu-ns/op")
			})
		}
	}
}

// processorTime returns what this process has used, the collector's part included.
func processorTime(b *testing.B) time.Duration {
	var use syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &use))
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

func BenchmarkHealth(b *testing.B) {
	s := serve(b, demotest.NewServingBoard(b, nil).Board, defaultLimits, nil)
	b.ReportAllocs()
	for b.Loop() {
		if r := ask(s, http.MethodGet, "/health", "", nil); r.StatusCode != http.StatusOK {
			b.Fatalf("%s", r.body)
		}
	}
}

// BenchmarkEndToEnd is one request as a client sees it: net/http's client,
// one kept connection on the loopback, the answer read to its end.
func BenchmarkEndToEnd(b *testing.B) {
	s := serve(b, demotest.NewServingBoard(b, nil).Board, defaultLimits, nil)
	for _, bc := range []struct{ name, method, path, body string }{
		{"get_book_of_30", http.MethodGet, "/signals", ""},
		{"generate_5", http.MethodPost, generatePath, `{"symbols":["AAPL","AMZN","GOOGL","MSFT","TSLA"]}`},
	} {
		b.Run(bc.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if r := s.do(bc.method, bc.path, bc.body); r.StatusCode != http.StatusOK {
					b.Fatalf("%s", r.body)
				}
			}
		})
	}
}
