package api

import (
	"fmt"
	"strings"
	"time"

	"edgesignal/host/market"
)

// parseDay reads a day of a request: YYYY-MM-DD, or the day that an RFC 3339
// time shows in its own zone. "" is nil.
func parseDay(field, text string) (*market.Date, error) {
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
		return nil, refusal(badRequest, fmt.Sprintf("%s: %.60q is neither YYYY-MM-DD nor RFC 3339%s", field, text, hint))
	}
	day := market.DateOf(t)
	return &day, nil
}
