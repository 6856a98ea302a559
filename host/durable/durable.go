// Package durable writes files and names that a crash leaves whole: whoever
// opens the name finds what was there before or all of what came after.
package durable

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Unfinished begins the names of drafts. No file of this project's own has
// such a name, so what a crash leaves behind can be told apart and swept.
const Unfinished = "~"

// Draft is a file on its way in, readable by its owner alone.
type Draft struct {
	*os.File
	done bool // it was committed or discarded
}

// Create makes an empty draft in the folder where it shall stay: a rename is
// one step within a file system only.
func Create(dir string) (*Draft, error) {
	f, err := os.CreateTemp(dir, Unfinished+"*")
	if err != nil {
		return nil, err
	}
	return &Draft{File: f}, nil
}

// Commit brings the bytes to the disk and gives the draft its name, in place of
// what has it. The name itself survives a crash after SyncFolder. The draft
// is open until it has its name, so that a lock on it holds until then.
// After an error the draft is gone and the old file stays.
func (d *Draft) Commit(name string) error {
	err := d.Sync()
	if err == nil {
		err = os.Rename(d.Name(), name)
	}
	if err != nil {
		return errors.Join(err, d.Discard())
	}
	d.done = true
	return d.Close()
}

// Discard removes a draft that was not committed. Afterwards it does nothing.
func (d *Draft) Discard() error {
	if d.done {
		return nil
	}
	d.done = true
	_ = d.Close() // the bytes are not wanted
	if err := os.Remove(d.Name()); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Replace writes a file in one step, with that mode, in place of what has its
// name. It returns after the file would survive a crash. After an error, which
// may be fill's own, what was there before is there still.
func Replace(name string, mode fs.FileMode, fill func(io.Writer) error) error {
	dir := filepath.Dir(name)
	d, err := Create(dir)
	if err != nil {
		return err
	}
	if err := errors.Join(fill(d), d.Chmod(mode)); err != nil {
		return errors.Join(err, d.Discard())
	}
	if err := d.Commit(name); err != nil {
		return err
	}
	return SyncFolder(dir)
}

// SyncFolder makes the names in a folder survive a crash.
func SyncFolder(name string) error {
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
