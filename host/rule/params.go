package rule

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"edgesignal/host/strictjson"
)

// Params are the parameters of a rule: one JSON object of at most
// MaxParamsBytes, read once and kept in its canonical form, which is what a
// guest gets: keys sorted at every level and each there once, no white space,
// numbers as readNumber writes them. The zero value is {}. They never change.
type Params struct {
	members  []param // ascending by name
	text     string  // canonical; "" = {}
	accepted *schema // that they were held against; nil = none
}

// param is one member of the object.
type param struct {
	name, text string // text is canonical, of name and value: "n":3
	value      any    // as the schema sees it: numbers as float64
	values     int    // JSON values in it
}

// ParseParams reads a JSON object ("" = {}). Error: *ParamsError; where the
// text is not one JSON object with each name once, it wraps that of json or
// strictjson.
func ParseParams(text []byte) (Params, error) {
	if len(text) == 0 {
		return Params{}, nil
	}
	if len(text) > MaxParamsBytes {
		return Params{}, badParams("%d bytes, at most %d", len(text), MaxParamsBytes)
	}
	var raw json.RawMessage // says better than json.Valid what is wrong
	if err := json.Unmarshal(text, &raw); err != nil {
		return Params{}, &ParamsError{Fields: []FieldError{{Message: "not JSON: " + err.Error()}}, cause: err}
	}
	var members []param
	err := strictjson.Members(string(text), func(name, value string, _ int) error {
		b := append(quoted(nil, name), ':')
		b, v, n, err := read(b, value, name)
		members = append(members, param{name, string(b), v, n})
		return err
	})
	var bad *ParamsError
	switch {
	case errors.As(err, &bad):
		return Params{}, bad
	case err != nil:
		return Params{}, &ParamsError{Fields: []FieldError{{Message: err.Error()}}, cause: err}
	}
	slices.SortFunc(members, byName)
	return paramsOf(members)
}

func byName(a, b param) int { return cmp.Compare(a.name, b.name) }

func paramsOf(members []param) (Params, error) {
	if len(members) == 0 {
		return Params{}, nil
	}
	p := Params{members: members}
	var b strings.Builder
	for i, m := range members {
		b.WriteByte("{,"[min(i, 1)])
		b.WriteString(m.text)
	}
	b.WriteByte('}')
	if p.text = b.String(); len(p.text) > MaxParamsBytes {
		return Params{}, badParams("%d bytes in canonical form, at most %d", len(p.text), MaxParamsBytes)
	}
	return p, nil
}

// With lays other parameters over p: theirs win, name by name. Error:
// *ParamsError where the result is too long.
func (p Params) With(over Params) (Params, error) {
	switch {
	case len(over.members) == 0:
		return p, nil
	case len(p.members) == 0:
		return over, nil
	}
	members := make([]param, 0, len(p.members)+len(over.members))
	members = append(members, over.members...)
	for _, m := range p.members {
		if !over.Has(m.name) {
			members = append(members, m)
		}
	}
	slices.SortFunc(members, byName)
	return paramsOf(members)
}

// Has reports whether there is a parameter of that name.
func (p Params) Has(name string) bool {
	_, ok := slices.BinarySearchFunc(p.members, name, func(m param, name string) int { return cmp.Compare(m.name, name) })
	return ok
}

// Empty reports whether there are no parameters.
func (p Params) Empty() bool { return len(p.members) == 0 }

// String returns the canonical JSON.
func (p Params) String() string {
	if p.text == "" {
		return "{}"
	}
	return p.text
}

// JSON returns the canonical JSON.
func (p Params) JSON() json.RawMessage { return json.RawMessage(p.String()) }

// Digest returns the SHA-256 of the canonical JSON.
func (p Params) Digest() [sha256.Size]byte { return sha256.Sum256([]byte(p.String())) }

// MarshalJSON implements json.Marshaler.
func (p Params) MarshalJSON() ([]byte, error) { return p.JSON(), nil }

