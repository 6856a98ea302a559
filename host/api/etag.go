package api

import (
	"bytes"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// notModified tags the answer, and reports whether the client has it already:
// then the answer is 304 and needs no body. What is tagged may be kept, and is
// asked about each time.
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
