package expr

import (
	"strings"
	"unicode"
)

type tokenKind int

const (
	tokenEnd      tokenKind = iota
	tokenField              // $name
	tokenName               // an operator's name
	tokenNumber             // a number
	tokenText               // 'AAPL'
	tokenOperator           // + <= ( , ...
)

// token is a word of an expression.
type token struct {
	kind     tokenKind
	text     string // without $ or quotes
	number   Number
	position int // in the text, from 1
}

// letter is a character of the text that Qlib does not remove.
type letter struct {
	r        rune
	position int
	after    bool // a space stood before it
}

// words that are Python's, with what to write instead.
var pythonWords = map[string]string{
	"and": "write (a) & (b)", "or": "write (a) | (b)", "not": "write Not(a)",
	"if": "write If(condition, a, b)", "else": "write If(condition, a, b)",
	"in": "", "is": "", "lambda": "", "for": "",
}

// scanner cuts a text into tokens. Qlib takes every space away first; here they
// only matter where they stood inside a word.
type scanner struct {
	letters []letter
	at      int
	parens  int
}

// scan returns the tokens of a text, the last one of kind tokenEnd.
func scan(text string) ([]token, error) {
	if len(text) > 4*MaxText {
		return nil, errorAt(0, "", "a text of %d bytes; the limit is %d characters", len(text), MaxText)
	}
	var s scanner
	position, after := 0, false
	for _, r := range text {
		position++
		if r == ' ' {
			after = true
			continue
		}
		s.letters = append(s.letters, letter{r, position, after})
		after = false
	}
	if position > MaxText {
		return nil, errorAt(0, "", "a text of %d characters; the limit is %d", position, MaxText)
	}
	end := position + 1
	for len(s.letters) > 0 && isBlank(s.letters[len(s.letters)-1].r) {
		s.letters = s.letters[:len(s.letters)-1]
	}
	for s.at < len(s.letters) && isBlank(s.letters[s.at].r) {
		s.at++
	}
	var tokens []token
	for {
		if err := s.blanks(); err != nil {
			return nil, err
		}
		if s.at == len(s.letters) {
			return append(tokens, token{kind: tokenEnd, position: end}), nil
		}
		t, err := s.token()
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, t)
	}
}

func isBlank(r rune) bool { return r == '\t' || r == '\n' || r == '\r' || r == '\f' }

// blanks goes on to the next letter. A line break ends an expression, but for one in parentheses.
func (s *scanner) blanks() error {
	for ; s.at < len(s.letters) && isBlank(s.letters[s.at].r); s.at++ {
		if l := s.letters[s.at]; (l.r == '\n' || l.r == '\r') && s.parens == 0 {
			return errorAt(l.position, "write it in one line", "a line break in the expression")
		}
	}
	return nil
}

func (s *scanner) token() (token, error) {
	l := s.letters[s.at]
	switch {
	case l.r == '$':
		return s.field()
	case l.r == '\'' || l.r == '"':
		return s.text()
	case unicode.IsDigit(l.r) || l.r == '.' && s.at+1 < len(s.letters) && unicode.IsDigit(s.letters[s.at+1].r):
		return s.number()
	case isWord(l.r):
		word, err := s.word(isWord)
		return token{kind: tokenName, text: word, position: l.position}, err
	}
	return s.operator()
}

// isWord reports whether Python's \w matches.
func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) }

// isFieldWord is isWord with the full-width signs that names of fields may hold.
func isFieldWord(r rune) bool { return isWord(r) || strings.ContainsRune("、：（）", r) }

// word reads on while the letters belong to it.
func (s *scanner) word(belongs func(rune) bool) (string, error) {
	var b, piece strings.Builder
	first := s.letters[s.at].position
	check := func() error {
		if cure, ok := pythonWords[piece.String()]; ok {
			return errorAt(first, cure, "%s is a word of Python, not of expressions", quoted(piece.String()))
		}
		return nil
	}
	split := 0
	for begin := s.at; s.at < len(s.letters) && belongs(s.letters[s.at].r); s.at++ {
		l := s.letters[s.at]
		if l.after && s.at > begin {
			if split == 0 {
				split = l.position
			}
			if err := check(); err != nil {
				return "", err
			}
			piece.Reset()
			first = l.position
		}
		b.WriteRune(l.r)
		piece.WriteRune(l.r)
	}
	if b.Len() != piece.Len() || s.at < len(s.letters) {
		if err := check(); err != nil {
			return "", err
		}
	}
	if split > 0 {
		return "", errorAt(split, "", "a space inside a name or a number")
	}
	return b.String(), nil
}

func (s *scanner) field() (token, error) {
	t := token{kind: tokenField, position: s.letters[s.at].position}
	s.at++
	if s.at < len(s.letters) && s.letters[s.at].r == '$' {
		return t, errorAt(t.position, "", "$$ asks for point-in-time data, which are not supported")
	}
	if s.at == len(s.letters) || !isFieldWord(s.letters[s.at].r) {
		return t, errorAt(t.position, "write $close", "$ without the name of a field")
	}
	if s.letters[s.at].after {
		return t, errorAt(s.letters[s.at].position, "", "a space inside a name or a number")
	}
	var err error
	t.text, err = s.word(isFieldWord)
	return t, err
}

func (s *scanner) text() (token, error) {
	quote := s.letters[s.at]
	t := token{kind: tokenText, position: quote.position}
	var b strings.Builder
	for s.at++; s.at < len(s.letters); s.at++ {
		l := s.letters[s.at]
		switch {
		case l.r == quote.r:
			s.at++
			t.text = b.String()
			return t, nil
		case l.r == '\\' || isBlank(l.r) || !unicode.IsPrint(l.r):
			return t, errorAt(l.position, "", "a character that a symbol cannot have")
		}
		b.WriteRune(l.r)
	}
	return t, errorAt(quote.position, "", "a quote that does not end")
}

func (s *scanner) number() (token, error) {
	t := token{kind: tokenNumber, position: s.letters[s.at].position}
	var before rune
	hex := s.letters[s.at].r == '0' && s.at+1 < len(s.letters) && unicode.ToLower(s.letters[s.at+1].r) == 'x'
	word, err := s.word(func(r rune) bool {
		exponent := (before == 'e' || before == 'E') && !hex
		ok := isWord(r) || r == '.' || exponent && (r == '+' || r == '-')
		before = r
		return ok
	})
	if err != nil {
		return t, err
	}
	var ok bool
	if t.number, ok = parseNumber(word); !ok {
		return t, errorAt(t.position, "", "%s is no number", quoted(word))
	}
	return t, nil
}

// operators, the longer ones first.
var operatorSigns = []string{"**", "//", "<=", ">=", "==", "!=", "<<", ">>", "+", "-", "*", "/", "%", "@", "<", ">", "|", "&", "^", "~", "(", ")", ",", "="}

func (s *scanner) operator() (token, error) {
	l := s.letters[s.at]
	for _, sign := range operatorSigns {
		if rune(sign[0]) != l.r || len(sign) == 2 && (s.at+1 == len(s.letters) || s.letters[s.at+1].r != rune(sign[1])) {
			continue
		}
		s.at += len(sign)
		switch sign {
		case "(":
			s.parens++
		case ")":
			s.parens--
		case "=":
			return token{}, errorAt(l.position, "operators take their operands by position; == compares", "= is not supported")
		}
		return token{kind: tokenOperator, text: sign, position: l.position}, nil
	}
	if l.r == '.' {
		return token{}, errorAt(l.position, "", "a point outside of a number: names of Python are not known here")
	}
	return token{}, errorAt(l.position, "", "character U+%04X does not belong here", l.r)
}
