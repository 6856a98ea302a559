package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"strings"

	"github.com/gofiber/fiber/v2"

	"edgesignal/host/api/body"
	"edgesignal/host/rule"
)

// tryForm is the multipart/form-data body of POST /api/v1/rules/try.
type tryForm struct {
	module   []byte // valid until the handler returns
	params   rule.Params
	strategy string
	asOf     string
	symbols  []string // nil = the strategy's universe
	previous []holding
}

// maxTryFields is how many parts such a body may have: its six fields, and
// symbols one by one.
const maxTryFields = maxSymbols + 6

func readTryForm(c *fiber.Ctx) (*tryForm, error) {
	given := header(c, fiber.HeaderContentType)
	media, params, err := mime.ParseMediaType(given)
	if err != nil || media != fiber.MIMEMultipartForm || params["boundary"] == "" {
		return nil, refusal(unsupportedMediaType, fmt.Sprintf("Content-Type %.100q; multipart/form-data with a boundary is expected", given))
	}
	f := &tryForm{}
	seen := map[string]bool{}
	parts := multipart.NewReader(bytes.NewReader(c.Context().PostBody()), params["boundary"])
	for n := 0; ; n++ {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return f, nil
		}
		if err != nil {
			return nil, refusal(badRequest, fmt.Sprintf("the body is no multipart/form-data: %v", err))
		}
		if n == maxTryFields {
			return nil, refusal(badRequest, fmt.Sprintf("the body has more than %d parts", maxTryFields))
		}
		name := part.FormName()
		if seen[name] && name != paramSymbols {
			return nil, refusal(badRequest, fmt.Sprintf("field %.100q is there twice", name))
		}
		seen[name] = true
		value, err := io.ReadAll(part)
		if err != nil {
			return nil, refusal(badRequest, fmt.Sprintf("field %.100q: %v", name, err))
		}
		if err := f.set(name, value); err != nil {
			return nil, err
		}
	}
}

func (f *tryForm) set(name string, value []byte) (err error) {
	switch name {
	case "module":
		f.module = value
	case "params":
		var object json.RawMessage
		if object, err = jsonObject(name, value); err == nil {
			f.params, err = readParams(object)
		}
	case paramStrategy:
		f.strategy = string(value)
	case paramAsOf:
		f.asOf = string(value)
	case paramSymbols:
		for symbol := range strings.SplitSeq(string(value), ",") {
			f.symbols = append(f.symbols, strings.TrimSpace(symbol))
		}
	case "previous_weights":
		var object json.RawMessage
		if object, err = jsonObject(name, value); err == nil {
			f.previous, err = holdings(object)
		}
	default:
		err = refusal(badRequest, fmt.Sprintf("unknown field %.100q: this path takes module, params, strategy, as_of_date, symbols, previous_weights", name))
	}
	return err
}

// jsonObject returns the value of a field that must be a JSON object without a
// name that stands twice.
func jsonObject(field string, value []byte) (json.RawMessage, error) {
	var all json.RawMessage
	if err := json.Unmarshal(value, &all); err != nil {
		return nil, refusal(badRequest, fmt.Sprintf("field %s is not JSON: %v", field, err))
	}
	return all, body.Object(field, all, func(string, string) error { return nil })
}
