package token

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

const (
	digestPrefix = "sha256:"
	maxBytes     = 256 << 10 // of a file
	maxTokens    = 1000      // of a file: each is compared for every request
	maxName      = 64
)

var (
	errUnknownScope  = errors.New("an unknown scope; signals, reload and admin are known")
	errRepeatedScope = errors.New("a scope stands twice")
	errName          = fmt.Errorf("the name is not 1 to %d of A-Z a-z 0-9 . _ -", maxName)
)

// Parse reads a file: lines of name, scopes and sha256:<hex>, blank lines, and
// comments that begin with #. An error names the line and quotes nothing of
// it: a token put into the file by mistake must not get into a log.
func Parse(text []byte) (*List, error) {
	if len(text) > maxBytes {
		return nil, fmt.Errorf("more than %d bytes", maxBytes)
	}
	l := &List{}
	names, digests := map[string]int{}, map[digest]int{}
	number := 0
	for line := range strings.SplitSeq(string(text), "\n") {
		number++
		fields := strings.FieldsFunc(strings.TrimSuffix(line, "\r"), func(r rune) bool { return r == ' ' || r == '\t' })
		if len(fields) == 0 || fields[0][0] == '#' {
			continue
		}
		e, err := parseFields(fields)
		switch {
		case err != nil:
			return nil, fmt.Errorf("line %d: %w", number, err)
		case names[e.Name] > 0:
			return nil, fmt.Errorf("line %d: the name is that of line %d", number, names[e.Name])
		case digests[e.digest] > 0:
			return nil, fmt.Errorf("line %d: the digest is that of line %d", number, digests[e.digest])
		case len(l.entries) == maxTokens:
			return nil, fmt.Errorf("line %d: more than %d tokens", number, maxTokens)
		}
		names[e.Name], digests[e.digest] = number, number
		l.entries = append(l.entries, e)
	}
	return l, nil
}

func parseFields(fields []string) (e Entry, err error) {
	if len(fields) != 3 {
		return e, fmt.Errorf("%d fields; name scope[,scope] %s<hex> is expected", len(fields), digestPrefix)
	}
	if e.Name = fields[0]; !validName(e.Name) {
		return e, errName
	}
	if e.Scopes, err = ParseScopes(fields[1]); err != nil {
		return e, err
	}
	text, ok := strings.CutPrefix(fields[2], digestPrefix)
	if !ok {
		return e, fmt.Errorf("the digest does not begin with %s", digestPrefix)
	}
	if len(text) != hex.EncodedLen(len(e.digest)) {
		return e, fmt.Errorf("the digest has %d hex digits; a SHA-256 has %d", len(text), hex.EncodedLen(len(e.digest)))
	}
	if _, err := hex.Decode(e.digest[:], []byte(text)); err != nil {
		return e, errors.New("the digest is not hex")
	}
	if e.digest == sha256.Sum256(nil) {
		return e, errors.New("the digest is that of an empty token")
	}
	return e, nil
}

func validName(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '_' || c == '-') {
			return false
		}
	}
	return s != "" && len(s) <= maxName
}
