package feature

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"edgesignal/host/expr"
	"edgesignal/host/market"
	"edgesignal/host/strictjson"
	"edgesignal/host/text"
)

// The limits of a feature set's file.
const (
	MaxBytes   = 1 << 20
	MaxName    = 200    // bytes of a name
	MaxSymbols = 10_000 // of a universe that is a list
)

const version = 1

// Parse reads a feature set:
//
//	{"feature_set": 1, "name": "desk-momentum", "extend": "alpha158",
//	 "fields": [{"name": "MOM20", "expression": "Ref($close,20)/$close"}],
//	 "numerics": "pandas2", "history": "full", "universe": "all",
//	 "processors": [...], "inputs": ["KMID", "MOM20"]}
//
// Everything but feature_set, and one of extend and fields, may be left out. Unknown and
// repeated members are errors, which name the place. The expressions and
// processors are Compile's.
func Parse(content []byte) (*Set, error) {
	if len(content) > MaxBytes {
		return nil, fmt.Errorf("the feature set has %d bytes; the limit is %d", len(content), MaxBytes)
	}
	if !utf8.Valid(content) {
		return nil, errors.New("the feature set is not UTF-8")
	}
	if !json.Valid(content) {
		var syntax *json.SyntaxError
		if err := json.Unmarshal(content, new(any)); errors.As(err, &syntax) {
			return nil, fmt.Errorf("the feature set is not JSON: wrong from byte %d on", syntax.Offset)
		}
		return nil, errors.New("the feature set is not JSON")
	}
	// Before anything is quoted: what does not say that it is a feature set may be any file.
	declared := false
	err := strictjson.Members(string(content), func(name, value string, _ int) error {
		declared = declared || name == "feature_set" && value == fmt.Sprint(version)
		return nil
	})
	if errors.Is(err, strictjson.ErrNoObject) {
		return nil, fmt.Errorf("the feature set: %w", err)
	}
	if !declared {
		return nil, fmt.Errorf("feature_set: the number %d is expected, the version of the format", version)
	}
	members := map[string]string{}
	known := []string{"feature_set", "name", "extend", "fields", "numerics", "history", "universe", "processors", "inputs"}
	err = strictjson.Members(string(content), func(name, value string, _ int) error {
		if !slices.Contains(known, name) {
			return fmt.Errorf("unknown member %s; known are %s", shown(name), strings.Join(known, ", "))
		}
		members[name] = value
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("the feature set: %w", err)
	}
	s := &Set{}
	for _, part := range []struct {
		member string
		read   func(value string) error
	}{
		{"name", func(v string) (err error) { s.Name, err = nameOf(v); return err }},
		{"extend", s.extend},
		{"fields", s.fields},
		{"numerics", func(v string) error {
			return choice(v, &s.Numerics, map[string]expr.Numerics{"pandas2": expr.Pandas2, "pandas3": expr.Pandas3})
		}},
		{"history", func(v string) error { return choice(v, &s.History, map[string]History{"full": Full, "window": Window}) }},
		{"universe", s.universe},
		{"processors", func(v string) error { s.Processors = v; return nil }},
		{"inputs", func(v string) (err error) { s.Inputs, err = namesOf(v); return err }},
	} {
		if v, ok := members[part.member]; ok {
			if err := part.read(v); err != nil {
				return nil, fmt.Errorf("%s%w", part.member, err)
			}
		}
	}
	if len(s.Fields) == 0 {
		return nil, errors.New("fields: none; fields or extend are needed")
	}
	return s, nil
}

func (s *Set) extend(value string) error {
	name, err := stringOf(value)
	if err != nil {
		return err
	}
	base, ok := BuiltIn(name)
	if !ok {
		return fmt.Errorf(": %s is no built-in set; alpha158 and alpha360 are", shown(name))
	}
	s.Fields = append(s.Fields, base.Fields...)
	return nil
}

func (s *Set) fields(value string) error {
	seen := map[string]bool{}
	for _, f := range s.Fields {
		seen[f.Name] = true
	}
	return elements(value, func(i int, value string) error {
		if len(s.Fields) == expr.MaxFields {
			return fmt.Errorf(": more than %d", expr.MaxFields)
		}
		var f expr.Field
		err := object(value, func(name, value string) (err error) {
			switch name {
			case "name":
				f.Name, err = nameOf(value)
			case "expression":
				f.Expression, err = stringOf(value)
			default:
				return fmt.Errorf(": unknown member %s; name and expression are expected", shown(name))
			}
			if err != nil {
				err = fmt.Errorf(".%s%w", name, err)
			}
			return err
		})
		switch {
		case err != nil:
			return fmt.Errorf("[%d]%w", i, err)
		case f.Name == "":
			return fmt.Errorf("[%d]: name is missing", i)
		case f.Expression == "":
			return fmt.Errorf("[%d] (%s): expression is missing", i, shown(f.Name))
		case seen[f.Name]:
			return fmt.Errorf("[%d]: the name %s is there twice", i, shown(f.Name))
		}
		seen[f.Name] = true
		s.Fields = append(s.Fields, f)
		return nil
	})
}

func (s *Set) universe(value string) error {
	if !strings.HasPrefix(value, "[") {
		name, err := stringOf(value)
		if err != nil || name == "all" {
			return err
		}
		if !fileName(name) {
			return fmt.Errorf(": %s; all, a list of symbols, or the name of instruments/<name>.txt is expected, of letters, digits, _ and -", shown(name))
		}
		s.Universe.Name = strings.ToLower(name)
		return nil
	}
	s.Universe.Symbols = []string{}
	err := elements(value, func(i int, value string) error {
		if i == MaxSymbols {
			return fmt.Errorf(": more than %d symbols", MaxSymbols)
		}
		text, err := stringOf(value)
		if err != nil {
			return fmt.Errorf("[%d]%w", i, err)
		}
		symbol, err := market.CanonicalSymbol(text)
		if err != nil {
			return fmt.Errorf("[%d]: %w", i, err)
		}
		s.Universe.Symbols = append(s.Universe.Symbols, symbol)
		return nil
	})
	slices.Sort(s.Universe.Symbols)
	switch unique := slices.Compact(slices.Clone(s.Universe.Symbols)); {
	case err != nil:
		return err
	case len(unique) == 0:
		return errors.New(": no symbols")
	case len(unique) < len(s.Universe.Symbols):
		return errors.New(": a symbol is there twice")
	}
	return nil
}

// fileName reports whether a universe's name can be a file's, in this folder and no other.
func fileName(name string) bool {
	if name == "" || len(name) > 64 {
		return false
	}
	return strings.IndexFunc(name, func(r rune) bool {
		return r != '_' && r != '-' && (r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r))
	}) < 0
}

func shown(name string) string { return fmt.Sprintf("%q", text.Clip(name, 60)) }
