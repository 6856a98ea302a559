package dir

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"syscall"

	"edgesignal/host/artifact/internal/file"
	"edgesignal/host/release"
)

// Put implements artifact.Store. The bytes are written and synced under a
// name that no key has, then linked to their own name, which fails when it is
// taken, and the folders are synced.
func (s *Store) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	root, err := s.enter(ctx, key)
	if err != nil {
		return err
	}
	defer root.Close()
	if size < 0 {
		return fmt.Errorf("%s: size %d is negative", key, size)
	}
	dir := path.Dir(key)
	err = root.MkdirAll(dir, 0o755)
	switch {
	case errors.Is(err, fs.ErrExist), errors.Is(err, syscall.ENOTDIR):
		return fmt.Errorf("%s: a part of it is an object: %w", key, release.ErrConflict)
	case err != nil:
		return failed(key, err)
	}
	if _, err := root.Lstat(key); err == nil { // saves the writing; Link decides
		return taken(root, key)
	}
	temp := path.Join(dir, "~"+rand.Text())
	if err := write(ctx, root, temp, r, size); err != nil {
		return fmt.Errorf("%s: %w", key, errors.Join(err, remove(root, temp)))
	}
	err = root.Link(temp, key)
	removed := remove(root, temp)
	switch {
	case errors.Is(err, fs.ErrExist):
		return errors.Join(taken(root, key), removed)
	case err != nil:
		return errors.Join(failed(key, err), removed)
	}
	return errors.Join(removed, sync(root, key))
}

// taken answers for a key that another Put was first with. That one may still
// be about to sync, and the caller will rely on the object being there.
func taken(root *os.Root, key string) error {
	if err := sync(root, key); err != nil {
		return err
	}
	return fmt.Errorf("%s: %w", key, release.ErrConflict)
}

// write makes the file name of exactly size bytes of r, synced.
func write(ctx context.Context, root *os.Root, name string, r io.Reader, size int64) error {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return file.Fault(err)
	}
	if err := fill(ctx, f, r, size); err != nil {
		_ = f.Close()
		return err
	}
	if err := f.Sync(); err != nil {
		_ = f.Close()
		return file.Fault(err)
	}
	return file.Fault(f.Close())
}

func fill(ctx context.Context, f *os.File, r io.Reader, size int64) error {
	src := &source{ctx: ctx, r: r}
	n, err := io.CopyN(f, src, size)
	switch {
	case src.err != nil && !errors.Is(src.err, io.EOF):
		return src.err
	case errors.Is(err, io.EOF):
		return fmt.Errorf("the reader ended after %d of %d bytes: %w", n, size, io.ErrUnexpectedEOF)
	case err != nil:
		return file.Fault(err)
	}
	switch n, err := io.ReadFull(src, make([]byte, 1)); {
	case n > 0:
		return fmt.Errorf("the reader has more than %d bytes", size)
	case !errors.Is(err, io.EOF):
		return err
	}
	return nil
}

// source is r until ctx ends, and remembers how r ended: its errors are not
// the store's.
type source struct {
	ctx context.Context
	r   io.Reader
	err error
}

func (s *source) Read(p []byte) (n int, err error) {
	if s.err = s.ctx.Err(); s.err != nil {
		return 0, s.err
	}
	n, s.err = s.r.Read(p)
	return n, s.err
}

// failed returns what the disk refused. Something that is missing while it writes
// is a fault of the store, not a key that it does not have.
func failed(key string, err error) error { return fmt.Errorf("%s: %w", key, file.Fault(err)) }

// remove takes away an unfinished object.
func remove(root *os.Root, name string) error {
	if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return file.Fault(err)
	}
	return nil
}

// sync makes the name key durable: every folder on the way to it, for any of
// them may be new.
func sync(root *os.Root, key string) error {
	for dir := path.Dir(key); ; dir = path.Dir(dir) {
		f, err := root.Open(dir)
		if err != nil {
			return failed(key, err)
		}
		err = f.Sync()
		_ = f.Close()
		if err != nil {
			return failed(key, err)
		}
		if dir == "." {
			return nil
		}
	}
}
