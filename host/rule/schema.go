package rule

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"edgesignal/host/text"
)

const (
	schemaURL      = "urn:edgesignal:params"
	maxPairs       = 250_000 // (schema value, parameter value) pairs of one check
	maxFieldErrors = 20
)

// schema is the compiled form of Meta.Params.
type schema struct {
	compiled *jsonschema.Schema
	values   int // JSON values in its text
}

func compileSchema(source json.RawMessage) (s *schema, err error) {
	defer func() {
		if r := recover(); r != nil { // the library panics on some malformed ids and references
			s, err = nil, fmt.Errorf("params: not a usable JSON Schema: %s", text.Clip(fmt.Sprint(r), maxMessage))
		}
	}()
	var doc any
	if err := json.Unmarshal(source, &doc); err != nil {
		return nil, fmt.Errorf("params: %w", err)
	}
	switch doc.(type) {
	case map[string]any, bool:
	default:
		return nil, errors.New("params: not a JSON Schema: neither an object nor true or false")
	}
	walk := schemaText{steps: maxPatternSteps}
	if err := walk.check(doc, "params", 0); err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.UseLoader(noLoader{})
	if err := c.AddResource(schemaURL, doc); err != nil {
		return nil, fmt.Errorf("params: %s", text.Clip(err.Error(), maxMessage))
	}
	compiled, err := c.Compile(schemaURL)
	if err != nil {
		return nil, fmt.Errorf("params: %s", text.Clip(err.Error(), maxMessage))
	}
	return &schema{compiled: compiled, values: walk.values}, nil
}

// noLoader refuses to fetch anything, from the network or from files.
type noLoader struct{}

func (noLoader) Load(url string) (any, error) {
	return nil, fmt.Errorf("%s: a rule's schema may not refer to other documents", url)
}

// check holds an object of so many JSON values against the schema.
func (s *schema) check(object map[string]any, values int) error {
	if pairs := s.values * values; pairs > maxPairs {
		return badParams("too many values for a schema of %d: %d pairs to check, at most %d", s.values, pairs, maxPairs)
	}
	err := s.compiled.Validate(object)
	if err == nil {
		return nil
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return badParams("%v", err)
	}
	e := &ParamsError{}
	e.add(invalid)
	slices.SortStableFunc(e.Fields, func(a, b FieldError) int { return strings.Compare(a.Field, b.Field) })
	if n := len(e.Fields); n > maxFieldErrors {
		e.Fields = append(e.Fields[:maxFieldErrors], FieldError{Message: fmt.Sprintf("and %d more", n-maxFieldErrors)})
	}
	return e
}

// add lists the leaves of a tree of validation errors.
func (e *ParamsError) add(v *jsonschema.ValidationError) {
	for _, cause := range v.Causes {
		e.add(cause)
	}
	if len(v.Causes) > 0 {
		return
	}
	field := func(below ...string) string { return strings.Join(slices.Concat(v.InstanceLocation, below), ".") }
	switch k := v.ErrorKind.(type) {
	case *kind.Required:
		for _, name := range k.Missing {
			e.Fields = append(e.Fields, FieldError{Field: field(name), Message: "is missing"})
		}
	case *kind.AdditionalProperties:
		for _, name := range k.Properties {
			e.Fields = append(e.Fields, FieldError{Field: field(name), Message: "is not a parameter of this rule"})
		}
	default:
		e.Fields = append(e.Fields, FieldError{Field: field(), Message: schemaMessage(v)})
	}
}
