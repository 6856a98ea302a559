package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"

	"edgesignal/host/text"
)

// answer writes v as JSON with status 200.
func answer(c *fiber.Ctx, v any) error {
	body, err := encoded(v)
	if err != nil {
		return fmt.Errorf("encoding the answer: %w", err)
	}
	ctx := c.Context()
	ctx.SetContentType(fiber.MIMEApplicationJSON)
	ctx.Response.SetBodyRaw(body)
	return nil
}

// encoded returns v as one line of JSON. Nothing is escaped for HTML: people read
// this in a terminal, and no browser takes it for a page. What a terminal would
// obey is escaped: others may have written it.
func encoded(v any) ([]byte, error) {
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return text.VisibleJSON(body.Bytes()), err
}

// instant returns a time as answers show it: RFC 3339 in UTC, to the millisecond.
func instant(t time.Time) string { return t.UTC().Truncate(time.Millisecond).Format(time.RFC3339Nano) }

// instantOrNull returns the instant of a time, null for nil and the zero time.
func instantOrNull(t *time.Time) orNull {
	if t == nil || t.IsZero() {
		return ""
	}
	return orNull(instant(*t))
}

// rawOrNull returns b, or null where b is empty.
func rawOrNull(b json.RawMessage) json.RawMessage {
	if len(b) == 0 {
		return json.RawMessage("null")
	}
	return b
}

// orNull is a string whose JSON is null when it is empty.
type orNull string

// MarshalJSON implements json.Marshaler.
func (s orNull) MarshalJSON() ([]byte, error) {
	if s == "" {
		return []byte("null"), nil
	}
	return encoded(string(s))
}
