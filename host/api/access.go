package api

import (
	"bytes"
	"fmt"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"edgesignal/host/token"
)

// access says who may call a route.
type access struct {
	scopes token.Scopes // with a token file: the one that is needed, or admin; Any = any token, 0 = none
	local  bool         // without one: clients on this machine only
}

// The levels of access. Weights and bars need the scope signals. Which release a
// host serves, and why it does not serve another, any token may ask: a pipeline
// that reloads the hosts must see the result, without the right to see a weight.
var (
	open      = access{}
	known     = access{scopes: token.Any}
	reading   = access{scopes: token.Signals}
	reloading = access{scopes: token.Reload, local: true}
	control   = access{scopes: token.Admin, local: true}
)

// admit returns nil for a caller who may call the route, else why not. With a
// token file the token alone decides; without one the connection's address does,
// for anyone can write another into a header.
func (s *Server) admit(ctx *fasthttp.RequestCtx, a access) error {
	if s.opt.Tokens == nil {
		if a.local && !ctx.RemoteIP().IsLoopback() {
			return refusal(forbidden, "this call is answered to clients on the same machine only")
		}
		return nil
	}
	caller, err := s.authorize(&ctx.Request.Header, a)
	if err == nil && s.unread(&ctx.Request.Header) {
		err = challenged(unauthenticated, "invalid_token", "the token was not known yet when this request came in")
	}
	visitOf(ctx).caller = caller
	return err
}

// authorize returns the name of the token that lets a request in ("" where none
// is needed), or why the request is refused (RFC 6750, section 3).
func (s *Server) authorize(h *fasthttp.RequestHeader, a access) (name string, err error) {
	if a.scopes == 0 {
		return "", nil
	}
	presented, err := bearer(h)
	if err != nil {
		return "", err
	}
	if presented == nil {
		return "", challenged(unauthenticated, "", "this call needs a token: Authorization: Bearer <token>")
	}
	e, ok := s.opt.Tokens.List().Find(presented)
	if !ok {
		return "", challenged(unauthenticated, "invalid_token", "this token is not known here")
	}
	if !e.Scopes.Allow(a.scopes) {
		err := challenged(forbidden, "insufficient_scope", fmt.Sprintf("the token has the scope %s; this call needs %s", e.Scopes, a.scopes))
		err.challenge += fmt.Sprintf(", scope=%q", a.scopes)
		return e.Name, err
	}
	return e.Name, nil
}

// bearer returns the token that a request presents (RFC 6750, section 2.1); nil =
// none.
func bearer(h *fasthttp.RequestHeader) ([]byte, error) {
	values := h.PeekAll(fiber.HeaderAuthorization)
	if len(values) > 1 {
		return nil, challenged(badRequest, "invalid_request", "there is more than one Authorization header")
	}
	if len(values) == 0 {
		return nil, nil
	}
	scheme, presented, _ := bytes.Cut(values[0], []byte(" "))
	presented = bytes.TrimLeft(presented, " ")
	if !bytes.EqualFold(scheme, []byte("bearer")) || len(presented) == 0 {
		return nil, nil
	}
	return presented, nil
}

// challenged returns a refusal that says how to come back. reason is a word of RFC
// 6750; "" = nothing was presented that could be wrong.
func challenged(c code, reason, detail string) *requestError {
	challenge := `Bearer realm="edgesignal"`
	if reason != "" {
		challenge += `, error="` + reason + `"`
	}
	return &requestError{code: c, detail: detail, challenge: challenge}
}

// headerUnread marks a request whose body is left unread.
const headerUnread = "X-Edgesignal-Unread"

// unread reports whether headerReceived left the body of a request unread. The mark
// is known to this process only, so nobody can send it.
func (s *Server) unread(h *fasthttp.RequestHeader) bool {
	return s.opt.Tokens != nil && string(h.Peek(headerUnread)) == s.cut
}

// headerReceived is called by fasthttp when it has a request's headers, before it
// makes room for the body. Where a token is needed and not there, the body is
// never read: the request goes on without one, is refused, and the connection
// ends.
func (s *Server) headerReceived(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
	if s.opt.Tokens != nil && h.ContentLength() != 0 && h.ContentLength() != noBody && !s.mayCall(h) {
		h.SetContentLength(0)
		h.Del(fiber.HeaderExpect)
		h.SetConnectionClose()
		h.Set(headerUnread, s.cut)
		return fasthttp.RequestConfig{}
	}
	return s.uploads.admit(h)
}

// mayCall reports whether a request is for a route that its sender may call.
func (s *Server) mayCall(h *fasthttp.RequestHeader) bool {
	uri := fasthttp.AcquireURI()
	defer fasthttp.ReleaseURI(uri)
	if err := uri.Parse(nil, h.RequestURI()); err != nil {
		return false
	}
	a, ok := s.access[string(h.Method())+" "+string(uri.PathOriginal())]
	if !ok {
		return false
	}
	_, err := s.authorize(h, a)
	return err == nil
}
