// Package decimal writes numbers as answers show them: the shortest decimal
// that reads back to the same float64, in JSON's grammar.
package decimal

import (
	"math"
	"strconv"
)

// Append writes a finite v to b as encoding/json does (ECMAScript's form:
// an exponent below 1e-6 and from 1e21 on), and -0 as 0: an answer has one
// kind of zero.
func Append(b []byte, v float64) []byte {
	if v == 0 {
		return append(b, '0')
	}
	if abs := math.Abs(v); abs >= 1e-6 && abs < 1e21 {
		return strconv.AppendFloat(b, v, 'f', -1, 64)
	}
	b = strconv.AppendFloat(b, v, 'e', -1, 64)
	// e-09 is e-9 there.
	if n := len(b); n >= 4 && b[n-4] == 'e' && (b[n-3] == '-' || b[n-3] == '+') && b[n-2] == '0' {
		b[n-2] = b[n-1]
		b = b[:n-1]
	}
	return b
}
