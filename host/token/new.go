package token

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Prefix begins every token that New makes, so that a scanner for secrets can
// know one: es_[A-Za-z0-9_-]{43}.
const Prefix = "es_"

// New makes a token of 32 random bytes, and its line.
func New(name string, scopes Scopes) (token string, e Entry, err error) {
	if !validName(name) {
		return "", e, errName
	}
	var secret [32]byte
	_, _ = rand.Read(secret[:]) // never fails: it ends the process instead
	token = Prefix + base64.RawURLEncoding.EncodeToString(secret[:])
	return token, Entry{Name: name, Scopes: scopes, digest: sha256.Sum256([]byte(token))}, nil
}

// Append adds a line to a file, in one write, and makes the file where there
// is none. What would not be a good file afterwards is an error, and the file
// stays as it was. Its owner and its mode stay: a host that could read it still
// can.
func Append(path string, e Entry) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("token file %s: %w", path, err)
		}
	}()
	there, err := read(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	line := e.String() + "\n"
	if len(there) > 0 && there[len(there)-1] != '\n' {
		line = "\n" + line
	}
	if _, err := Parse(append(there, line...)); err != nil {
		return err
	}
	// Who can read the digests of random tokens can do nothing with them.
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return cause(err)
	}
	if _, err = file.WriteString(line); err == nil {
		err = file.Sync()
	}
	if err != nil { // a part of a line would make the file one that does not count
		err = errors.Join(err, file.Truncate(int64(len(there))))
	}
	return errors.Join(cause(err), cause(file.Close()))
}
