// Package artifact is where the bytes of models, rules and golden files lie.
// Back ends are sub-packages; artifacttest is the suite that each of them
// passes.
package artifact

import (
	"context"
	"io"
)

// Store holds immutable objects under slash-separated keys. Every method is
// safe for concurrent use. Beside the errors named below each returns
// *release.Unavailable for a fault of the store that is worth trying again,
// and an error naming the key for a key that is not valid (see ValidKey).
type Store interface {
	// Put writes size bytes of r under key, once: it is atomic (a reader sees
	// the whole object or none, and after a crash too) and never overwrites.
	// A key that is taken is release.ErrConflict, whatever its bytes. A
	// reader that ends before size bytes, or goes on after them, is an error
	// and writes nothing.
	Put(ctx context.Context, key string, r io.Reader, size int64) error

	// Open is a reader of the whole object and what is known of it, or
	// release.ErrNotFound.
	Open(ctx context.Context, key string) (io.ReadCloser, Info, error)

	// Stat is what is known of an object without reading it, or
	// release.ErrNotFound.
	Stat(ctx context.Context, key string) (Info, error)
}

// Info is what a store knows of an object without reading it.
type Info struct {
	Key  string
	Size int64 // bytes
}
