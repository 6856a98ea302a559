package mirror

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"edgesignal/host/durable"
)

// disk is a mirror's folder.
type disk struct {
	dir     string
	lock    *os.File // held while the folder is in use
	create  func(dir string) (draft, error)
	buffers sync.Pool
}

// draft is what is needed of a *durable.Draft.
type draft interface {
	io.Writer
	Commit(name string) error
	Discard() error
}

// diskError is a fault of this host's disk, not of the bucket.
type diskError struct{ err error }

func (e *diskError) Error() string { return e.err.Error() }
func (e *diskError) Unwrap() error { return e.err }

func openDisk(dir string) (*disk, error) {
	d := &disk{dir: dir, create: func(dir string) (draft, error) { return durable.Create(dir) }}
	d.buffers.New = func() any { return new([64 << 10]byte) }
	if err := os.MkdirAll(d.contents(), 0o700); err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = lock.Close()
		return nil, fmt.Errorf("%s is in use by another host: each needs a STATE_DIR of its own", dir)
	}
	d.lock = lock
	return d, nil
}

func (d *disk) close() error { return d.lock.Close() }

func (d *disk) contents() string { return filepath.Join(d.dir, "sha256") }

func (d *disk) content(sum string) string { return filepath.Join(d.contents(), sum) }

// put writes exactly size bytes of r under their SHA-256. A fault of the disk
// is a *diskError; other errors are those of r.
func (d *disk) put(r io.Reader, size int64) (sum string, err error) {
	src := &source{r: io.LimitReader(r, size+1)}
	err = d.write(d.contents(), func(w io.Writer) (string, error) {
		h := sha256.New()
		n, err := d.copy(io.MultiWriter(w, h), src)
		switch {
		case src.err != nil:
			return "", src.err
		case err != nil:
			return "", &diskError{err}
		case n > size:
			return "", fmt.Errorf("more than %d bytes came", size)
		case n < size:
			return "", fmt.Errorf("%d of %d bytes came", n, size)
		}
		sum = digest(h)
		return d.content(sum), nil
	})
	return sum, err
}

// source is a reader that remembers how it failed.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// replace writes a file of the folder in one step, after the names of all
// contents that it may speak of are durable.
func (d *disk) replace(name string, b []byte) error {
	if err := durable.SyncFolder(d.contents()); err != nil {
		return err
	}
	err := d.write(d.dir, func(w io.Writer) (string, error) {
		_, err := io.Copy(w, bytes.NewReader(b))
		return name, err
	})
	if err != nil {
		return err
	}
	return durable.SyncFolder(d.dir)
}

// write makes a file that is whole and durable before it has its name, which
// fill gives.
func (d *disk) write(dir string, fill func(io.Writer) (name string, err error)) error {
	f, err := d.create(dir)
	if err != nil {
		return &diskError{err}
	}
	name, err := fill(f)
	if err != nil {
		return errors.Join(err, f.Discard())
	}
	if err := f.Commit(name); err != nil {
		return &diskError{err}
	}
	return nil
}

// open opens a content, after hashing it where verify says so.
func (d *disk) open(sum string, size int64, verify bool) (*os.File, error) {
	f, err := os.OpenFile(d.content(sum), os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	if verify {
		if err = d.verify(f, sum, size); err == nil {
			_, err = f.Seek(0, io.SeekStart)
		}
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

// holds reports whether a content is there and is what it should be.
func (d *disk) holds(sum string, size int64) bool {
	f, err := d.open(sum, size, true)
	if err != nil {
		return false
	}
	_ = f.Close()
	return true
}

func (d *disk) verify(f *os.File, sum string, size int64) error {
	info, err := f.Stat()
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return errors.New("it is not a regular file")
	case info.Size() != size:
		return fmt.Errorf("it has %d bytes, not %d", info.Size(), size)
	}
	h := sha256.New()
	if _, err := d.copy(h, struct{ io.Reader }{f}); err != nil {
		return err
	}
	if found := digest(h); found != sum {
		return fmt.Errorf("its SHA-256 is %s, not %s", found, sum)
	}
	return nil
}

func (d *disk) copy(w io.Writer, r io.Reader) (int64, error) {
	b := d.buffers.Get().(*[64 << 10]byte)
	defer d.buffers.Put(b)
	return io.CopyBuffer(w, r, b[:])
}

func digest(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// sweep removes what is not needed, unfinished files too.
func (d *disk) sweep(needed map[string]bool) error {
	entries, err := os.ReadDir(d.contents())
	if err != nil {
		return err
	}
	var failed []error
	for _, e := range entries {
		if !needed[e.Name()] {
			failed = append(failed, os.RemoveAll(d.content(e.Name())))
		}
	}
	return errors.Join(failed...)
}
