package api

import (
	"fmt"
	"strings"
	"time"

	"edgesignal/host/market"
)

// parseAsOf reads the day of a request: YYYY-MM-DD, or the day that an
// RFC 3339 time shows in its own zone. "" is nil: the newest day.
func parseAsOf(text string) (*market.Date, error) {
	if text == "" {
		return nil, nil
	}
	if day, err := market.ParseDate(text); err == nil {
		return &day, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		hint := ""
		if strings.Contains(text, " ") {
			hint = " (in a URL a + must be written %2B)"
		}
		return nil, refusal(badRequest, fmt.Sprintf("%s: %.60q is neither YYYY-MM-DD nor RFC 3339%s", paramAsOf, text, hint))
	}
	day := market.DateOf(t)
	return &day, nil
}
