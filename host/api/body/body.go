// Package body reads the JSON object that a request brings, strictly: its
// names are compared exactly, and one that is unknown or stands twice is an
// error. It knows no route and no HTTP.
package body

import (
	"encoding/json"
	"errors"
	"fmt"

	"edgesignal/host/strictjson"
)

// Error says what a body holds that it must not.
type Error struct{ Detail string }

func (e *Error) Error() string { return e.Detail }

// Errorf makes an Error.
func Errorf(format string, args ...any) error { return &Error{fmt.Sprintf(format, args...)} }

// Field says where a member of an object goes.
type Field struct {
	To   any    // a pointer, as json.Unmarshal takes it
	What string // what is expected, for errors
}

// Decode reads one JSON object into its fields, by name. Error: *Error.
func Decode(body []byte, fields map[string]Field) error {
	text := string(body)
	if ok, err := decodePlain(text, fields); ok {
		return err
	}
	if !json.Valid(body) {
		return notJSON(body)
	}
	err := strictjson.Members(text, func(name, value string, at int) error {
		f, ok := fields[name]
		if !ok {
			return Errorf("unknown field %.100q, at byte %d", name, at)
		}
		return decodeValue(name, value, at, f)
	})
	var twice *strictjson.DuplicateError
	switch {
	case errors.Is(err, strictjson.ErrNoObject):
		return Errorf("the body is not a JSON object")
	case errors.As(err, &twice):
		return Errorf("%v", twice)
	}
	return err
}

// notJSON says what is wrong with a body that is no JSON.
func notJSON(body []byte) error {
	var all json.RawMessage
	err := json.Unmarshal(body, &all)
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return Errorf("the body is not one JSON value: %v, at byte %d", syntax, syntax.Offset)
	}
	return Errorf("the body is not one JSON value: %v", err)
}

func decodeValue(name, value string, at int, f Field) error {
	if list, ok := f.To.(*[]string); ok {
		// A thousand symbols are most of a large body.
		if plain, ok := (&plainText{s: value}).list(); ok {
			*list = plain
			return nil
		}
	}
	err := json.Unmarshal([]byte(value), f.To)
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return Errorf("field %s, at byte %d: %s expected, got %s", name, at+int(wrong.Offset), f.What, wrong.Value)
	}
	return err
}

// Object calls visit for each member of a field whose value is an object, null
// or absent, and known to be valid JSON. It stops at the first error.
func Object(field string, object json.RawMessage, visit func(name, value string) error) error {
	if len(object) == 0 || string(object) == "null" {
		return nil
	}
	err := strictjson.Members(string(object), func(name, value string, _ int) error { return visit(name, value) })
	var refused *Error
	var twice *strictjson.DuplicateError
	switch {
	case errors.Is(err, strictjson.ErrNoObject):
		return Errorf("field %s: an object expected, got %.100s", field, object)
	case errors.As(err, &twice), errors.As(err, &refused):
		return Errorf("in %s: %v", field, err)
	}
	return err
}
