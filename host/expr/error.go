package expr

import (
	"errors"
	"fmt"
	"strings"
)

// Error is what is wrong with an expression, and how to write it instead.
type Error struct {
	Column   string // the field's name; empty where there is none
	Position int    // character of the text from 1; 0 = the text as a whole
	Problem  string
	Cure     string // may be empty
}

func (e *Error) Error() string {
	var b strings.Builder
	if e.Column != "" {
		fmt.Fprintf(&b, "column %s: ", e.Column)
	}
	if e.Position > 0 {
		fmt.Fprintf(&b, "character %d: ", e.Position)
	}
	b.WriteString(e.Problem)
	if e.Cure != "" {
		b.WriteString("; " + e.Cure)
	}
	return b.String()
}

// errorAt returns an Error without a column, which Compile adds.
func errorAt(position int, cure, problem string, args ...any) *Error {
	return &Error{Position: position, Problem: fmt.Sprintf(problem, args...), Cure: cure}
}

// quoted returns a word of the text as messages show it: at most 40 characters.
func quoted(word string) string {
	const most = 40
	if runes := []rune(word); len(runes) > most {
		word = string(runes[:most]) + "..."
	}
	return fmt.Sprintf("%q", word)
}

// What only the data show.
var (
	// ErrRows is what Qlib refuses too.
	ErrRows = errors.New("columns with different days meet in a comparison, If or Corr")

	errZeroDivision = errors.New("a shifted comparison is divided, or divides, at zero, where Python fails")

	errNoDays = errors.New("an operator over all rows of a column that has none")
	errKinds  = errors.New("comparisons with different days meet in arithmetic")
	errGaps   = errors.New("symbols that have no day in common meet, so that nothing can be kept")
)
