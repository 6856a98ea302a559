package rule

import (
	"fmt"
	"strings"
)

// ParamsError is what is wrong with the parameters of a rule.
type ParamsError struct {
	Fields []FieldError // never empty

	cause error // of a text that is not one JSON object; nil = it is
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

func (e *ParamsError) Unwrap() error { return e.cause }

func badParams(format string, args ...any) *ParamsError {
	return &ParamsError{Fields: []FieldError{{Message: fmt.Sprintf(format, args...)}}}
}
