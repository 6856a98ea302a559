// Package rule is what a portfolio rule in Go needs for EdgeSignal's rule ABI
// 1: the exports, the buffers, a reader of flat parameters, and errors with a
// status. It is one file that imports only the standard library; it also
// builds outside wasm, so that a rule can be tested with go test.
//
// A rule is two functions, registered by a package variable (main does not run
// in a rule):
//
//	var _ = rule.Register(configure, construct)
//
//	func main() {}
package rule

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"
)

// Input is one day's data over n symbols, in ascending order of their names.
// The slices have n values each and lie in the memory that the host filled:
// they may be overwritten, and are gone when the call ends.
type Input struct {
	Predictions []float64
	Ranks       []float64   // 1 = the highest prediction
	Columns     [][]float64 // in the order of meta.json's columns; NaN = missing
}

// Error is the rule's own error: the request fails with Message.
type Error struct {
	Status  int32 // 1 to 99
	Message string
}

func (e *Error) Error() string { return e.Message }

// Fail returns an *Error. An error of any other type has status 1.
func Fail(status int32, message string) error { return &Error{status, message} }

// Registration is what Register returns, to be given to a package variable.
type Registration struct{}

// constructor is a rule's construct with the parameters of one call.
type constructor = func(in Input, weights []float64) error

var (
	registered func(Params) (constructor, error)
	configured constructor // by the call at hand
)

// Register sets what the host calls. configure reads the parameters: one that
// is not there has its default. construct writes the weight of symbol i, a
// fraction of capital, to weights[i]; the host refuses any that is left NaN.
//
// Each call begins with the state right after the package variables were
// initialised: nothing that a call leaves anywhere is there in the next.
func Register[P any](configure func(Params) (P, error), construct func(p P, in Input, weights []float64) error) Registration {
	registered = func(params Params) (constructor, error) {
		p, err := configure(params)
		return func(in Input, weights []float64) error { return construct(p, in, weights) }, err
	}
	return Registration{}
}

// Log writes one line. The host shows the lines of a call that fails.
func Log(line string) {
	print(strings.ReplaceAll(line, "\n", " ") + "\n") // standard error is the host's log
}

// status returns what an export answers for err; its message is the last log line.
func status(err error) int32 {
	if err == nil {
		return 0
	}
	Log(err.Error())
	var own *Error
	switch {
	case !errors.As(err, &own):
		return 1
	case own.Status < 1 || own.Status > 99:
		return -1 // not a status: a fault, and never the 0 of success
	}
	return own.Status
}

// ---- exports ----

//go:wasmexport rule_abi_1
func marker() {}

// The host's buffers, of uint64 so that they are aligned to 8. They come from
// the reserve while they fit into it, 256 KiB: a memory that grows during a
// call costs the host a new instance. The others are kept from the collector.
var (
	reserve [32 << 10]uint64
	free    = reserve[:]
	kept    [][]uint64
)

//go:wasmexport rule_alloc
func alloc(size uint32) unsafe.Pointer {
	n := max(1, (uint64(size)+7)/8)
	if n <= uint64(len(free)) {
		at := unsafe.Pointer(&free[0])
		free = free[n:]
		return at
	}
	b := make([]uint64, n)
	kept = append(kept, b)
	return unsafe.Pointer(&b[0])
}

//go:wasmexport rule_configure
func ruleConfigure(json unsafe.Pointer, size uint32) int32 {
	var err error
	configured, err = registered(ParseParams(string(unsafe.Slice((*byte)(json), size))))
	return status(err)
}

//go:wasmexport rule_construct
func ruleConstruct(n, ncols uint32, in, out unsafe.Pointer) int32 {
	floats := unsafe.Slice((*float64)(in), n*ncols)
	columns := make([][]float64, ncols)
	for c := range columns {
		columns[c] = floats[uint32(c)*n:][:n:n]
	}
	input := Input{Predictions: columns[0], Ranks: columns[1], Columns: columns[2:]}
	return status(configured(input, unsafe.Slice((*float64)(out), n)))
}

// ---- parameters: one flat JSON object ----

