package token

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
)

// MaxSize is how many bytes a token may have.
const MaxSize = 256

// digest is the SHA-256 of a token.
type digest [sha256.Size]byte

// Entry is one line of the file.
type Entry struct {
	Name   string // of its holder, for people and logs
	Scopes Scopes
	digest digest
}

// String returns the line.
func (e Entry) String() string {
	return fmt.Sprintf("%s %s %s%s", e.Name, e.Scopes, digestPrefix, hex.EncodeToString(e.digest[:]))
}

// List is the content of a file, immutable.
type List struct{ entries []Entry }

// Len returns how many tokens there are.
func (l *List) Len() int { return len(l.entries) }

// Find gives the entry of a token. Every line is compared, each in constant
// time, so that the time it takes says nothing about a digest.
func (l *List) Find(token []byte) (Entry, bool) {
	if len(token) == 0 || len(token) > MaxSize {
		return Entry{}, false
	}
	sum := sha256.Sum256(token)
	found := -1
	for i := range l.entries {
		equal := subtle.ConstantTimeCompare(l.entries[i].digest[:], sum[:])
		found = subtle.ConstantTimeSelect(equal, i, found)
	}
	if found < 0 {
		return Entry{}, false
	}
	return l.entries[found], true
}
