package token

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"time"
)

// recheck is how often the file is read again: a token that is taken out of it
// is good for so long at most.
const recheck = time.Second

// File is a file of tokens, kept up to date by Watch.
type File struct {
	path    string
	list    atomic.Pointer[List]
	problem atomic.Pointer[error]
	text    []byte // of list; Watch's
}

// Open reads the file. One that cannot be read or is malformed is an error
// that names it and the line.
func Open(path string) (*File, error) {
	f := &File{path: path}
	if _, err := f.reread(); err != nil {
		return nil, err
	}
	return f, nil
}

// List returns the tokens that count now: those of the last file that was good.
func (f *File) List() *List { return f.list.Load() }

// Problem returns why the file as it is now does not count; nil = it does.
func (f *File) Problem() error {
	if p := f.problem.Load(); p != nil {
		return *p
	}
	return nil
}

// Watch reads the file again every second until ctx ends. changed is called
// after each change that came into force, failed once for each reason why what
// is there now does not; the tokens read before count on then.
//
// The whole file is compared: it is small, and what stat says of it misses a
// change within one tick of the file system's clock.
func (f *File) Watch(ctx context.Context, changed func(*List), failed func(error)) {
	f.watch(ctx, recheck, changed, failed)
}

func (f *File) watch(ctx context.Context, every time.Duration, changed func(*List), failed func(error)) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		before := f.Problem()
		fresh, err := f.reread()
		switch {
		case err != nil && (before == nil || before.Error() != err.Error()):
			failed(err)
		case err == nil && (fresh || before != nil):
			changed(f.List())
		}
	}
}

// reread takes what the file holds now. fresh is whether it is something new.
func (f *File) reread() (fresh bool, err error) {
	text, err := read(f.path)
	fresh = err == nil && (f.List() == nil || !bytes.Equal(text, f.text))
	var list *List
	if fresh {
		list, err = Parse(text)
	}
	if err != nil {
		err = fmt.Errorf("token file %s: %w", f.path, err)
		f.problem.Store(&err)
		return false, err
	}
	if fresh {
		f.text = text
		f.list.Store(list)
	}
	f.problem.Store(nil)
	return fresh, nil
}

// read gives a file's bytes, one more than allowed where there are more.
func read(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, cause(err)
	case !info.Mode().IsRegular():
		return nil, errors.New("not a regular file") // reading a pipe could wait for ever
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, cause(err)
	}
	text, err := io.ReadAll(io.LimitReader(file, maxBytes+1))
	return text, errors.Join(cause(err), file.Close())
}

// cause returns an error without the path, which stands before it already.
func cause(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
