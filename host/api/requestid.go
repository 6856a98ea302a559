package api

import "math/rand/v2"

const (
	headerRequestID  = "X-Request-Id"
	maxRequestIDSize = 64
)

// appendRequestID writes the client's own id where it is short and plain enough
// for a log, else a fresh one.
func appendRequestID(b, given []byte) []byte {
	if len(given) == 0 || len(given) > maxRequestIDSize {
		return appendFreshRequestID(b)
	}
	for i := range len(given) {
		c := given[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '_' || c == '-') {
			return appendFreshRequestID(b)
		}
	}
	return append(b, given...)
}

// appendFreshRequestID writes 128 random bits, enough that no two are the same.
// They need not be hard to guess.
func appendFreshRequestID(b []byte) []byte {
	const digits, half = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 13 // of 5 bits, the last of 4
	for range 2 {
		bits := rand.Uint64()
		for range half {
			b = append(b, digits[bits&31])
			bits >>= 5
		}
	}
	return b
}
