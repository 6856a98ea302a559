package feature

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"edgesignal/host/strictjson"
)

// The errors of these go on where the name of the place ends.

func stringOf(value string) (s string, err error) {
	if !strings.HasPrefix(value, `"`) {
		return "", errors.New(": a text is expected")
	}
	err = json.Unmarshal([]byte(value), &s)
	return s, err
}

// nameOf returns a name that is printed in one line.
func nameOf(value string) (string, error) {
	s, err := stringOf(value)
	switch {
	case err != nil:
		return "", err
	case s == "":
		return "", errors.New(": it is empty")
	case len(s) > MaxName:
		return "", fmt.Errorf(": it has %d bytes; the limit is %d", len(s), MaxName)
	case strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) >= 0:
		return "", errors.New(": it has a character that cannot be printed")
	}
	return s, nil
}

// namesOf returns a list of names, each there once.
func namesOf(value string) (names []string, err error) {
	seen := map[string]bool{}
	err = elements(value, func(i int, value string) error {
		name, err := nameOf(value)
		switch {
		case err != nil:
			return fmt.Errorf("[%d]%w", i, err)
		case seen[name]:
			return fmt.Errorf("[%d]: the name %s is there twice", i, shown(name))
		}
		seen[name] = true
		names = append(names, name)
		return nil
	})
	if err == nil && len(names) == 0 {
		err = errors.New(": it is empty")
	}
	return names, err
}

// choice reads one of some words.
func choice[T any](value string, dst *T, of map[string]T) error {
	s, err := stringOf(value)
	if err != nil {
		return err
	}
	v, ok := of[s]
	if !ok {
		return fmt.Errorf(": %s; %s is expected", shown(s), strings.Join(slices.Sorted(maps.Keys(of)), " or "))
	}
	*dst = v
	return nil
}

func elements(value string, visit func(i int, value string) error) error {
	if !strings.HasPrefix(value, "[") {
		return errors.New(": a list is expected")
	}
	return strictjson.Elements(value, func(i int, value string, _ int) error { return visit(i, value) })
}

func object(value string, visit func(name, value string) error) error {
	if !strings.HasPrefix(value, "{") {
		return errors.New(": an object is expected")
	}
	err := strictjson.Members(value, func(name, value string, _ int) error { return visit(name, value) })
	var twice *strictjson.DuplicateError
	if errors.As(err, &twice) {
		return fmt.Errorf(": %w", err)
	}
	return err
}
