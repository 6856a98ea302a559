package api

import "math/rand/v2"

const (
	headerRequestID  = "X-Request-Id"
	maxRequestIDSize = 64
)

// requestID is the client's own id where it is fit to stand in a log, else a
// fresh one.
func requestID(given []byte) string {
	if len(given) == 0 || len(given) > maxRequestIDSize {
		return freshRequestID()
	}
	for i := range len(given) {
		c := given[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '_' || c == '-') {
			return freshRequestID()
		}
	}
	return string(given)
}

// freshRequestID is 128 random bits. No two are the same; that nobody can
// guess the next one is not asked of it.
func freshRequestID() string {
	const digits, half = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 13 // of 5 bits, the last of 4
	var id [2 * half]byte
	for i := 0; i < len(id); i += half {
		bits := rand.Uint64()
		for k := range half {
			id[i+k] = digits[bits&31]
			bits >>= 5
		}
	}
	return string(id[:])
}
