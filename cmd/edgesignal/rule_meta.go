package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"edgesignal/host/durable"
	"edgesignal/host/rule"
	"edgesignal/host/strictjson"
)

type ruleMetaCmd struct {
	Module string `arg:"" placeholder:"FILE.wasm" help:"The module, changed in place."`
	Meta   string `arg:"" placeholder:"META.json" help:"name, version, description, columns and params (a JSON Schema)."`
}

func (c *ruleMetaCmd) Run(s streams) error {
	text, err := os.ReadFile(c.Meta)
	if err != nil {
		return err
	}
	meta, compact, err := readMeta(text)
	if err != nil {
		return fmt.Errorf("%s: %w", c.Meta, err)
	}
	wasm, err := os.ReadFile(c.Module)
	if err != nil {
		return err
	}
	wasm, err = rule.WithMeta(wasm, compact)
	if err != nil {
		return fmt.Errorf("%s: %w", c.Module, err)
	}
	if err := durable.Replace(c.Module, 0o644, func(w io.Writer) error { _, err := w.Write(wasm); return err }); err != nil {
		return err
	}
	err = say(s.out, "%s: %s %s, %d bytes\n", c.Module, meta.Name, meta.Version, len(wasm))
	return err
}

// readMeta reads metadata and gives it without white space. Whether a host
// takes it is the business of rule check; a key that it would not know is
// named here already, beside the file that has it.
func readMeta(text []byte) (meta rule.Meta, compact []byte, err error) {
	if err := strictjson.Decode(text, &meta); err != nil {
		return meta, nil, err
	}
	if meta.Name == "" || meta.Version == "" {
		return meta, nil, fmt.Errorf("name and version are required")
	}
	var out bytes.Buffer
	if err := json.Compact(&out, text); err != nil {
		return meta, nil, err
	}
	return meta, out.Bytes(), nil
}
