package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// modulePath is the module that this runner belongs to. The tools and the
// guest SDKs have go.mod files of their own below it.
const modulePath = "edgesignal"

// moduleRoot returns the directory of the module's go.mod: dir, an absolute path, or
// the nearest directory above it.
func moduleRoot(dir string) (string, error) {
	for at := dir; ; at = filepath.Dir(at) {
		gomod, err := os.ReadFile(filepath.Join(at, "go.mod"))
		switch {
		case err == nil && declaresModule(string(gomod)):
			return at, nil
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return "", fmt.Errorf("find the module's root: %w", err)
		case at == filepath.Dir(at):
			return "", fmt.Errorf("find the module's root: no go.mod of module %s in %s or above it", modulePath, dir)
		}
	}
}

func declaresModule(gomod string) bool {
	for line := range strings.Lines(gomod) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "module "); ok {
			return strings.TrimSpace(name) == modulePath
		}
	}
	return false
}
