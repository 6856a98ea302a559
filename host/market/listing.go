package market

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

const (
	barsExt     = ".parquet"
	sectorsFile = "symbols.csv"
)

// ErrNoRun: the data directory holds no run folder yet.
var ErrNoRun = errors.New("no run folder: looked for YYYY-MM-DD/<SYMBOL>.parquet")

// listing is what the newest run looks like from outside: cheap to make, and
// different whenever a file comes, goes or is written.
type listing struct {
	run     Date
	files   []fileInfo // the run's .parquet files, sorted by name
	sectors *fileInfo  // symbols.csv, nil = there is none
}

type fileInfo struct {
	name  string // relative to the data directory
	size  int64  // bytes, -1 = unknown
	mtime int64  // nanoseconds since 1970
}

// stem is the file's name without folder and extension.
func (f fileInfo) stem() string { return strings.TrimSuffix(path.Base(f.name), barsExt) }

// list finds the newest folder that is named for a day and holds a .parquet
// file. Hidden files are not data.
func list(fsys fs.FS) (*listing, error) {
	root, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("market data: %w", err)
	}
	l := &listing{}
	for _, e := range root {
		if e.Name() == sectorsFile {
			l.sectors = &fileInfo{name: sectorsFile}
			l.sectors.stat(e)
		}
	}
	// Names of days sort as the days do, and ReadDir sorts by name.
	for i := len(root) - 1; i >= 0; i-- {
		run, err := ParseDate(root[i].Name())
		if err != nil || !isFolder(fsys, root[i]) {
			continue
		}
		if l.files, err = listRun(fsys, root[i].Name()); err != nil {
			return nil, fmt.Errorf("market data: %w", err)
		}
		if len(l.files) > 0 {
			l.run = run
			return l, nil
		}
	}
	return nil, fmt.Errorf("market data: %w", ErrNoRun)
}

func listRun(fsys fs.FS, run string) ([]fileInfo, error) {
	entries, err := fs.ReadDir(fsys, run)
	if err != nil {
		return nil, err
	}
	var files []fileInfo
	for _, e := range entries {
		if name := e.Name(); strings.HasSuffix(name, barsExt) && name[0] != '.' {
			f := fileInfo{name: path.Join(run, name)}
			f.stat(e)
			files = append(files, f)
		}
	}
	return files, nil
}

// stat fills in size and time; a file that went away meanwhile has neither.
func (f *fileInfo) stat(e fs.DirEntry) {
	f.size = -1
	if info, err := e.Info(); err == nil {
		f.size, f.mtime = info.Size(), info.ModTime().UnixNano()
	}
}

// isFolder follows a symbolic link.
func isFolder(fsys fs.FS, e fs.DirEntry) bool {
	if e.Type()&fs.ModeSymlink == 0 {
		return e.IsDir()
	}
	info, err := fs.Stat(fsys, e.Name())
	return err == nil && info.IsDir()
}

// String is equal for equal listings.
func (l *listing) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", l.run)
	for _, f := range l.files {
		fmt.Fprintf(&b, "%q %d %d\n", f.name, f.size, f.mtime)
	}
	if l.sectors != nil {
		fmt.Fprintf(&b, "%q %d %d\n", l.sectors.name, l.sectors.size, l.sectors.mtime)
	}
	return b.String()
}
