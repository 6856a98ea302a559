// Package rulebuild is the recipe of the stock rules: C in, the committed
// wasm modules out, the same bytes each time.
package rulebuild

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"edgesignal/host/release"
	"edgesignal/host/rule"
)

// sumsFile lists the SHA-256 of each module, as sha256sum writes and checks it.
const sumsFile = "SHA256SUMS"

// Build compiles each rule of dir (guest/rules: a folder NAME with NAME.c and
// meta.json) to dir/NAME.wasm and writes dir/SHA256SUMS. The header of all
// rules is in dir/../c.
func Build(dir string) error { return build(dir, dir) }

// build reads the sources of dir and writes what is made of them to out.
func build(dir, out string) error {
	if err := Toolchain(); err != nil {
		return err
	}
	names, err := sources(dir)
	if err != nil {
		return err
	}
	var sums strings.Builder
	for _, name := range names {
		module, err := buildRule(dir, name)
		if err != nil {
			return fmt.Errorf("rule %s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(out, name+".wasm"), module, 0o644); err != nil {
			return err
		}
		fmt.Fprintf(&sums, "%s  %s.wasm\n", release.Sum(module), name)
	}
	return os.WriteFile(filepath.Join(out, sumsFile), []byte(sums.String()), 0o644)
}

// sources returns the names of the rules of dir, sorted.
func sources(dir string) ([]string, error) {
	found, err := filepath.Glob(filepath.Join(dir, "*", "meta.json"))
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s has no rule: no */meta.json", dir)
	}
	names := make([]string, len(found))
	for i, f := range found {
		names[i] = filepath.Base(filepath.Dir(f))
	}
	return names, nil
}

// buildRule compiles one rule and puts its metadata in.
func buildRule(dir, name string) ([]byte, error) {
	meta, err := compactMeta(filepath.Join(dir, name, "meta.json"), name)
	if err != nil {
		return nil, err
	}
	module, err := compileC(dir, name)
	if err != nil {
		return nil, err
	}
	return rule.WithMeta(module, meta)
}

// compactMeta returns the metadata without white space; its name must be the folder's.
func compactMeta(path, name string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var meta struct{ Name string }
	if err := json.Unmarshal(text, &meta); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if meta.Name != name {
		return nil, fmt.Errorf("%s: name is %q, want %q as the folder", path, meta.Name, name)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, text); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return compact.Bytes(), nil
}
