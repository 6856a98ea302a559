package artifact

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"edgesignal/host/release"
)

// ErrTooLarge: the bytes are more than the caller takes.
var ErrTooLarge = errors.New("too large")

// Source brings the bytes that a path of the registry names; see Fetcher.Fetch.
// What stands before a Fetcher (a cache, say) is a Source too.
type Source interface {
	Fetch(ctx context.Context, path, want string, max int64) (b []byte, sum string, err error)
}

// Opener opens what a URL names, as a reader of size bytes. Its errors are those
// of Store.Open, and a plain one for a URL that is not valid.
type Opener interface {
	Open(ctx context.Context, url string) (r io.ReadCloser, size int64, err error)
}

var _ Source = (*Fetcher)(nil)

// Fetcher looks at the place that a path names.
type Fetcher struct {
	Store Store  // nil = none
	S3    Opener // of s3:// paths; nil = none
	// Files and StoreDir are absolute paths of folders, "" = none: no file of
	// this machine is read that does not lie below one of them, links resolved.
	Files    string // relative paths that the store does not have are below it
	StoreDir string // the store's own
	MLflow   MLflow // nil = none
}

// Fetch reads what path names, at most max bytes, and returns it with its
// SHA-256 (64 hex digits). path is one of
//
//	s3://bucket/key            an object of any bucket (also ?versionId=...)
//	file:///abs/path           a file below Files or StoreDir (also plain /abs/path)
//	models/alpha.txt           a key of the store; where the store has none, a
//	sha256/ab12...             file relative to Files
//	runs:/<run_id>/<path>      an artifact of MLflow, as are
//	models:/<name>/<version>   models:/<name>/<alias> and models:/m-<id>
//
// want is the SHA-256 that the bytes must have, "" = any.
//
// Errors: *release.Rejection with DigestMismatch for other bytes; ErrTooLarge;
// release.ErrNotFound, with every place that was looked at; *release.Unavailable
// for a fault of the store or disk (a file that changes while it is read
// included); the context's error; and a plain one for a path that is not of a
// form above, lies elsewhere, or names something else than a regular file.
func (f *Fetcher) Fetch(ctx context.Context, path, want string, max int64) (b []byte, sum string, err error) {
	places, err := f.resolve(ctx, path)
	if err != nil {
		return nil, "", err
	}
	var tried []string
	for _, p := range places {
		b, err := p.read(ctx, max)
		if err == nil {
			sum := release.Sum(b)
			if want != "" && sum != want {
				return nil, "", release.Reject(release.DigestMismatch, "%s: want SHA-256 %s, found %s (%d bytes of %s)", path, want, sum, len(b), p.name)
			}
			return b, sum, nil
		}
		if !errors.Is(err, release.ErrNotFound) {
			return nil, "", fmt.Errorf("%s: %w", p.name, err)
		}
		tried = append(tried, p.name)
	}
	return nil, "", fmt.Errorf("%q: %w: looked at %s", path, release.ErrNotFound, strings.Join(tried, " and "))
}

// read returns the whole object at p. What p claims of its size is believed up to
// max and no further.
func (p place) read(ctx context.Context, max int64) ([]byte, error) {
	r, size, err := p.open(ctx)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if size > max {
		return nil, fmt.Errorf("%w: %d bytes, the limit is %d", ErrTooLarge, size, max)
	}
	if size < 0 {
		return nil, changed("a size of %d bytes", size)
	}
	b := make([]byte, size)
	switch n, err := io.ReadFull(r, b); {
	case err == io.EOF || err == io.ErrUnexpectedEOF:
		return nil, changed("%d of %d bytes", n, size)
	case err != nil:
		return nil, err
	}
	switch n, err := io.ReadFull(r, make([]byte, 1)); {
	case n > 0:
		return nil, changed("more than %d bytes", size)
	case err != io.EOF:
		return nil, err
	}
	return b, nil
}

// changed: size and bytes do not agree, as in a file that is just being written.
func changed(format string, args ...any) error {
	return &release.Unavailable{Part: release.PartStore, Err: fmt.Errorf("changed while it was read: "+format, args...)}
}
