package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

var errNoObject = errors.New("not a JSON object")

// members calls visit for each member of a JSON text that is known to be
// valid (json.Valid); at is where the value begins. It stops at the first
// error, and is errNoObject for another kind of value.
//
// A valid text can be taken apart by looking for its brackets and quotes
// alone, which is several times as fast as json.Decoder.
func members(object string, visit func(name, value string, at int) error) error {
	i := blanks(object, 0)
	if object[i] != '{' {
		return errNoObject
	}
	seen := map[string]bool{}
	for i = blanks(object, i+1); object[i] != '}'; {
		begin := i
		i = value(object, i)
		name, err := text(object[begin:i])
		if err != nil {
			return err
		}
		at := blanks(object, blanks(object, i)+1) // past the colon
		i = value(object, at)
		if seen[name] {
			return refusal(badRequest, fmt.Sprintf("field %.100q is there twice, the second time at byte %d", name, at))
		}
		seen[name] = true
		if err := visit(name, object[at:i], at); err != nil {
			return err
		}
		if i = blanks(object, i); object[i] == ',' {
			i = blanks(object, i+1)
		}
	}
	return nil
}

// text returns what a valid JSON string says.
func text(quoted string) (string, error) {
	if s, ok := plain(quoted); ok {
		return s, nil
	}
	var s string
	err := json.Unmarshal([]byte(quoted), &s)
	return s, err
}

// plain returns what stands between the quotes of a string of ASCII without escapes.
func plain(quoted string) (string, bool) {
	if quoted[0] != '"' {
		return "", false
	}
	s := quoted[1 : len(quoted)-1]
	for i := range len(s) {
		if s[i] >= 0x80 || s[i] == '\\' {
			return "", false
		}
	}
	return s, true
}

// blanks returns the first place from i on that is no white space.
func blanks(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\t' || s[i] == '\n' || s[i] == '\r') {
		i++
	}
	return i
}

// value returns the end of the value that begins at i.
func value(s string, i int) int {
	switch s[i] {
	case '"':
		return quote(s, i)
	case '{', '[':
		for depth := 0; ; i++ {
			switch s[i] {
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			case '"':
				i = quote(s, i) - 1
			}
		}
	}
	for i < len(s) && strings.IndexByte(" \t\n\r,]}", s[i]) < 0 {
		i++
	}
	return i
}

// quote returns the end of the string that begins at i.
func quote(s string, i int) int {
	for i++; s[i] != '"'; i++ {
		if s[i] == '\\' {
			i++
		}
	}
	return i + 1
}
