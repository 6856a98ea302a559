package api

import (
	"fmt"
	"mime"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// header returns a header of the request, "" for none. The string is a copy: what
// fiber's own methods hand out lies over a buffer that the next request reuses,
// so the linter keeps handlers from them.
func header(c *fiber.Ctx, name string) string { return string(c.Context().Request.Header.Peek(name)) }

// jsonBody returns the body of a request that must be JSON. It is valid until the
// handler returns.
func jsonBody(c *fiber.Ctx) ([]byte, error) {
	switch given := header(c, fiber.HeaderContentType); {
	case given == "":
		return nil, refusal(unsupportedMediaType, "Content-Type is missing; application/json is expected")
	case !isJSON(given):
		return nil, refusal(unsupportedMediaType, fmt.Sprintf("Content-Type %.100q; application/json is expected", given))
	}
	if e := header(c, fiber.HeaderContentEncoding); e != "" && !strings.EqualFold(e, "identity") {
		return nil, refusal(unsupportedMediaType, fmt.Sprintf("Content-Encoding %.100q; the body must be sent as it is", e))
	}
	return c.Context().PostBody(), nil
}

func isJSON(contentType string) bool {
	if contentType == fiber.MIMEApplicationJSON { // as nearly all have it
		return true
	}
	media, params, err := mime.ParseMediaType(contentType)
	charset := params["charset"]
	return err == nil && media == fiber.MIMEApplicationJSON && (charset == "" || strings.EqualFold(charset, "utf-8"))
}
