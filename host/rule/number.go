package rule

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// What a number among the parameters may be. Every reader must take it for the
// same double: the schema, which calculates with doubles, and the reader in a
// rule, which may be a simple one. A double has at most 17 significant digits
// and lies between 10^-324 and 10^309.
const (
	maxDigits   = 17
	maxExponent = 324
	// Between these a number is written out. A simple reader takes no whole
	// number above 2^53 without an exponent.
	minPlain, maxPlain = 1e-15, 1 << 53
)

// readNumber returns a valid JSON number in canonical form, and its value. A
// number without an exponent is canonical as it is written; one with an
// exponent is written out where it is not too long, so that 1e6 is 1000000.
func readNumber(text string) (canonical string, v float64, err error) {
	v, err = strconv.ParseFloat(text, 64)
	if err != nil {
		return "", 0, fmt.Errorf("number %.40s is beyond a double", text)
	}
	mantissa, exponent, scientific := cutExponent(text)
	digits := strings.Trim(strings.Replace(strings.TrimPrefix(mantissa, "-"), ".", "", 1), "0")
	switch {
	case len(digits) > maxDigits:
		return "", 0, fmt.Errorf("number %.40s has %d significant digits, a double at most %d", text, len(digits), maxDigits)
	case v == 0 && digits != "":
		return "", 0, fmt.Errorf("number %.40s is too small for a double", text)
	}
	if !scientific {
		if !strings.Contains(text, ".") && strconv.FormatFloat(v, 'f', -1, 64) != text {
			return "", 0, fmt.Errorf("number %.40s is no whole number that a double holds", text)
		}
		return text, v, nil
	}
	if power, err := strconv.Atoi(exponent); err != nil || power < -maxExponent || power > maxExponent {
		return "", 0, fmt.Errorf("number %.40s has an exponent beyond %d", text, maxExponent)
	}
	if size := math.Abs(v); v == 0 || size >= minPlain && size <= maxPlain {
		return strconv.FormatFloat(v, 'f', -1, 64), v, nil
	}
	return strconv.FormatFloat(v, 'e', -1, 64), v, nil
}

func cutExponent(text string) (mantissa, exponent string, found bool) {
	i := strings.IndexAny(text, "eE")
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+1:], true
}