// UnmarshalJSON implements json.Unmarshaler. null is {}, as if it were not there.
func (p *Params) UnmarshalJSON(text []byte) (err error) {
	if string(text) == "null" {
		*p = Params{}
		return nil
	}
	*p, err = ParseParams(text)
	return err
}

// GobEncode implements gob.GobEncoder: the gate's child gets the text.
func (p Params) GobEncode() ([]byte, error) { return []byte(p.String()), nil }

// GobDecode implements gob.GobDecoder.
func (p *Params) GobDecode(text []byte) (err error) {
	*p, err = ParseParams(text)
	return err
}

// object returns the parameters as the schema sees them, and how many JSON
// values they have.
func (p Params) object() (object map[string]any, values int) {
	object, values = make(map[string]any, len(p.members)), 1
	for _, m := range p.members {
		object[m.name] = m.value
		values += m.values
	}
	return object, values
}

// Accept holds parameters against the rule's schema, and returns them marked
// so that Accept does it once only. Error: a *ParamsError that lists each field.
func (m *Module) Accept(p Params) (Params, error) {
	if p.accepted == m.schema {
		return p, nil
	}
	if err := m.schema.check(p.object()); err != nil {
		return Params{}, err
	}
	p.accepted = m.schema
	return p, nil
}

// read appends the canonical form of a JSON value that is known to be valid,
// and returns what the schema sees and how many values it has. at names it in errors.
func read(b []byte, text, at string) (_ []byte, v any, values int, err error) {
	switch text[0] {
	case '{':
		return readObject(b, text, at)
	case '[':
		return readArray(b, text, at)
	case '"':
		var s string
		if err := json.Unmarshal([]byte(text), &s); err != nil {
			return b, nil, 0, err
		}
		return quoted(b, s), s, 1, nil
	case 't', 'f':
		return append(b, text...), text == "true", 1, nil
	case 'n':
		return append(b, text...), nil, 1, nil
	}
	canonical, number, err := readNumber(text)
	if err != nil {
		return b, nil, 0, &ParamsError{Fields: []FieldError{{Field: at, Message: err.Error()}}}
	}
	return append(b, canonical...), number, 1, nil
}

func readObject(b []byte, text, at string) ([]byte, any, int, error) {
	type member struct{ name, text string }
	var members []member
	object, values := map[string]any{}, 1
	err := strictjson.Members(text, func(name, value string, _ int) error {
		c, v, n, err := read(append(quoted(nil, name), ':'), value, at+"."+name)
		members, object[name], values = append(members, member{name, string(c)}), v, values+n
		return err
	})
	var bad *ParamsError
	if err != nil && !errors.As(err, &bad) {
		err = &ParamsError{Fields: []FieldError{{Field: at, Message: err.Error()}}, cause: err}
	}
	if err != nil {
		return b, nil, 0, err
	}
	slices.SortFunc(members, func(a, b member) int { return cmp.Compare(a.name, b.name) })
	b = append(b, '{')
	for i, m := range members {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, m.text...)
	}
	return append(b, '}'), object, values, nil
}

func readArray(b []byte, text, at string) ([]byte, any, int, error) {
	list, values := []any{}, 1
	b = append(b, '[')
	err := strictjson.Elements(text, func(i int, value string, _ int) error {
		if i > 0 {
			b = append(b, ',')
		}
		var v any
		var n int
		var err error
		b, v, n, err = read(b, value, at+"."+strconv.Itoa(i))
		list, values = append(list, v), values+n
		return err
	})
	return append(b, ']'), list, values, err
}

// quoted appends s as a JSON string in which only what must be is escaped.
func quoted(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			var out bytes.Buffer
			enc := json.NewEncoder(&out)
			enc.SetEscapeHTML(false)
			_ = enc.Encode(s) // no string is refused
			return append(b, bytes.TrimSuffix(out.Bytes(), []byte("\n"))...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}
