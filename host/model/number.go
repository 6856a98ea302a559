package model

import (
	"bytes"
	"math"
	"strconv"
)

// maxToken is longer than any number LightGBM writes (%.17g: 24 bytes).
const maxToken = 32

// countTokens returns the number of values between single spaces.
func countTokens(list []byte) int {
	if len(list) == 0 {
		return 0
	}
	return bytes.Count(list, []byte(" ")) + 1
}

// eachToken gives the values between single spaces to take, in order, until it
// returns an error.
func eachToken(list []byte, take func(i int, tok []byte) error) error {
	if len(list) == 0 {
		return nil
	}
	for i := 0; ; i++ {
		end := bytes.IndexByte(list, ' ')
		if end < 0 {
			return take(i, list)
		}
		if err := take(i, list[:end]); err != nil {
			return err
		}
		list = list[end+1:]
	}
}

// parseInt reads a decimal number of at most 32 bits with its sign.
func parseInt(tok []byte) (n int, ok bool) {
	if len(tok) > maxToken {
		return 0, false
	}
	v, err := strconv.ParseInt(string(tok), 10, 32)
	return int(v), err == nil
}

// parseUint32 reads a decimal number without a sign.
func parseUint32(tok []byte) (n uint32, ok bool) {
	if len(tok) > maxToken {
		return 0, false
	}
	v, err := strconv.ParseUint(string(tok), 10, 32)
	return uint32(v), err == nil
}

// parseFinite reads a finite decimal number, correctly rounded as LightGBM
// reads leaf values and thresholds.
func parseFinite(tok []byte) (x float64, ok bool) {
	if len(tok) > maxToken {
		return 0, false
	}
	for _, c := range tok {
		// strconv knows more spellings (hexadecimal, nan, digit groups).
		if (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return 0, false
		}
	}
	x, err := strconv.ParseFloat(string(tok), 64)
	return x, err == nil
}

// parseThreshold reads a number that may be infinite: a split that sends every
// number left is written as inf.
func parseThreshold(tok []byte) (x float64, ok bool) {
	switch string(tok) {
	case "inf":
		return math.Inf(1), true
	case "-inf":
		return math.Inf(-1), true
	}
	return parseFinite(tok)
}
