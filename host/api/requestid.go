package api

import "crypto/rand"

const (
	headerRequestID  = "X-Request-Id"
	maxRequestIDSize = 64
)

// requestID is the client's own id where it is fit to stand in a log, else a
// fresh one.
func requestID(given []byte) string {
	if len(given) == 0 || len(given) > maxRequestIDSize {
		return rand.Text()
	}
	for i := range len(given) {
		c := given[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '_' || c == '-') {
			return rand.Text()
		}
	}
	return string(given)
}
