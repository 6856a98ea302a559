package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// jsonBody is the body of a request that must be JSON. It is valid until the
// handler returns.
func jsonBody(c *fiber.Ctx) ([]byte, error) {
	given := c.Get(fiber.HeaderContentType)
	media, params, err := mime.ParseMediaType(given)
	charset := params["charset"]
	switch {
	case given == "":
		return nil, refusal(unsupportedMediaType, "Content-Type is missing; application/json is expected")
	case err != nil || media != fiber.MIMEApplicationJSON || charset != "" && !strings.EqualFold(charset, "utf-8"):
		return nil, refusal(unsupportedMediaType, fmt.Sprintf("Content-Type %.100q; application/json is expected", given))
	}
	if e := c.Get(fiber.HeaderContentEncoding); e != "" && !strings.EqualFold(e, "identity") {
		return nil, refusal(unsupportedMediaType, fmt.Sprintf("Content-Encoding %.100q; the body must be sent as it is", e))
	}
	return c.Context().PostBody(), nil
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
	var all json.RawMessage
	if err := json.Unmarshal(body, &all); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return refusal(badRequest, fmt.Sprintf("the body is not one JSON value: %v, at byte %d", syntax, syntax.Offset))
		}
		return refusal(badRequest, fmt.Sprintf("the body is not one JSON value: %v", err))
	}
	err := members(body, func(name string, value json.RawMessage, at int) error {
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

func decodeValue(name string, value json.RawMessage, at int, f field) error {
	err := json.Unmarshal(value, f.to)
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return refusal(badRequest, fmt.Sprintf("field %s, at byte %d: %s expected, got %s", name, at+int(wrong.Offset), f.what, wrong.Value))
	}
	return err
}

var errNoObject = errors.New("not a JSON object")

// members calls visit for each member of a JSON object that is known to be
// well-formed; at is where the value begins. It stops at the first error.
func members(object []byte, visit func(name string, value json.RawMessage, at int) error) error {
	dec := json.NewDecoder(bytes.NewReader(object))
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return errNoObject
	}
	seen := map[string]bool{}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return err
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return err
		}
		key, at := name.(string), int(dec.InputOffset())-len(value)
		if seen[key] {
			return refusal(badRequest, fmt.Sprintf("field %.100q is there twice, the second time at byte %d", key, at))
		}
		seen[key] = true
		if err := visit(key, value, at); err != nil {
			return err
		}
	}
	return nil
}
