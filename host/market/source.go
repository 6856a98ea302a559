package market

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
)

// Source is where run folders come from.
type Source interface {
	// List returns what the newest run looks like now: no contents, and cheap
	// enough to be called again and again. Without a run it is ErrNoRun.
	List(ctx context.Context) (*Listing, error)
	// Fetch returns the file system to read the files of a listing from. A file
	// that cannot be opened there is that file's failure; an error of Fetch
	// means that the run cannot be had whole now and may be later.
	Fetch(ctx context.Context, l *Listing) (fs.FS, error)
}

// Directory returns a data directory on a disk of the operator's own: it is read
// where it lies, and nothing of it is copied.
func Directory(fsys fs.FS) Source { return directory{fsys} }

type directory struct{ fsys fs.FS }

func (d directory) Fetch(context.Context, *Listing) (fs.FS, error) { return d.fsys, nil }

func (d directory) List(context.Context) (*Listing, error) {
	l, err := d.list()
	if errors.Is(err, fs.ErrNotExist) {
		// The newest run went away after its name was read: another is the
		// newest now.
		l, err = d.list()
	}
	return l, err
}

func (d directory) list() (*Listing, error) {
	root, err := fs.ReadDir(d.fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("market data: %w", err)
	}
	var sectors *FileInfo
	var folders []string
	for _, e := range root {
		if e.Name() == SectorsFile {
			f := infoOf(e)
			sectors = &f
		}
		if _, err := ParseDate(e.Name()); err == nil && d.isFolder(e) {
			folders = append(folders, e.Name())
		}
	}
	l, err := NewListing(folders, sectors, d.files)
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
	files := make([]FileInfo, len(entries))
	for i, e := range entries {
		files[i] = infoOf(e)
	}
	return files, nil
}

// infoOf has no size and no time for a file that went away meanwhile.
func infoOf(e fs.DirEntry) FileInfo {
	f := FileInfo{Name: e.Name(), Size: -1}
	if info, err := e.Info(); err == nil {
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
