package mirror

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sync"
	"time"

	"edgesignal/host/market"
)

// files are the files of one listing, as they lie on the disk.
type files struct {
	disk   *disk
	byName map[string]market.FileInfo
	sums   map[market.FileInfo]string
	failed map[market.FileInfo]error // what could not be fetched
	verify bool                      // hash each content before it is read

	mu      sync.Mutex
	damaged []error
}

func newFiles(d *disk, l *market.Listing, sums map[market.FileInfo]string) *files {
	f := &files{disk: d, byName: map[string]market.FileInfo{}, sums: sums}
	for _, info := range l.All() {
		f.byName[info.Name] = info
	}
	return f
}

// Open implements fs.FS.
func (f *files) Open(name string) (fs.File, error) {
	info, ok := f.byName[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	if err := f.failed[info]; err != nil {
		return nil, &fs.PathError{Op: "fetch", Path: name, Err: err}
	}
	sum := f.sums[info]
	if sum == "" {
		return &outside{info}, nil
	}
	file, err := f.disk.open(sum, info.Size, f.verify)
	if err != nil {
		err = fmt.Errorf("%s: %w", name, err)
		f.mu.Lock()
		defer f.mu.Unlock()
		f.damaged = append(f.damaged, err)
		return nil, err
	}
	return file, nil
}

// outside is what a listing knows of something that is never fetched: a
// folder, an object over the limit, or one that could not be had when the
// market was kept. Whoever looks at it sees why.
type outside struct{ info market.FileInfo }

func (o *outside) Stat() (fs.FileInfo, error) { return o, nil }
func (o *outside) Close() error               { return nil }
func (o *outside) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: o.info.Name, Err: errors.New("it could not be fetched")}
}

func (o *outside) Name() string       { return path.Base(o.info.Name) }
func (o *outside) Size() int64        { return o.info.Size }
func (o *outside) ModTime() time.Time { return time.Time{} }
func (o *outside) IsDir() bool        { return o.info.Tag == folderTag }
func (o *outside) Sys() any           { return nil }
func (o *outside) Mode() fs.FileMode {
	if o.IsDir() {
		return fs.ModeDir | 0o500
	}
	return 0o400
}
