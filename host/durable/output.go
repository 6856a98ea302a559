package durable

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// ErrNotRegular: an output's name belongs to something other than a file.
var ErrNotRegular = errors.New("a link, a folder, a pipe or a device has this name; it is never replaced")

// CheckOutput reports why Output would refuse a name; nil = it would not.
func CheckOutput(name string, force bool) error {
	info, err := os.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s: %w", name, ErrNotRegular)
	case !force:
		return fmt.Errorf("%s: %w", name, fs.ErrExist)
	}
	return nil
}

// Output writes a file that a user named, as Replace does. A name that is
// taken is refused: by a file without force (the error is fs.ErrExist), by
// anything else with it too (ErrNotRegular). The check is made before and
// after fill, which may take long.
func Output(name string, force bool, fill func(io.Writer) error) error {
	if err := CheckOutput(name, force); err != nil {
		return err
	}
	return Replace(name, 0o644, func(w io.Writer) error {
		if err := fill(w); err != nil {
			return err
		}
		return CheckOutput(name, force)
	})
}
