package rule

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"edgesignal/host/release"
)

// ParamsError is what is wrong with the parameters of a rule.
type ParamsError struct {
	Fields []FieldError // never empty
}

// FieldError is what is wrong with one parameter.
type FieldError struct {
	Field   string // its name, with a dot before each level below: "legs.0.size"; "" = the parameters as a whole
	Message string
}

func (e *ParamsError) Error() string {
	var b strings.Builder
	b.WriteString("rule parameters")
	for i, f := range e.Fields {
		if i > 0 {
			b.WriteByte(';')
		}
		if f.Field != "" {
			b.WriteString(" " + f.Field)
		}
		b.WriteString(": " + f.Message)
	}
	return b.String()
}

func badParams(format string, args ...any) *ParamsError {
	return &ParamsError{Fields: []FieldError{{Message: fmt.Sprintf(format, args...)}}}
}

var emptyParams = json.RawMessage("{}")

// parseParams reads params (nil = {}) as one JSON object.
func parseParams(params json.RawMessage) (map[string]any, error) {
	if len(params) == 0 {
		params = emptyParams
	}
	if len(params) > MaxParamsBytes {
		return nil, badParams("%d bytes, at most %d", len(params), MaxParamsBytes)
	}
	// As float64, not as json.Number: the validator makes an exact fraction
	// of each number, and 1e999999 would be one of a million digits.
	var v any
	err := json.Unmarshal(params, &v)
	var tooLarge *json.UnmarshalTypeError
	if errors.As(err, &tooLarge) {
		return nil, badParams("%s is beyond a double", tooLarge.Value)
	}
	if err != nil {
		return nil, badParams("not JSON: %v", err)
	}
	object, ok := v.(map[string]any)
	if !ok {
		return nil, badParams("not a JSON object")
	}
	return object, nil
}

// guestParams returns params as a guest gets them: keys sorted, each key once (the
// last one wins, as it did in the check), no white space, numbers as written.
func guestParams(params json.RawMessage) ([]byte, error) {
	if _, err := parseParams(params); err != nil {
		return nil, err
	}
	if len(params) == 0 {
		return emptyParams, nil
	}
	canonical, err := release.CanonicalJSON(params)
	if err == nil && len(canonical) > MaxParamsBytes {
		err = fmt.Errorf("%d bytes in canonical form, at most %d", len(canonical), MaxParamsBytes)
	}
	if err != nil {
		return nil, badParams("%v", err)
	}
	return canonical, nil
}

// CheckParams holds params (nil = {}) against the rule's schema. It returns
// nil or a *ParamsError that lists each field.
func (m *Module) CheckParams(params json.RawMessage) error {
	// Most requests bring the same.
	if last := m.checked.Load(); last != nil && *last == string(params) {
		return nil
	}
	object, err := parseParams(params)
	if err != nil {
		return err
	}
	if err := m.schema.check(object); err != nil {
		return err
	}
	text := string(params)
	m.checked.Store(&text)
	return nil
}
