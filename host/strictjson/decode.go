package strictjson

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// Error says what is wrong with a JSON text, and where.
type Error struct {
	Problem string
	Name    string // that the text itself has, and that the problem is about; "" = none
	Path    string // to it, of names that the reader knows and of indices; "" = the text as a whole
	At      int    // byte
}

func (e *Error) Error() string {
	text := e.Problem
	if e.Name != "" {
		text += fmt.Sprintf(" %.100q", e.Name)
	}
	return e.where(text)
}

// Nameless returns the error without anything that stands in the text, for a
// text whose contents are nobody's business.
func (e *Error) Nameless() string { return e.where(e.Problem) }

func (e *Error) where(text string) string {
	if e.Path != "" {
		text = strings.TrimPrefix(e.Path, ".") + ": " + text
	}
	return fmt.Sprintf("%s, at byte %d", text, e.At)
}

// Decode reads one JSON value into v, a pointer, as encoding/json does, and
// refuses what that lets pass: a name of a struct's field in another case, an
// unknown name, a name that stands twice in any object, text after the value,
// and null where a number, a string, a truth value or a struct belongs. A
// pointer, a list, a map, and a type that unmarshals itself may be null.
// Error: *Error.
func Decode(text []byte, v any) error {
	if err := valid(text); err != nil {
		return err
	}
	s := string(text)
	t := reflect.TypeOf(v).Elem()
	if err := walk(s[SkipBlanks(s, 0):], SkipBlanks(s, 0), t); err != nil {
		return err
	}
	err := json.Unmarshal(text, v)
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong): // a number that does not fit
		return &Error{Problem: "a value that " + kindOf(wrong.Type) + " cannot hold", At: int(wrong.Offset)}
	case err != nil:
		return &Error{Problem: err.Error()}
	}
	return nil
}

// Check returns nil for one JSON value in which no object has a name twice.
// Error: *Error.
func Check(text []byte) error {
	if err := valid(text); err != nil {
		return err
	}
	s := string(text)
	return unique(s[SkipBlanks(s, 0):], SkipBlanks(s, 0))
}

func valid(text []byte) error {
	if json.Valid(text) {
		return nil
	}
	var raw json.RawMessage
	err := json.Unmarshal(text, &raw)
	e := &Error{Problem: "not JSON", At: len(text)}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		e.At = int(syntax.Offset)
	}
	switch {
	case len(strings.TrimSpace(string(text))) == 0:
		e.Problem = "nothing: JSON is expected"
	case e.At >= len(text) && strings.Contains(err.Error(), "unexpected end"):
		e.Problem = "not JSON: it ends too early"
	case strings.Contains(err.Error(), "after top-level value"):
		e.Problem = "text after the JSON value"
	}
	return e
}

var (
	unmarshaler = reflect.TypeFor[json.Unmarshaler]()
	raw         = reflect.TypeFor[json.RawMessage]()
)

// walk holds a valid JSON value against the type that it is for. The value
// begins at byte at of the text and may be followed by more.
func walk(s string, at int, t reflect.Type) error {
	null := s[0] == 'n'
	if t == raw || t.Kind() == reflect.Interface {
		return unique(s, at)
	}
	if t.Kind() == reflect.Pointer {
		if null {
			return nil
		}
		return walk(s, at, t.Elem())
	}
	own := reflect.PointerTo(t).Implements(unmarshaler)
	if null {
		if own || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
			return nil
		}
		return &Error{Problem: "null where " + kindOf(t) + " belongs", At: at}
	}
	if want, got := kindOf(t), kindOfText(s[0]); want != got && !(own && (want == "an object" || want == "a list")) {
		return &Error{Problem: got + " where " + want + " belongs", At: at}
	}
	switch {
	case own:
		return unique(s, at)
	case t.Kind() == reflect.Struct:
		return walkStruct(s, at, t)
	case t.Kind() == reflect.Map:
		return members(s, at, func(_, value string, vat int) error { return within("[...]", walk(value, vat, t.Elem())) })
	case t.Kind() == reflect.Slice:
		want := kindOf(t.Elem())
		plain := want == "a number" || want == "a string" // most of a large text is lists of these
		return elements(s, at, func(i int, value string, vat int) error {
			if plain && kindOfText(value[0]) == want {
				return nil
			}
			if err := walk(value, vat, t.Elem()); err != nil {
				return within(fmt.Sprintf("[%d]", i), err)
			}
			return nil
		})
	}
	return nil
}

func walkStruct(s string, at int, t reflect.Type) error {
	fields := fieldsOf(t)
	return members(s, at, func(name, value string, vat int) error {
		f, ok := fields[name]
		if !ok {
			return &Error{Problem: "unknown field", Name: name, At: vat}
		}
		return within("."+name, walk(value, vat, f))
	})
}

func fieldsOf(t reflect.Type) map[string]reflect.Type {
	fields := make(map[string]reflect.Type, t.NumField())
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" {
			name = f.Name
		}
		if f.IsExported() && name != "-" {
			fields[name] = f.Type
		}
	}
	return fields
}

// within adds a step to the path of an Error.
func within(step string, err error) error {
	var e *Error
	if errors.As(err, &e) {
		e.Path = step + e.Path
	}
	return err
}

// unique holds a valid JSON value against one thing: no name stands twice.
func unique(s string, at int) error {
	switch s[0] {
	case '{':
		return members(s, at, func(_, value string, vat int) error { return unique(value, vat) })
	case '[':
		return elements(s, at, func(_ int, value string, vat int) error { return unique(value, vat) })
	}
	return nil
}

func members(s string, at int, visit func(name, value string, at int) error) error {
	err := Members(s, func(name, value string, i int) error { return visit(name, value, at+i) })
	var twice *DuplicateError
	if errors.As(err, &twice) {
		return &Error{Problem: "there twice is the field", Name: twice.Name, At: at + twice.At}
	}
	return err
}

func elements(s string, at int, visit func(i int, value string, at int) error) error {
	return Elements(s, func(k int, value string, i int) error { return visit(k, value, at+i) })
}

func kindOf(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "a string"
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Slice, reflect.Array:
		return "a list"
	}
	return "a number"
}

func kindOfText(first byte) string {
	switch first {
	case 't', 'f':
		return "true or false"
	case '"':
		return "a string"
	case '{':
		return "an object"
	case '[':
		return "a list"
	case 'n':
		return "null"
	}
	return "a number"
}
