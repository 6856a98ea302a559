package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"edgesignal/guest"
)

type ruleNewCmd struct {
	Dir  string `arg:"" help:"The folder to write: one that does not exist, or an empty one."`
	Lang string `required:"" enum:"go,assemblyscript,c" placeholder:"L" help:"go, assemblyscript or c."`
}

func (c *ruleNewCmd) Run(io streams) error {
	files, ok := guest.Project(c.Lang)
	if !ok {
		return usagef("--lang %s: there is no SDK for it", c.Lang)
	}
	if err := writeProject(c.Dir, files); err != nil {
		return err
	}
	for _, f := range files {
		if err := say(io.out, "%s\n", filepath.Join(c.Dir, filepath.FromSlash(f.Path))); err != nil {
			return err
		}
	}
	err := say(io.out, "\nHow it is built and tried out: %s\n", filepath.Join(c.Dir, "README.md"))
	return err
}

// writeProject fills a folder that is not there or empty. A failure on the
// way takes back what was written.
func writeProject(dir string, files []guest.File) (err error) {
	switch there, err := os.ReadDir(dir); {
	case err == nil && len(there) > 0:
		return fmt.Errorf("%s is not empty: it has %s", dir, there[0].Name())
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	var written []string
	defer func() {
		for i := len(written) - 1; err != nil && i >= 0; i-- {
			_ = os.Remove(written[i]) // a folder that another has written to stays
		}
	}()
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f.Path))
		made, err := makeFolders(filepath.Dir(path))
		written = append(written, made...)
		if err != nil {
			return err
		}
		mode := fs.FileMode(0o644)
		if f.Executable {
			mode = 0o755
		}
		written = append(written, path)
		if err := os.WriteFile(path, []byte(f.Text), mode); err != nil {
			return err
		}
	}
	return nil
}

// makeFolders returns os.MkdirAll that says which folders it made, outermost first.
func makeFolders(dir string) (made []string, err error) {
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if made, err = makeFolders(filepath.Dir(dir)); err != nil {
		return made, err
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return made, err
	}
	return append(made, dir), nil
}