// Params are the parameters of a call. Nested ones are for encoding/json, with
// which a module has 3 MB instead of 2 and takes twice as long to compile.
type Params struct{ json string }

// ParseParams takes a JSON object. Only tests need it: the host hands over
// valid JSON with each key once.
func ParseParams(json string) Params { return Params{json} }

// JSON returns the object as the host wrote it.
func (p Params) JSON() string { return p.json }

// Number returns the number under key, or fallback where key is not there.
func (p Params) Number(key string, fallback float64) (float64, error) {
	value, found := p.value(key)
	if !found {
		return fallback, nil
	}
	v, err := strconv.ParseFloat(value, 64)
	if err != nil || strings.Trim(value, "+-.0123456789eE") != "" { // ParseFloat also knows inf and hexadecimal
		return 0, errors.New(key + " is not a number")
	}
	return v, nil
}

// Bool returns the true or false under key, or fallback where key is not there.
func (p Params) Bool(key string, fallback bool) (bool, error) {
	switch value, found := p.value(key); {
	case !found:
		return fallback, nil
	case value == "true" || value == "false":
		return value == "true", nil
	}
	return false, errors.New(key + " is not true or false")
}

// Text returns the string under key, or fallback where key is not there.
func (p Params) Text(key, fallback string) (string, error) {
	value, found := p.value(key)
	if !found {
		return fallback, nil
	}
	if text, ok := unquote(value); ok {
		return text, nil
	}
	return "", errors.New(key + " is not a text")
}

// value returns the JSON under key, compared as it stands between its quotes.
func (p Params) value(key string) (value string, found bool) {
	rest, ok := strings.CutPrefix(trim(p.json), "{")
	for ok {
		rest = trim(rest)
		end := valueEnd(rest, ':')
		if end == len(rest) {
			break
		}
		name := trim(rest[:end])
		rest = rest[end+1:]
		end = valueEnd(rest, ',')
		if name == `"`+key+`"` {
			return trim(rest[:end]), true
		}
		if ok = end < len(rest) && rest[end] == ','; ok {
			rest = rest[end+1:]
		}
	}
	return "", false
}

func trim(s string) string { return strings.Trim(s, " \t\r\n") }

// valueEnd returns where the value that s begins with ends: at stop or at the
// bracket that closes what it is in, or len(s).
func valueEnd(s string, stop byte) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			for i++; i < len(s) && s[i] != '"'; i++ {
				if s[i] == '\\' {
					i++
				}
			}
		case c == stop && depth == 0:
			return i
		case c == '[' || c == '{':
			depth++
		case c == ']' || c == '}':
			if depth == 0 {
				return i
			}
			depth--
		}
	}
	return len(s)
}

// unquote returns the text of a JSON string.
func unquote(s string) (text string, ok bool) {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return "", false
	}
	s = s[1 : len(s)-1]
	var b []byte
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			b = append(b, s[i])
			continue
		}
		if i++; i == len(s) {
			return "", false
		}
		if s[i] == 'u' {
			r, used := unicodeEscape(s[i-1:])
			if used == 0 {
				return "", false
			}
			b = utf8.AppendRune(b, r)
			i += used - 2
			continue
		}
		k := strings.IndexByte(`"\/bfnrt`, s[i])
		if k < 0 {
			return "", false
		}
		b = append(b, "\"\\/\b\f\n\r\t"[k])
	}
	return string(b), true
}

// unicodeEscape reads the \uXXXX, or the surrogate pair of two, that s begins
// with, and says how many bytes it took; 0 = none. Half a pair is U+FFFD.
func unicodeEscape(s string) (r rune, used int) {
	unit := func(s string) (rune, bool) {
		if len(s) < 6 || s[:2] != `\u` {
			return 0, false
		}
		v, err := strconv.ParseUint(s[2:6], 16, 16)
		return rune(v), err == nil
	}
	r, ok := unit(s)
	if !ok {
		return 0, 0
	}
	if low, ok := unit(s[6:]); ok {
		if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
			return pair, 12
		}
	}
	return r, 6 // AppendRune makes U+FFFD of a surrogate
}
