package cache

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"edgesignal/host/durable"
	"edgesignal/host/release"
)

// abandoned is how old a draft is before it may be taken for a leftover: its
// writer holds a lock on it, but only from a moment after it made it.
const abandoned = time.Minute

// write puts a file there in one step: a reader, and a start after a crash,
// see all of it or nothing.
func (c *Cache) write(sum string, b []byte) error {
	f, err := durable.Create(c.dir)
	if err != nil {
		return errors.New(reason(err))
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		_, err = f.Write(b)
	}
	if err == nil {
		err = f.Commit(c.file(sum))
	}
	if err != nil {
		return errors.Join(errors.New(c.dir+": "+reason(err)), f.Discard())
	}
	return nil
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
	names, err := filepath.Glob(filepath.Join(c.dir, durable.Unfinished+"*"))
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
