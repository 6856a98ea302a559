package market

import (
	"errors"
	"fmt"
	"strings"
)

// maxSymbol is the longest symbol in bytes.
const maxSymbol = 32

// CanonicalSymbol returns s in upper case. A symbol has 1 to 32 bytes: ASCII
// letters, digits and any of . - _ ^ = & + but no dot in front. Nothing is
// trimmed.
func CanonicalSymbol(s string) (string, error) {
	lower, err := checkSymbol(s)
	if err != nil {
		return "", fmt.Errorf("symbol %.*q %w", maxSymbol+8, s, err)
	}
	if lower {
		s = strings.ToUpper(s)
	}
	return s, nil
}

// checkSymbol also reports whether s has a lower-case letter.
func checkSymbol(s string) (lower bool, err error) {
	switch {
	case s == "":
		return false, errors.New("is empty")
	case len(s) > maxSymbol:
		return false, fmt.Errorf("has %d bytes; the limit is %d", len(s), maxSymbol)
	case s[0] == '.':
		return false, errors.New("begins with a dot")
	}
	for i := range len(s) {
		c := s[i]
		switch {
		case 'A' <= c && c <= 'Z' || '0' <= c && c <= '9':
		case 'a' <= c && c <= 'z':
			lower = true
		case strings.IndexByte(".-_^=&+", c) < 0:
			return false, fmt.Errorf("has %q at byte %d; letters, digits and . - _ ^ = & + are allowed", c, i)
		}
	}
	return lower, nil
}
