package model

import (
	"bytes"
	"fmt"
)

// section is one block of key=value lines, read as far as a blank line.
type section struct {
	tree   int // number of the tree, or header
	values map[string][]byte
}

const headerSection = -1

func (s *section) name() string {
	if s.tree == headerSection {
		return "header"
	}
	return fmt.Sprintf("tree %d", s.tree)
}

// read takes lines up to and with the next blank one. A key that is not known
// might change what the model says, so it is refused.
func (s *section) read(c *cursor, known map[string]bool) error {
	clear(s.values)
	for {
		line, err := c.next()
		if err != nil {
			return err
		}
		if len(line) == 0 {
			return nil
		}
		key, value, _ := bytes.Cut(line, []byte("="))
		if !known[string(key)] {
			return unsupported("%s, line %d: a key that is not known: it might change what the model says", s.name(), c.line)
		}
		if _, twice := s.values[string(key)]; twice {
			return malformed("%s, line %d: %s stands twice", s.name(), c.line, key)
		}
		s.values[string(key)] = value
	}
}

// need returns the value of a key that must be there.
func (s *section) need(key string) ([]byte, error) {
	v, ok := s.values[key]
	if !ok {
		return nil, malformed("%s: no %s", s.name(), key)
	}
	return v, nil
}

// integer returns the value of a key that must be a whole number of [low, high].
func (s *section) integer(key string, low, high int) (int, error) {
	v, err := s.need(key)
	if err != nil {
		return 0, err
	}
	n, ok := parseInt(v)
	if !ok || n < low || n > high {
		return 0, malformed("%s: %s is not a whole number from %d to %d", s.name(), key, low, high)
	}
	return n, nil
}

// counts checks that each of the lists is there with n values.
func (s *section) counts(n int, keys ...string) error {
	for _, key := range keys {
		v, err := s.need(key)
		if err != nil {
			return err
		}
		if got := countTokens(v); got != n {
			return malformed("%s: %s has %d values, want %d", s.name(), key, got, n)
		}
	}
	return nil
}

// optional checks that each of the lists is missing, empty or has n values.
func (s *section) optional(n int, keys ...string) error {
	for _, key := range keys {
		if len(s.values[key]) == 0 {
			continue
		}
		if err := s.counts(n, key); err != nil {
			return err
		}
	}
	return nil
}

// each gives the values of a list to take, which reports whether it could use
// one; want says in words what it can use.
func (s *section) each(key, want string, take func(i int, tok []byte) bool) error {
	return eachToken(s.values[key], func(i int, tok []byte) error {
		if !take(i, tok) {
			return malformed("%s: %s[%d] is not %s", s.name(), key, i, want)
		}
		return nil
	})
}
