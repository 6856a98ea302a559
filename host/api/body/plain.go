package body

import (
	"encoding/json"
	"strings"

	"edgesignal/host/strictjson"
)

// decodePlain reads a body of the form that most have, in one walk: one object
// of known fields, each once, whose values are arrays of plain strings, or
// strings, numbers and words. ok is false for all others, also for what is
// wrong: the way for those says what it is.
func decodePlain(text string, fields map[string]Field) (ok bool, err error) {
	p := plainText{s: text}
	if !p.take('{') {
		return false, nil
	}
	var seen [16]string
	n := 0
	for more := !p.take('}'); more; {
		name, known := p.text()
		f, expected := fields[name]
		if !known || !expected || n == len(seen) || !p.take(':') {
			return false, nil
		}
		for _, s := range seen[:n] {
			if s == name {
				return false, nil
			}
		}
		seen[n] = name
		n++
		if list, isList := f.To.(*[]string); isList {
			if *list, ok = p.list(); !ok {
				return false, nil
			}
		} else {
			value, at := p.scalar()
			if value == "" {
				return false, nil
			}
			if err := decodeValue(name, value, at, f); err != nil {
				return true, err
			}
		}
		if more = p.take(','); !more && !p.take('}') {
			return false, nil
		}
	}
	return strictjson.SkipBlanks(text, p.i) == len(text), nil
}

// plainText is read from the left.
type plainText struct {
	s string
	i int
}

// take moves past white space and then past c, if it is there.
func (p *plainText) take(c byte) bool {
	p.i = strictjson.SkipBlanks(p.s, p.i)
	if p.i < len(p.s) && p.s[p.i] == c {
		p.i++
		return true
	}
	return false
}

// text returns a string in which every character stands for itself.
func (p *plainText) text() (string, bool) {
	if !p.take('"') {
		return "", false
	}
	for k := p.i; k < len(p.s); k++ {
		switch c := p.s[k]; {
		case c == '"':
			s := p.s[p.i:k]
			p.i = k + 1
			return s, true
		case c < ' ' || c >= 0x80 || c == '\\':
			return "", false
		}
	}
	return "", false
}

// list returns an array of such strings.
func (p *plainText) list() ([]string, bool) {
	if !p.take('[') {
		return nil, false
	}
	if p.take(']') {
		return []string{}, true
	}
	list := make([]string, 0, strings.Count(p.s[p.i:], `"`)/2)
	for {
		s, ok := p.text()
		if !ok {
			return nil, false
		}
		list = append(list, s)
		if p.take(',') {
			continue
		}
		return list, p.take(']')
	}
}

// scalar returns a valid string, number or word, and where it begins; "" for
// anything else.
func (p *plainText) scalar() (string, int) {
	p.i = strictjson.SkipBlanks(p.s, p.i)
	at := p.i
	if at < len(p.s) && p.s[at] == '"' {
		if _, ok := p.text(); !ok {
			return "", 0
		}
		return p.s[at:p.i], at
	}
	for p.i < len(p.s) && strings.IndexByte(" \t\n\r,}", p.s[p.i]) < 0 {
		p.i++
	}
	value := p.s[at:p.i]
	if strings.ContainsAny(value, "{[") || !json.Valid([]byte(value)) {
		return "", 0
	}
	return value, at
}
