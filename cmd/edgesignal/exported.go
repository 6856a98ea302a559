package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
)

// exported is export.json, as guest/qlib/export.py writes it.
type exported struct {
	Export   int    `json:"export"` // version of this form
	Model    string `json:"model"`
	Features string `json:"features"`
	Golden   string `json:"golden"` // "" = none
}

const maxExported = 1 << 20 // bytes of export.json

// exported fills in what the directory of an export has and no flag names.
func (c *publishCmd) exported() error {
	name := filepath.Join(c.Qlib, "export.json")
	b, err := readAtMost(name, maxExported)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s has no export.json: guest/qlib/export.py writes it last, so the export was not finished", c.Qlib)
	}
	if err != nil {
		return err
	}
	var e exported
	if err := json.Unmarshal(b, &e); err != nil || e.Export != 1 || e.Model == "" || e.Features == "" {
		return fmt.Errorf("%s is not what guest/qlib/export.py writes", name)
	}
	var model string // a flag's, or the directory's
	if len(c.Model) > 0 {
		model = c.Model[0]
	}
	for _, f := range []struct {
		file string
		flag *string
	}{{e.Model, &model}, {e.Features, &c.Features}, {e.Golden, &c.Golden}} {
		if f.file == "" || *f.flag != "" {
			continue
		}
		if !filepath.IsLocal(f.file) {
			return fmt.Errorf("%s names a file outside of the directory", name)
		}
		*f.flag = filepath.Join(c.Qlib, f.file)
	}
	if len(c.Model) == 0 {
		c.Model = []string{model}
	}
	return nil
}
