// Package file reads regular files of a store or of the host's disk, and says
// what an error of the file system means.
package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"

	"edgesignal/host/release"
)

// ReadOnly are the flags to open a file with that might turn out to be a
// FIFO: opening one must not wait for its writer.
const ReadOnly = os.O_RDONLY | syscall.O_NONBLOCK

// Regular returns nil for a regular file, else an error that names what it is.
func Regular(info fs.FileInfo) error {
	switch mode := info.Mode(); {
	case mode.IsRegular():
		return nil
	case mode.IsDir():
		return errors.New("is a folder, not a file")
	default:
		return fmt.Errorf("is not a regular file (mode %s)", mode)
	}
}

// Reader takes over f, opened ReadOnly, and returns it as a reader of its size
// in bytes whose errors are those of Fault, and ctx's once ctx ends. Anything
// but a regular file is an error, and f is closed.
func Reader(ctx context.Context, f *os.File) (io.ReadCloser, int64, error) {
	info, err := f.Stat()
	if err == nil {
		err = Regular(info)
	}
	if err != nil {
		_ = f.Close()
		return nil, 0, Fault(err)
	}
	return &reader{ctx, f}, info.Size(), nil
}

type reader struct {
	ctx context.Context // of the Open that made it: one object, one call
	f   *os.File
}

func (r *reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := r.f.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = Fault(err)
	}
	return n, err
}

func (r *reader) Close() error { return r.f.Close() }

// Absent reports whether err says that there is no such file, and that no
// such file can be.
func Absent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) || errors.Is(err, syscall.ENAMETOOLONG)
}

// Fault makes *release.Unavailable of an error that the operating system
// reports (input/output, permissions, no space): none of them is the fault of
// a release. Other errors stay.
func Fault(err error) error {
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		return err
	}
	return &release.Unavailable{Part: release.PartStore, Err: err}
}
