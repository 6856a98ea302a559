package api

import (
	"encoding/json"
	"errors"
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

// field is where a member of a JSON object goes.
type field struct {
	to   any
	what string // what is expected, for errors
}

// decodeObject reads one JSON object into its fields. Strict, and in two ways
// more so than encoding/json can be told to be: names are compared exactly,
// and a name that stands twice is an error, for each reader of such a body may
// believe another of the two.
func decodeObject(body []byte, fields map[string]field) error {
	text := string(body)
	if ok, err := decodePlain(text, fields); ok {
		return err
	}
	if !json.Valid(body) {
		return notJSON(body)
	}
	err := members(text, func(name, value string, at int) error {
		f, ok := fields[name]
		if !ok {
			return refusal(badRequest, fmt.Sprintf("unknown field %.100q, at byte %d", name, at))
		}
		return decodeValue(name, value, at, f)
	})
	if errors.Is(err, errNoObject) {
		return refusal(badRequest, "the body is not a JSON object")
	}
	return err
}

// notJSON says what is wrong with a body that is no JSON.
func notJSON(body []byte) error {
	var all json.RawMessage
	err := json.Unmarshal(body, &all)
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return refusal(badRequest, fmt.Sprintf("the body is not one JSON value: %v, at byte %d", syntax, syntax.Offset))
	}
	return refusal(badRequest, fmt.Sprintf("the body is not one JSON value: %v", err))
}

func decodeValue(name, value string, at int, f field) error {
	if list, ok := f.to.(*[]string); ok {
		// A thousand symbols are most of a large body.
		if plain, ok := (&plainText{s: value}).list(); ok {
			*list = plain
			return nil
		}
	}
	err := json.Unmarshal([]byte(value), f.to)
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return refusal(badRequest, fmt.Sprintf("field %s, at byte %d: %s expected, got %s", name, at+int(wrong.Offset), f.what, wrong.Value))
	}
	return err
}
