package market

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// Source is where run folders come from.
type Source interface {
	// List returns what the newest run of before that day looks like now: no
	// contents, and cheap enough to be called again and again. Without a run
	// it is ErrNoRun. AnyDay asks for the newest of all.
	List(ctx context.Context, before Date) (*Listing, error)
	// Fetch returns the file system to read the files of a listing from. A file
	// that cannot be opened there is that file's failure; an error of Fetch
	// means that the run cannot be had whole now and may be later.
	Fetch(ctx context.Context, l *Listing) (fs.FS, error)
}

// AnyDay lies after every run.
const AnyDay Date = 1 << 30

// Dir returns a directory of a disk as a file system whose Open never waits:
// opening a FIFO does not wait for its writer. What is not a regular file is
// refused by whoever reads it.
func Dir(dir string) fs.FS { return dirFS(dir) }

type dirFS string

func (d dirFS) Open(name string) (fs.File, error) {
	return at(d, "open", name, func(path string) (fs.File, error) {
		f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
		if err != nil {
			return nil, err // not a nil *os.File
		}
		return f, nil
	})
}

func (d dirFS) Stat(name string) (fs.FileInfo, error) { return at(d, "stat", name, os.Stat) }

func (d dirFS) ReadDir(name string) ([]fs.DirEntry, error) { return at(d, "open", name, os.ReadDir) }

// at calls f for a name below the directory. Errors have that name: where the
// directory lies is said by who knows it.
func at[T any](d dirFS, op, name string, f func(path string) (T, error)) (v T, err error) {
	if !fs.ValidPath(name) {
		return v, &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	v, err = f(filepath.Join(string(d), filepath.FromSlash(name)))
	var p *fs.PathError
	if errors.As(err, &p) {
		p.Path = name
	}
	return v, err
}

// Directory returns a data directory on a disk of the operator's own: it is read
// where it lies, and nothing of it is copied.
func Directory(fsys fs.FS) Source { return directory{fsys} }

type directory struct{ fsys fs.FS }

func (d directory) Fetch(context.Context, *Listing) (fs.FS, error) { return d.fsys, nil }

func (d directory) List(_ context.Context, before Date) (*Listing, error) {
	l, err := d.list(before)
	if errors.Is(err, fs.ErrNotExist) {
		// The newest run went away after its name was read: another is the
		// newest now.
		l, err = d.list(before)
	}
	return l, err
}

func (d directory) list(before Date) (*Listing, error) {
	root, err := fs.ReadDir(d.fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("market data: %w", err)
	}
	layout := Layout{Files: d.files, Finished: d.finished}
	for _, e := range root {
		if e.Name() == InstrumentsFolder && d.isFolder(e) {
			if layout.Instruments, err = d.instruments(); err != nil {
				return nil, fmt.Errorf("market data: %w", err)
			}
		}
	}
	if d.isProvider(root) {
		l, err := d.provider(layout.Instruments, before)
		if err != nil {
			return nil, fmt.Errorf("market data: %w", err)
		}
		return l, nil
	}
	for _, e := range root {
		switch name := e.Name(); {
		case name == SectorsFile:
			layout.Sectors = d.info(e, name)
		case name == CalendarFile:
			layout.Calendar = d.info(e, name)
		default:
			if _, err := ParseDate(name); err == nil && d.isFolder(e) {
				layout.Folders = append(layout.Folders, name)
			}
		}
	}
	l, err := layout.List(before)
	if err != nil {
		return nil, fmt.Errorf("market data: %w", err)
	}
	return l, nil
}

func (d directory) files(folder string) ([]FileInfo, error) {
	entries, err := fs.ReadDir(d.fsys, folder)
	if err != nil {
		return nil, err
	}
	var files []FileInfo
	for _, e := range entries {
		if RunFile(e.Name()) {
			f := d.info(e, folder+"/"+e.Name())
			f.Name = e.Name()
			files = append(files, *f)
		}
	}
	return files, nil
}

func (d directory) finished(folder string) (bool, error) {
	_, err := fs.Stat(d.fsys, folder+"/"+FinishedFile)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// info follows a symbolic link, whose own size and time say nothing of the
// content. It has no size and no time for a file that went away meanwhile.
func (d directory) info(e fs.DirEntry, name string) *FileInfo {
	f := &FileInfo{Name: name, Size: -1}
	info, err := e.Info()
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		info, err = fs.Stat(d.fsys, name)
	}
	if err == nil {
		f.Size, f.Tag = info.Size(), strconv.FormatInt(info.ModTime().UnixNano(), 10)
	}
	return f
}

// isFolder follows a symbolic link.
func (d directory) isFolder(e fs.DirEntry) bool {
	if e.Type()&fs.ModeSymlink == 0 {
		return e.IsDir()
	}
	info, err := fs.Stat(d.fsys, e.Name())
	return err == nil && info.IsDir()
}
