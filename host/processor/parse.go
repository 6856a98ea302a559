package processor

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"edgesignal/host/strictjson"
)

// Spec is a processor as a feature set names it: its class, what it was made
// with and what was fitted.
type Spec struct {
	Class  string
	Groups []string                     // whose columns it processes; nil = all
	Fill   float64                      // of Fillna
	Clip   bool                         // of RobustZScoreNorm
	Robust bool                         // of CSZScoreNorm
	Names  []string                     // of DropCol and FilterCol
	State  map[string]map[string]Fitted // by kind, then by column

	place string // for errors
}

// Fitted is a number of a state. Research fits it in the type of the column.
type Fitted struct {
	F32 float32 // the nearest to the text
	F64 float64 // the same
}

// most is the most processors that a list may have.
const most = 64

// Parse reads the list of processors of a feature set, a valid JSON text such as
//
//	[{"class": "ZScoreNorm", "kwargs": {"fields_group": "feature"},
//	  "state": {"mean_train": {"KMID": 0.5}, "std_train": {"KMID": "inf"}}}]
//
// nan, inf and -inf are strings. Unknown
// classes and names, values of another kind and a state that is not whole are
// errors that name the place.
func Parse(list string) ([]Spec, error) {
	if list[strictjson.SkipBlanks(list, 0)] != '[' {
		return nil, errors.New("processors: a list is expected")
	}
	var specs []Spec
	err := strictjson.Elements(list[strictjson.SkipBlanks(list, 0):], func(i int, value string, _ int) error {
		if i == most {
			return fmt.Errorf("processors: more than %d", most)
		}
		s := Spec{Clip: true, place: fmt.Sprintf("processors[%d]", i)}
		if err := s.parse(value); err != nil {
			return fmt.Errorf("%s%w", s.place, err)
		}
		specs = append(specs, s)
		return nil
	})
	return specs, err
}

// parse reads one processor. Its errors go on where the place ends.
func (s *Spec) parse(object string) error {
	parts := map[string]string{}
	err := members(object, func(name, value string) error {
		if name != "class" && name != "kwargs" && name != "state" {
			return fmt.Errorf(": unknown member %s; class, kwargs and state are expected", shown(name))
		}
		parts[name] = value
		return nil
	})
	if err != nil {
		return err
	}
	name, err := text(parts["class"])
	if err != nil {
		return fmt.Errorf(".class: %w", err)
	}
	if why, ok := cannot[name]; ok {
		return fmt.Errorf(".class: %s cannot be served: %s", name, why)
	}
	c, ok := classes[name]
	if !ok {
		return fmt.Errorf(".class: unknown processor %s", shown(name))
	}
	s.Class = name
	s.place += " (" + name + ")"
	if name == "FilterCol" {
		s.Groups = []string{"feature"}
	}
	if kwargs, ok := parts["kwargs"]; ok {
		if err := members(kwargs, func(name, value string) error {
			if !slices.Contains(c.kwargs, name) {
				return fmt.Errorf(".kwargs: unknown argument %s", shown(name))
			}
			if err := s.argument(c, name, value); err != nil {
				return fmt.Errorf(".kwargs.%s: %w", name, err)
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return s.parseState(c, parts["state"])
}

// argument reads one of kwargs.
func (s *Spec) argument(c *class, name, value string) (err error) {
	null := value == "null"
	switch name {
	case fieldsGroup:
		switch {
		case null:
			s.Groups = nil
		case value[0] == '[' && c.groups:
			s.Groups, err = names(value)
		default:
			var group string
			group, err = text(value)
			s.Groups = []string{group}
		}
	case fillValue:
		s.Fill, err = float(value)
	case clipOutlier:
		if value != "true" && value != "false" {
			return errors.New("true or false is expected")
		}
		s.Clip = value == "true"
	case method:
		var m string
		if m, err = text(value); err == nil && m != "zscore" && m != "robust" {
			return errors.New(`"zscore" or "robust" is expected`)
		}
		s.Robust = m == "robust"
	case colList:
		s.Names, err = names(value)
	case fitStart, fitEnd:
		if !null {
			_, err = text(value)
		}
	}
	return err
}

// parseState reads the fitted numbers, by their kind and then by column.
func (s *Spec) parseState(c *class, object string) error {
	s.State = map[string]map[string]Fitted{}
	if object != "" {
		if err := members(object, func(kind, value string) error {
			if !slices.Contains(c.state, kind) {
				return fmt.Errorf(".state: unknown member %s", shown(kind))
			}
			numbers := map[string]Fitted{}
			s.State[kind] = numbers
			if err := members(value, func(column, value string) error {
				v, err := float(value)
				if err != nil {
					return fmt.Errorf(": column %s: %w", shown(column), err)
				}
				// From the text once more: by way of float64 it could be rounded twice.
				narrow, err := strconv.ParseFloat(strings.Trim(value, `"`), 32)
				if err != nil {
					return fmt.Errorf(": column %s: %w", shown(column), errTooLarge)
				}
				numbers[column] = Fitted{float32(narrow), v}
				return nil
			}); err != nil {
				return fmt.Errorf(".state.%s%w", kind, err)
			}
			return nil
		}); err != nil {
			return err
		}
	}
	for _, kind := range c.state {
		if s.State[kind] == nil {
			return fmt.Errorf(".state: %s is missing: a release carries what was fitted in research", kind)
		}
	}
	return nil
}

// members calls visit for each member of an object, once a name.
func members(object string, visit func(name, value string) error) error {
	err := strictjson.Members(object, func(name, value string, _ int) error { return visit(name, value) })
	var twice *strictjson.DuplicateError
	switch {
	case errors.Is(err, strictjson.ErrNoObject):
		return errors.New(": an object is expected")
	case errors.As(err, &twice):
		return fmt.Errorf(": %s is there twice", shown(twice.Name))
	}
	return err
}

// text reads a JSON string.
func text(value string) (s string, err error) {
	if value == "" || value[0] != '"' {
		return "", errors.New("a string is expected")
	}
	return s, json.Unmarshal([]byte(value), &s)
}

// names reads a list of strings, each once.
func names(value string) (list []string, err error) {
	if value[0] != '[' {
		return nil, errors.New("a list of names is expected")
	}
	list = []string{}
	err = strictjson.Elements(value, func(_ int, value string, _ int) error {
		name, err := text(value)
		if err == nil && slices.Contains(list, name) {
			err = fmt.Errorf("%s is there twice", shown(name))
		}
		list = append(list, name)
		return err
	})
	return list, err
}

var errTooLarge = errors.New("the number is too large")

// float reads a number, or one of the strings nan, inf and -inf.
func float(value string) (float64, error) {
	switch value {
	case `"nan"`:
		return math.NaN(), nil
	case `"inf"`:
		return math.Inf(1), nil
	case `"-inf"`:
		return math.Inf(-1), nil
	}
	if value[0] != '-' && (value[0] < '0' || value[0] > '9') {
		return 0, errors.New(`a number is expected, or "nan", "inf" or "-inf"`)
	}
	v, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return 0, errTooLarge
	}
	return v, nil
}

// shown returns a name for an error, where it is one that a column could have.
func shown(name string) string {
	plain := strings.IndexFunc(name, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}) < 0
	if name == "" || len(name) > 64 || !plain {
		return "(a name of other than letters, digits and _)"
	}
	return strconv.Quote(name)
}
