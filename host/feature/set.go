// Package feature is the feature set of a release: which columns a model gets, as
// expressions over the bars, and what is done to them before it does.
//
// Parse reads a set, Compile makes a Plan of it, and a Plan computes the columns
// of a market's symbols. The expressions' engine is package expr.
package feature

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"edgesignal/artifacts"
	"edgesignal/host/expr"
)

// Set is a feature set. Nothing in it changes after it was parsed.
type Set struct {
	Name       string
	Fields     []expr.Field // those of the set that it extends first
	Numerics   expr.Numerics
	History    History
	Universe   Universe
	Processors string   // a JSON list; empty = none
	Inputs     []string // what reaches the model, in order; nil = all that are left
}

// History says what a value is that a day has.
type History int

const (
	// Full is what a query of all days answers, as models are trained.
	Full History = iota
	// Window is what Qlib's query of the one day answers, which loads no more rows
	// than the expressions ask for.
	Window
)

// Universe are the symbols that a day's columns are computed for: all of the
// market, those of instruments/<Name>.txt on that day, or a list.
type Universe struct {
	Name    string   // empty = all, or a list
	Symbols []string // upper case, sorted
}

// All reports whether every symbol of the market belongs to the universe.
func (u Universe) All() bool { return u.Name == "" && u.Symbols == nil }

// BuiltIn returns one of the sets that the program has: alpha158 or alpha360.
func BuiltIn(name string) (*Set, bool) {
	if name != "alpha158" && name != "alpha360" {
		return nil, false
	}
	text, err := artifacts.FS.ReadFile("features/" + name + ".json")
	if err != nil {
		return nil, false
	}
	s, err := Parse(text)
	return s, err == nil
}

// Digest returns the SHA-256, 64 hex digits, of what the set computes: sets that
// differ in their form or name alone have the same.
func (s *Set) Digest() (string, error) {
	canonical := struct {
		Fields     []expr.Field
		Numerics   expr.Numerics
		History    History
		Universe   Universe
		Processors json.RawMessage `json:",omitempty"`
		Inputs     []string
	}{s.Fields, s.Numerics, s.History, s.Universe, json.RawMessage(s.Processors), s.Inputs}
	text, err := json.Marshal(canonical) // which also takes the blanks out of Processors
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// names returns the names of the fields, in order.
func (s *Set) names() []string {
	names := make([]string, len(s.Fields))
	for i, f := range s.Fields {
		names[i] = f.Name
	}
	return names
}

// field returns where a field stands; -1 = nowhere.
func (s *Set) field(name string) int {
	return slices.IndexFunc(s.Fields, func(f expr.Field) bool { return f.Name == name })
}
