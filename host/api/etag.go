package api

import (
	"bytes"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// notModified writes the ETag and reports whether the client has this answer
// already; then it has set the status 304, which needs no body. With an ETag the
// answer may be cached, but the client must ask each time whether it still holds.
func notModified(ctx *fasthttp.RequestCtx, etag []byte) bool {
	ctx.Response.Header.SetCanonical(nameETag, etag)
	visitOf(ctx).caching = valueNoCache
	has := ctx.Request.Header.Peek(fiber.HeaderIfNoneMatch)
	if len(has) == 0 {
		return false
	}
	// If-None-Match compares weakly (RFC 9110, section 13.1.2).
	for item := range bytes.SplitSeq(has, []byte(",")) {
		item = bytes.TrimPrefix(bytes.TrimSpace(item), []byte("W/"))
		if bytes.Equal(item, etag) || string(item) == "*" {
			ctx.SetStatusCode(fiber.StatusNotModified)
			return true
		}
	}
	return false
}
