// Package artifact is where the bytes of models, rules and golden files lie.
// Back ends are sub-packages; artifacttest is the suite that each of them
// passes. PutContent files bytes under their own SHA-256; a Fetcher brings the
// bytes that a row of the registry names, checked.
package artifact

import (
	"context"
	"io"
)

// Store holds immutable objects under slash-separated keys. Every method is
// safe for concurrent use, also by several processes on one store. Beside the
// errors named below each returns *release.Unavailable for a fault of the
// store that is worth trying again, the context's error when the caller gave
// up, and an error naming the key for a key that is not valid (ValidKey).
//
// An object is no folder: under a key that begins with another object's key
// and a slash, or that such keys begin with, a store may refuse to Put as for
// a key that is taken.
type Store interface {
	// Put writes size bytes of r under key, once: it is atomic (a reader sees
	// the whole object or none, and after a crash too), durable once it
	// returned nil, and never overwrites. A key that is taken is
	// release.ErrConflict, whatever its bytes. A reader that ends before size
	// bytes, or goes on after them, is an error and writes nothing; an error
	// of the reader itself is returned as it is.
	Put(ctx context.Context, key string, r io.Reader, size int64) error

	// Open returns a reader of the whole object and what is known of it, or
	// release.ErrNotFound. Reading ends with the context's error once ctx
	// ends; the caller closes the reader.
	Open(ctx context.Context, key string) (io.ReadCloser, Info, error)

	// Stat returns what is known of an object without reading it, or
	// release.ErrNotFound.
	Stat(ctx context.Context, key string) (Info, error)
}

// Info is what a store knows of an object without reading it.
type Info struct {
	Key  string
	Size int64 // bytes
}
