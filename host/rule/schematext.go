package rule

import (
	"fmt"
	"maps"
	"regexp/syntax"
	"slices"

	"edgesignal/host/text"
)

// A schema is an upload: compiling it and checking parameters against it must
// cost no more than its size suggests. So it may not refer to anything, which
// makes it a tree (two references a level would be 2^n checks), and its
// regular expressions are small: Go's matcher takes at most one step an
// instruction and byte, so parameters of 16 KiB are 8 million steps.
const (
	maxSchemaDepth  = 32
	maxSchemaValues = 4000 // the library looks through all it has for each it adds
	maxPatternSteps = 500  // instructions of all regular expressions together
	draft           = "https://json-schema.org/draft/2020-12/schema"
)

// schemaText walks a schema before the library compiles it.
type schemaText struct {
	values int // JSON values so far
	steps  int // what is left of maxPatternSteps
}

func (s *schemaText) check(v any, at string, depth int) error {
	if depth > maxSchemaDepth {
		return fmt.Errorf("%s: nested deeper than %d", text.Clip(at, maxMessage), maxSchemaDepth)
	}
	if s.values++; s.values > maxSchemaValues {
		return fmt.Errorf("more than %d values", maxSchemaValues)
	}
	switch v := v.(type) {
	case []any:
		for i, e := range v {
			if err := s.check(e, fmt.Sprintf("%s[%d]", at, i), depth+1); err != nil {
				return err
			}
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) { // in order: the first fault found is always the same
			e := v[key]
			if err := s.keyword(key, e); err != nil {
				return fmt.Errorf("%s: %w", text.Clip(at, maxMessage), err)
			}
			if err := s.check(e, at+"."+key, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// keyword looks at one member of an object. Where the object is not a schema
// but a constant or a list of properties, this refuses a little too much.
func (s *schemaText) keyword(key string, value any) error {
	text, isText := value.(string)
	switch key {
	case "$ref", "$dynamicRef", "$recursiveRef", "$id":
		if isText {
			return fmt.Errorf("%s is not allowed; write the schema out in full", key)
		}
	case "$schema":
		if isText && text != draft {
			return fmt.Errorf("$schema is %.100q, want %s", text, draft)
		}
	case "pattern":
		if isText {
			return s.pattern(text)
		}
	case "patternProperties":
		members, _ := value.(map[string]any)
		for _, p := range slices.Sorted(maps.Keys(members)) {
			if err := s.pattern(p); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *schemaText) pattern(pattern string) error {
	if len(pattern) > maxPatternSteps {
		return fmt.Errorf("pattern of %d bytes, at most %d", len(pattern), maxPatternSteps)
	}
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return fmt.Errorf("pattern %q: %w", text.Clip(pattern, 100), err)
	}
	prog, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return fmt.Errorf("pattern %q: %w", text.Clip(pattern, 100), err)
	}
	if s.steps -= len(prog.Inst); s.steps < 0 {
		return fmt.Errorf("the patterns have more than %d instructions together", maxPatternSteps)
	}
	return nil
}
