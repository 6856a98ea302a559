package rulebuild

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Verify builds the rules of dir into a temporary folder and compares: the
// committed modules and SHA256SUMS must be the same bytes. The error names
// each file that differs, is missing or has no source.
func Verify(dir string) error {
	temp, err := os.MkdirTemp("", "rulebuild-verify-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(temp) }()
	if err := build(dir, temp); err != nil {
		return err
	}
	differences, err := compare(dir, temp)
	if err != nil {
		return err
	}
	if len(differences) > 0 {
		return fmt.Errorf("%s is not what %s makes of its sources: %s", dir, toolchainVersion(), strings.Join(differences, "; "))
	}
	return nil
}

// compare says how the products in dir differ from those in fresh.
func compare(dir, fresh string) (differences []string, err error) {
	committed, err := products(dir)
	if err != nil {
		return nil, err
	}
	built, err := products(fresh)
	if err != nil {
		return nil, err
	}
	for _, name := range built {
		want, err := os.ReadFile(filepath.Join(fresh, name))
		if err != nil {
			return nil, err
		}
		got, err := os.ReadFile(filepath.Join(dir, name))
		switch {
		case errors.Is(err, os.ErrNotExist):
			differences = append(differences, name+" is missing")
		case err != nil:
			return nil, err
		case !bytes.Equal(got, want):
			differences = append(differences, fmt.Sprintf("%s differs (%d bytes, built %d)", name, len(got), len(want)))
		}
	}
	for _, name := range committed {
		if !slices.Contains(built, name) {
			differences = append(differences, name+" has no source")
		}
	}
	return differences, nil
}

// products returns the names of the built files of a folder, sorted.
func products(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	var names []string
	for _, e := range entries {
		if name := e.Name(); name == sumsFile || filepath.Ext(name) == ".wasm" {
			names = append(names, name)
		}
	}
	return names, err
}
