// Package token says who may call: the tokens of AUTH_TOKENS_FILE and their
// scopes. It keeps digests only; the tokens themselves are nowhere.
package token

import "strings"

// Scopes is a set of what a token is good for.
type Scopes uint8

// The scopes there are.
const (
	Signals Scopes = 1 << iota // weights, and the bars they come from
	Reload                     // making a host look into the registry
	Admin                      // everything
)

// scopeNames are the scopes as the file has them, in the order of the bits.
var scopeNames = []string{"signals", "reload", "admin"}

// Any has every scope.
const Any = Signals | Reload | Admin

// Allow reports whether a token with these scopes may do what needs one of need.
func (s Scopes) Allow(need Scopes) bool { return s&(need|Admin) != 0 }

// String returns the set as the file has it: signals,reload.
func (s Scopes) String() string {
	var names []string
	for i, name := range scopeNames {
		if s&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, ",")
}

// scopeOf returns the set of one scope; 0 = there is none of this name.
func scopeOf(name string) Scopes {
	for i, known := range scopeNames {
		if name == known {
			return 1 << i
		}
	}
	return 0
}

// ParseScopes reads signals,reload. What it was given is in no error: it may
// be a token that stands in the wrong place.
func ParseScopes(list string) (Scopes, error) {
	var all Scopes
	for name := range strings.SplitSeq(list, ",") {
		one := scopeOf(name)
		switch {
		case one == 0:
			return 0, errUnknownScope
		case all&one != 0:
			return 0, errRepeatedScope
		}
		all |= one
	}
	return all, nil
}
