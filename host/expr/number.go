package expr

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// Number is a Python number: an int of any size or a float64.
type Number struct {
	whole *big.Int // nil = a float
	float float64
}

func intNumber(v int64) Number     { return Number{whole: big.NewInt(v)} }
func floatNumber(v float64) Number { return Number{float: v} }

// isInt reports whether the number is a Python int.
func (n Number) isInt() bool { return n.whole != nil }

// float64 returns the number as Python's float() does; false for an int beyond
// its range.
func (n Number) float64() (float64, bool) {
	if n.whole == nil {
		return n.float, true
	}
	v, _ := new(big.Float).SetInt(n.whole).Float64()
	return v, !math.IsInf(v, 0)
}

// int64 returns the number as a numpy int64; false for a float or one that does not fit.
func (n Number) int64() (int64, bool) {
	if n.whole == nil || !n.whole.IsInt64() {
		return 0, false
	}
	return n.whole.Int64(), true
}

// negative reports whether the number is below 0.
func (n Number) negative() bool {
	if n.whole != nil {
		return n.whole.Sign() < 0
	}
	return n.float < 0
}

// key names the number: equal keys are equal types and equal values.
func (n Number) key() string {
	if n.whole != nil {
		return n.whole.String()
	}
	return strconv.FormatFloat(n.float, 'x', -1, 64)
}

// parseNumber reads one of Python's literals: 5, 1_000, 0x10, 1e-12, .5; false
// for anything else.
func parseNumber(text string) (Number, bool) {
	if !underscores(text) {
		return Number{}, false
	}
	text = strings.ReplaceAll(strings.ToLower(text), "_", "")
	if len(text) > 2 && text[0] == '0' && strings.ContainsRune("xob", rune(text[1])) {
		base := map[byte]int{'x': 16, 'o': 8, 'b': 2}[text[1]]
		v, ok := new(big.Int).SetString(text[2:], base)
		return Number{whole: v}, ok && text[2] != '-' && text[2] != '+' && v.BitLen() <= maxBits
	}
	digits := strings.Trim(text, "0123456789") == ""
	if digits {
		if text[0] == '0' && strings.Trim(text, "0") != "" {
			return Number{}, false
		}
		if len(text) > maxBits/3 {
			return Number{}, false
		}
		v, ok := new(big.Int).SetString(text, 10)
		return Number{whole: v}, ok && v.BitLen() <= maxBits
	}
	if strings.ContainsAny(text, "xpni") { // hexadecimal floats, nan and inf are Go's
		return Number{}, false
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil && !math.IsInf(v, 0) {
		return Number{}, false
	}
	return floatNumber(v), true
}

// underscores reports whether each _ stands between two digits, as Python asks.
func underscores(text string) bool {
	hex := func(i int) bool {
		return i >= 0 && i < len(text) && strings.IndexByte("0123456789abcdefABCDEF", text[i]) >= 0
	}
	for i := range len(text) {
		base := i == 2 && text[0] == '0' && strings.IndexByte("xXoObB", text[1]) >= 0
		if text[i] == '_' && !(hex(i+1) && (base || hex(i-1))) {
			return false
		}
	}
	return true
}
