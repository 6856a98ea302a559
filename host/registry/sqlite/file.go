package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// create makes an empty database at path when nothing is there, readable by
// its owner alone (SQLite would make it 0644); the files that SQLite puts
// beside it get the same mode.
//
// The file is made under another name and linked: whoever closes a file
// descriptor of the database itself drops all locks that SQLite holds on it in
// the same process.
func create(path string) error {
	info, err := os.Stat(path)
	if err == nil {
		if !info.Mode().IsRegular() {
			return fmt.Errorf("not a file: %s", info.Mode())
		}
		return nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".registry-*") // 0600
	if err != nil {
		return err
	}
	err = f.Close()
	if err == nil {
		err = os.Link(f.Name(), path)
	}
	if errors.Is(err, fs.ErrExist) { // another process was first
		err = nil
	}
	return errors.Join(err, os.Remove(f.Name()))
}
