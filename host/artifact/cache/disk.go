package cache

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"edgesignal/host/release"
)

// unfinished begins the name of a file on its way in. Its writer holds a lock
// on it, from a moment after it made it.
const unfinished = "~"

// abandoned is how old such a file is before it may be taken for a leftover:
// a younger one may not be locked yet.
const abandoned = time.Minute

// write puts a file there in one step: a reader, and a start after a crash,
// see all of it or nothing.
func (c *Cache) write(sum string, b []byte) error {
	f, err := os.CreateTemp(c.dir, unfinished+"*")
	if err != nil {
		return errors.New(reason(err))
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		_, err = f.Write(b)
	}
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = os.Rename(f.Name(), c.file(sum))
	}
	if err != nil {
		err = errors.New(c.dir + ": " + reason(err))
		if gone := os.Remove(f.Name()); gone != nil && !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
	}
	return errors.Join(err, f.Close())
}

// reason returns an error without the name of a file that was made up for it, so
// that the same trouble has the same words.
func reason(err error) string {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Op + ": " + path.Err.Error()
	case errors.As(err, &link):
		return link.Op + ": " + link.Err.Error()
	}
	return err.Error()
}

// sweep removes what writers that are gone did not finish.
func (c *Cache) sweep() error {
	names, err := filepath.Glob(filepath.Join(c.dir, unfinished+"*"))
	if err != nil {
		return err
	}
	for _, name := range names {
		f, err := os.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // its writer has finished meanwhile
		}
		if err != nil {
			return err
		}
		if info, err := f.Stat(); err == nil && time.Since(info.ModTime()) < abandoned {
			_ = f.Close()
			continue
		}
		if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			err = os.Remove(name)
		}
		if err = errors.Join(err, f.Close()); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// evict removes the files whose last use is longest ago, until the rest fits.
func (c *Cache) evict() error {
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		return err
	}
	var files []fs.FileInfo
	var total int64
	for _, e := range entries {
		if !release.ValidSum(e.Name()) {
			continue
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // another process removed it
		}
		if err != nil {
			return err
		}
		files = append(files, info)
		total += info.Size()
	}
	slices.SortFunc(files, func(a, b fs.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	for _, f := range files {
		if total <= c.max {
			break
		}
		if c.pinned[f.Name()] {
			continue
		}
		if err := os.Remove(c.file(f.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		total -= f.Size()
	}
	return nil
}
