package api

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"regexp"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"edgesignal/host/api/socket"
)

// onError answers for fiber when a handler, or fiber itself, returns an error.
func (s *Server) onError(c *fiber.Ctx, err error) error {
	ctx := c.Context()
	var routing *fiber.Error
	if errors.As(err, &routing) {
		err = s.noRoute(ctx)
	}
	s.fail(ctx, err)
	return nil
}

// noRoute returns why no line of the table answers a request.
func (s *Server) noRoute(ctx *fasthttp.RequestCtx) error {
	allow, ok := s.allow[string(ctx.URI().PathOriginal())]
	if !ok {
		return refusal(notFound, "there is nothing at this path; /docs shows what there is")
	}
	ctx.Response.Header.Set(fiber.HeaderAllow, allow)
	return refusal(methodNotAllowed, fmt.Sprintf("this path knows %s", allow))
}

// ambiguous reports whether a proxy in front may have read another end of a
// request than fasthttp did: a length beside chunks, or chunks in HTTP/1.0
// (RFC 9112, section 6.1). fasthttp takes the chunks and says nothing.
func ambiguous(h *fasthttp.RequestHeader) bool {
	if h.ContentLength() == noBody {
		return false
	}
	var length, coding bool
	for line := range bytes.Lines(h.RawHeaders()) {
		name, _, _ := bytes.Cut(line, []byte(":"))
		length = length || bytes.EqualFold(name, []byte(fiber.HeaderContentLength))
		coding = coding || bytes.EqualFold(name, []byte(fiber.HeaderTransferEncoding))
	}
	return coding && (length || !h.IsHTTP11())
}

// noBody is fasthttp's word for a request with neither header.
const noBody = -2

// hangUp ends the connection after this answer, without losing the answer.
func hangUp(ctx *fasthttp.RequestCtx) {
	ctx.Response.SetConnectionClose()
	if c, ok := ctx.Conn().(*socket.Conn); ok {
		c.LeaveUnread()
	}
}

// refuse answers what fasthttp could not read as a request. The connection is
// closed afterwards.
func (s *Server) refuse(ctx *fasthttp.RequestCtx, err error) {
	v := s.newVisit(ctx)
	v.method = "" // what was not read is not known
	refused := s.unreadable(err)
	// The write deadline is still that of the answer before this one.
	_ = ctx.Conn().SetWriteDeadline(time.Now().Add(s.limits.write))
	s.fail(ctx, refused)
	if v.code != requestTimeout { // nothing more comes from who let the time pass
		hangUp(ctx)
	}
	v.err = unquoted(err)
	s.leave(ctx, v)
}

// quotation is what %q writes.
var quotation = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// unquoted returns fasthttp's error without the parts of the request that it
// quotes: a token may stand in them, and they go into the log.
func unquoted(err error) error {
	return errors.New(quotation.ReplaceAllString(err.Error(), `"..."`))
}

func (s *Server) unreadable(err error) error {
	var small *fasthttp.ErrSmallBuffer
	var netErr net.Error
	switch {
	case errors.As(err, &small):
		return refusal(headersTooLarge, fmt.Sprintf("the URL and the headers together have more than %d bytes", s.limits.header))
	case errors.Is(err, fasthttp.ErrBodyTooLarge):
		return refusal(tooLarge, fmt.Sprintf("the body has more than %d bytes", s.limits.body))
	case errors.As(err, &netErr) && netErr.Timeout(), strings.Contains(err.Error(), "timeout"):
		return refusal(requestTimeout, fmt.Sprintf("the request was not complete after %s", s.limits.read))
	default:
		return refusal(badRequest, "this is not a well-formed HTTP request")
	}
}
