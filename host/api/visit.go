package api

import (
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// visit is what is known of one request beside its answer, until it leaves.
type visit struct {
	id     []byte // in room
	start  time.Time
	method string // "" = it could not be read
	route  string // the path in the table; "" = none
	caller string // the name of the token that let it in; "" = none
	code   code   // of the problem it ended in; "" = none
	err    error  // why
	stack  []byte // of a panic

	caching []byte // the answer's Cache-Control; nil = nobody may keep it

	room [maxRequestIDSize]byte
}

// Names and values of headers that answers have.
var (
	nameRequestID          = []byte(headerRequestID)
	nameContentTypeOptions = []byte(fiber.HeaderXContentTypeOptions)
	nameCacheControl       = []byte(fiber.HeaderCacheControl)
	nameETag               = []byte(fiber.HeaderETag)
	nameDemo               = []byte("X-EdgeSignal-Demo")
	valueNoSniff           = []byte("nosniff")
	valueNoStore           = []byte("no-store")
	valueNoCache           = []byte("no-cache")
	valueSynthetic         = []byte("synthetic-data")
)

var visits = sync.Pool{New: func() any { return new(visit) }}

type visitKey struct{}

func visitOf(ctx *fasthttp.RequestCtx) *visit { return ctx.UserValue(visitKey{}).(*visit) }

func (s *Server) newVisit(ctx *fasthttp.RequestCtx) *visit {
	v := visits.Get().(*visit)
	v.start, v.method = time.Now(), methodName(ctx.Method())
	v.id = appendRequestID(v.room[:0], ctx.Request.Header.Peek(headerRequestID))
	ctx.SetUserValue(visitKey{}, v)
	return v
}

// observed wraps the router. It stands outside of fiber because fiber answers
// a method that it does not know before any of its middleware runs.
func (s *Server) observed(next fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(ctx *fasthttp.RequestCtx) {
		s.inFlight.Add(1)
		defer s.inFlight.Add(-1)
		v := s.newVisit(ctx)
		defer s.leave(ctx, v)
		defer func() {
			if p := recover(); p != nil {
				v.stack = debug.Stack()
				s.fail(ctx, fmt.Errorf("panic: %v", p))
			}
		}()
		if s.unread(&ctx.Request.Header) {
			defer hangUp(ctx)
		}
		if ambiguous(&ctx.Request.Header) {
			s.fail(ctx, refusal(badRequest, "this request says in two ways where it ends"))
			hangUp(ctx)
			return
		}
		if !knownMethod(v.method) {
			s.fail(ctx, s.noRoute(ctx))
			return
		}
		next(ctx)
	}
}

// methodName returns the method without a copy where it is a known one.
func methodName(m []byte) string {
	for _, known := range fiber.DefaultMethods {
		if string(m) == known {
			return known
		}
	}
	return string(m)
}

// path returns what was asked for, "" for what could not be read.
func (v *visit) path(ctx *fasthttp.RequestCtx) string {
	if v.method == "" {
		return ""
	}
	return clipped(string(ctx.Path()))
}

func knownMethod(m string) bool { return slices.Contains(fiber.DefaultMethods, m) }

// leave stamps the answer, counts it and logs it. It is the visit's end.
func (s *Server) leave(ctx *fasthttp.RequestCtx, v *visit) {
	defer func() {
		*v = visit{}
		visits.Put(v)
	}()
	h := &ctx.Response.Header
	// Set would look at each name first, and write another case of some.
	h.SetCanonical(nameRequestID, v.id)
	h.SetCanonical(nameContentTypeOptions, valueNoSniff)
	if s.opt.Demo {
		h.SetCanonical(nameDemo, valueSynthetic)
	}
	if v.caching == nil {
		v.caching = valueNoStore
	}
	h.SetCanonical(nameCacheControl, v.caching)
	took := time.Since(v.start)
	s.metrics.served(v.method, v.route, ctx.Response.StatusCode(), took)

	level := slog.LevelDebug
	switch {
	case v.code == internal || v.code == ruleFailed:
		level = slog.LevelError
	case ctx.Response.StatusCode() >= fiber.StatusInternalServerError || strings.HasSuffix(v.route, "/model/reload"):
		level = slog.LevelInfo
	}
	if !s.opt.Log.Enabled(s.ctx, level) {
		return
	}
	attrs := []slog.Attr{
		slog.String("request_id", string(v.id)), slog.String("method", v.method), slog.String("path", v.path(ctx)),
		slog.Int("status", ctx.Response.StatusCode()), slog.Float64("took_ms", float64(took.Microseconds())/1000), slog.String("client", ctx.RemoteAddr().String()),
	}
	if v.caller != "" {
		attrs = append(attrs, slog.String("caller", v.caller))
	}
	if v.err != nil {
		attrs = append(attrs, slog.String("code", string(v.code)), slog.Any("error", v.err))
	}
	if log := guestLog(v.err); len(log) > 0 {
		attrs = append(attrs, slog.Any("rule_log", log))
	}
	if v.stack != nil {
		attrs = append(attrs, slog.String("stack", string(v.stack)))
	}
	s.opt.Log.LogAttrs(s.ctx, level, "request", attrs...)
}
