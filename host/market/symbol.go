package market

import (
	"errors"
	"fmt"
	"strings"
)

// maxSymbol is the longest symbol in bytes.
const maxSymbol = 32

// CanonicalSymbol is s in upper case. A symbol has 1 to 32 bytes: ASCII
// letters, digits and any of . - _ ^ = & + but no dot in front. Nothing is
// trimmed.
func CanonicalSymbol(s string) (string, error) {
	if err := checkSymbol(s); err != nil {
		return "", fmt.Errorf("symbol %.*q %w", maxSymbol+8, s, err)
	}
	return strings.ToUpper(s), nil
}

func checkSymbol(s string) error {
	switch {
	case s == "":
		return errors.New("is empty")
	case len(s) > maxSymbol:
		return fmt.Errorf("has %d bytes; the limit is %d", len(s), maxSymbol)
	case s[0] == '.':
		return errors.New("begins with a dot")
	}
	for i := range len(s) {
		if c := s[i]; !symbolByte(c) {
			return fmt.Errorf("has %q at byte %d; letters, digits and . - _ ^ = & + are allowed", c, i)
		}
	}
	return nil
}

func symbolByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte(".-_^=&+", c) >= 0
}
