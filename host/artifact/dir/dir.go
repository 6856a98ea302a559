// Package dir is a store in a folder: an object is a file, its key is its
// path below the root.
//
// Names that begin with "~" are objects on their way in; no key can name
// them. A process that is killed may leave one behind, which does no harm and
// may be deleted.
package dir

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"edgesignal/host/artifact"
	"edgesignal/host/artifact/internal/file"
	"edgesignal/host/release"
)

// Store is a folder. Symbolic links within it are followed as long as they
// stay within it.
type Store struct {
	root string
}

var _ artifact.Store = (*Store)(nil)

// Open makes the folder when it is missing (0755 less the umask).
func Open(root string) (*Store, error) {
	if root == "" {
		return nil, errors.New("store: no folder")
	}
	abs, err := filepath.Abs(root) // a later change of the working directory must not matter
	if err == nil {
		err = os.MkdirAll(abs, 0o755)
	}
	if err != nil {
		return nil, unreachable(root, err)
	}
	return &Store{root: abs}, nil
}

// String returns the store as a file URL.
func (s *Store) String() string { return (&url.URL{Scheme: "file", Path: s.root}).String() }

// enter checks what every call is given. The folder is opened by each call
// anew: one that was taken away (an unmounted disk) must not look empty, and
// one that came back must be found.
func (s *Store) enter(ctx context.Context, key string) (*os.Root, error) {
	if err := artifact.ValidKey(key); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(s.root)
	if err != nil {
		return nil, unreachable(s.root, err)
	}
	return root, nil
}

// Stat implements artifact.Store.
func (s *Store) Stat(ctx context.Context, key string) (artifact.Info, error) {
	root, err := s.enter(ctx, key)
	if err != nil {
		return artifact.Info{}, err
	}
	defer root.Close()
	return stat(root, key)
}

func stat(root *os.Root, key string) (artifact.Info, error) {
	info, err := root.Stat(key)
	switch {
	case err != nil:
		return artifact.Info{}, fault(key, err)
	case info.IsDir(): // a part of other keys
		return artifact.Info{}, fault(key, fs.ErrNotExist)
	}
	return artifact.Info{Key: key, Size: info.Size()}, fault(key, file.Regular(info))
}

// Open implements artifact.Store.
func (s *Store) Open(ctx context.Context, key string) (io.ReadCloser, artifact.Info, error) {
	root, err := s.enter(ctx, key)
	if err != nil {
		return nil, artifact.Info{}, err
	}
	defer root.Close()
	if _, err := stat(root, key); err != nil {
		return nil, artifact.Info{}, err
	}
	f, err := root.OpenFile(key, file.ReadOnly, 0)
	if err != nil {
		return nil, artifact.Info{}, fault(key, err)
	}
	r, size, err := file.Reader(ctx, f)
	if err != nil {
		return nil, artifact.Info{}, fault(key, err)
	}
	return r, artifact.Info{Key: key, Size: size}, nil
}

func fault(key string, err error) error {
	switch {
	case err == nil:
		return nil
	case file.Absent(err):
		return fmt.Errorf("%s: %w", key, release.ErrNotFound)
	}
	return fmt.Errorf("%s: %w", key, file.Fault(err))
}

// unreachable returns any fault of the root, a missing one too.
func unreachable(root string, err error) error {
	return &release.Unavailable{Part: release.PartStore, Err: fmt.Errorf("%s: %w", root, err)}
}
