package api

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// The query parameters there are.
const (
	paramSymbols  = "symbols"
	paramStrategy = "strategy"
	paramAsOf     = "as_of_date"
	paramMinDay   = "min_data_as_of"
)

// query are the parameters of a URL, in the order in which they stand there.
type query map[string][]string

// queryOf reads the parameters of a URL. One that is not in known is an
// error, for whoever misspells "symbols" must not be given the whole book, and
// so is one that is given twice, except for symbols.
//
// It reads a copy, not fiber's view of the request: the strings may be kept.
func queryOf(c *fiber.Ctx, known ...string) (query, error) {
	text := c.Context().URI().QueryString()
	if len(text) == 0 {
		return nil, nil
	}
	q := query{}
	for pair := range strings.SplitSeq(string(text), "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name, nameErr := url.QueryUnescape(name)
		value, valueErr := url.QueryUnescape(value)
		switch {
		case nameErr != nil:
			return nil, refusal(badRequest, fmt.Sprintf("query: %v", nameErr))
		case valueErr != nil:
			return nil, refusal(badRequest, fmt.Sprintf("query parameter %q: %v", name, valueErr))
		case len(known) == 0:
			return nil, refusal(badRequest, fmt.Sprintf("unknown query parameter %.100q: this path takes none", name))
		case !slices.Contains(known, name):
			return nil, refusal(badRequest, fmt.Sprintf("unknown query parameter %.100q: this path takes %s", name, strings.Join(known, ", ")))
		case len(q[name]) > 0 && name != paramSymbols:
			return nil, refusal(badRequest, fmt.Sprintf("query parameter %q is given twice", name))
		}
		q[name] = append(q[name], value)
	}
	return q, nil
}

// one returns the value of a parameter, "" when it is not given.
func (q query) one(name string) string {
	if len(q[name]) == 0 {
		return ""
	}
	return q[name][0]
}

// list returns all values of a parameter, each split at its commas and trimmed;
// nil when it is not given at all.
func (q query) list(name string) []string {
	var all []string
	for _, value := range q[name] {
		for item := range strings.SplitSeq(value, ",") {
			all = append(all, strings.TrimSpace(item))
		}
	}
	return all
}
