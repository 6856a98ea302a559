// Package api is HTTP and nothing else: it reads a request, asks the board and
// the engine, and writes the answer. It is the only package that knows fiber
// and HTTP statuses; routes.go is its whole URL table.
package api

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"

	"edgesignal/host/api/socket"
	"edgesignal/host/gate"
	"edgesignal/host/live"
	"edgesignal/host/market/check"
	"edgesignal/host/memo"
	"edgesignal/host/registry"
	"edgesignal/host/signal"
	"edgesignal/host/token"
)

// Options are what a server works with.
type Options struct {
	Board    *live.Board
	Engine   *signal.Engine
	Registry registry.Registry // the one that Board follows, for other hosts and other releases
	Gate     gate.Gate         // for modules that clients bring
	Market   *check.Gate       // what is known of the market beside its bars; nil = nothing
	Tokens   *token.File       // nil = there are none: see access
	Log      *slog.Logger
	Now      func() time.Time // nil = time.Now
	Version  string           // of the binary
	Demo     bool             // every answer carries X-EdgeSignal-Demo: synthetic-data

	AnswerCacheBytes int64 // of encoded answers that are kept; 0 = none
}

// limits bound what one client can take from the host.
type limits struct {
	body        int           // bytes of a request's body
	header      int           // bytes of the request line and the headers
	connections int           // open at once; more wait to be accepted
	read        time.Duration // for a whole request, from its first byte
	write       time.Duration // for the answer
	idle        time.Duration // between two requests of a connection
	linger      time.Duration // see socket.Conn.Close
	unused      time.Duration // for the first bytes of a connection, once the server stops
	book        time.Duration // for computing one answer
	reload      time.Duration // for a load that was under way and the one that follows it
}

var defaultLimits = limits{
	body: 1 << 20,
	// A GET with 10,000 symbols has some 60 KB of URL.
	header:      64 << 10,
	connections: 1024,
	read:        15 * time.Second,
	write:       30 * time.Second,
	idle:        75 * time.Second,
	linger:      2 * time.Second,
	unused:      500 * time.Millisecond,
	book:        30 * time.Second,
	reload:      2*live.DefaultLoadTimeout + 10*time.Second,
}

// Server answers HTTP requests.
type Server struct {
	opt      Options
	limits   limits
	app      *fiber.App
	allow    map[string]string // path -> the methods it knows, for Allow
	access   map[string]access // "GET /path" -> who may call it
	cut      string            // see unread
	uploads  uploads
	conns    *socket.Conns
	metrics  *metrics
	pages    *memo.Cache[string, *page]
	asked    *asked
	inFlight atomic.Int64
	ctx      context.Context // ends when requests in flight have to give up
	cancel   context.CancelFunc
}

// New makes a server. It does not listen yet.
func New(opt Options) *Server { return newServer(opt, defaultLimits) }

func newServer(opt Options, l limits) *Server {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	s := &Server{
		opt: opt, limits: l, conns: socket.New(l.connections, l.linger), pages: newPages(opt.AnswerCacheBytes), asked: newAsked(),
		cut: rand.Text(), uploads: uploads{limits: l},
	}
	s.metrics = newMetrics(s)
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.app = fiber.New(fiber.Config{
		DisableStartupMessage: true,
		CaseSensitive:         true,
		StrictRouting:         true,
		ErrorHandler:          s.onError,
		BodyLimit:             l.body,
		ReadBufferSize:        l.header,
		// A book of 500 symbols leaves in one write; the buffers are pooled.
		WriteBufferSize: 64 << 10,
		// socket.Conns holds the limit, so that nobody gets a bare 503.
		Concurrency:  2 * l.connections,
		ReadTimeout:  l.read,
		WriteTimeout: l.write,
		IdleTimeout:  l.idle,
		// fasthttp would write the files of a form to disk before a handler runs.
		DisablePreParseMultipartForm: true,
	})
	s.allow = s.mount(routes())
	server := s.app.Server()
	server.Handler = s.observed(s.app.Handler())
	server.ErrorHandler = s.refuse
	server.HeaderReceived = s.headerReceived
	server.CloseOnShutdown = true
	// fasthttp's pool has a goroutine that sleeps so long between two looks,
	// and looks once more after the server has stopped.
	server.MaxIdleWorkerDuration = 250 * time.Millisecond
	return s
}

// Serve answers on ln until Shutdown, and returns nil after one.
func (s *Server) Serve(ln net.Listener) error {
	if err := s.app.Server().Serve(s.conns.Listen(ln)); err != nil {
		return fmt.Errorf("accepting connections: %w", err)
	}
	return nil
}

// Shutdown refuses new connections, lets requests in flight finish, closes idle
// connections and returns when every connection is closed. When ctx ends first,
// it closes the rest and returns ctx's error.
func (s *Server) Shutdown(ctx context.Context) error {
	defer s.cancel()
	err := s.conns.Stop()
	unused := time.AfterFunc(s.limits.unused, s.conns.CloseUnused)
	defer unused.Stop()
	if serr := s.app.Server().ShutdownWithContext(ctx); err == nil {
		err = serr
	}
	if ctx.Err() == nil {
		// What is open now only waits for its client to hang up.
		s.conns.Hurry()
		if werr := s.conns.Wait(ctx); err == nil {
			err = werr
		}
	}
	if ctx.Err() != nil {
		s.conns.CloseAll()
	}
	if err != nil {
		return fmt.Errorf("stopping the server: %w", err)
	}
	return nil
}
