package rule

import (
	"errors"
	"fmt"
)

// The section ids of the core specification that the host looks into.
const (
	sectionCustom = 0
	sectionImport = 2
	sectionMemory = 5
	sectionStart  = 8
)

// The kinds of import of the core specification.
const (
	importFunction = iota
	importTable
	importMemory
	importGlobal
)

const metaSection = "rule.meta"

var wasmHeader = []byte{0, 'a', 's', 'm', 1, 0, 0, 0}

// outline is what the host reads from a module's bytes by itself, because
// wazero does not tell it or tells it too late.
type outline struct {
	hasStart    bool
	memoryMin   uint64   // pages of the largest memory the module defines
	otherImport string   // "module.name" of an import that is not a function, "" = none
	meta        [][]byte // the contents of every rule.meta section
}

// readOutline walks the sections of a core module. It allocates nothing in
// proportion to a count that the module claims.
func readOutline(wasm []byte) (outline, error) {
	var o outline
	if len(wasm) < len(wasmHeader) || string(wasm[:len(wasmHeader)]) != string(wasmHeader) {
		return o, errors.New("not a core wasm module of version 1: it does not begin with 00 61 73 6d 01 00 00 00")
	}
	r := reader{b: wasm, at: len(wasmHeader)}
	for index := 0; r.at < len(wasm); index++ {
		start := r.at
		id, body, err := r.section()
		if err == nil {
			err = o.add(id, body)
		}
		if err != nil {
			return o, fmt.Errorf("section %d (id %d) at byte %d: %w", index, id, start, err)
		}
	}
	return o, nil
}

func (o *outline) add(id byte, body reader) error {
	switch id {
	case sectionStart:
		o.hasStart = true
	case sectionCustom:
		name, err := body.name()
		if err != nil {
			return err
		}
		if name == metaSection {
			o.meta = append(o.meta, body.b[body.at:])
		}
	case sectionMemory:
		return body.each(func() error {
			least, err := body.limits()
			o.memoryMin = max(o.memoryMin, least)
			return err
		})
	case sectionImport:
		return body.each(func() error { return o.addImport(&body) })
	}
	return nil
}

func (o *outline) addImport(r *reader) error {
	module, err := r.name()
	if err != nil {
		return err
	}
	name, err := r.name()
	if err != nil {
		return err
	}
	kind, err := r.byte()
	if err != nil {
		return err
	}
	if kind != importFunction && o.otherImport == "" {
		o.otherImport = module + "." + name
	}
	switch kind {
	case importFunction:
		_, err = r.uint() // its type
	case importTable:
		if _, err = r.byte(); err == nil { // the type of its elements
			_, err = r.limits()
		}
	case importMemory:
		_, err = r.limits()
	case importGlobal:
		if _, err = r.byte(); err == nil { // its type
			_, err = r.byte() // whether it is mutable
		}
	default:
		err = fmt.Errorf("import %s.%s is of unknown kind %d", module, name, kind)
	}
	return err
}

// WithMeta is wasm with meta as its one rule.meta section, at the end.
func WithMeta(wasm, meta []byte) ([]byte, error) {
	out := append([]byte(nil), wasmHeader...)
	if _, err := readOutline(wasm); err != nil {
		return nil, err
	}
	r := reader{b: wasm, at: len(wasmHeader)}
	for r.at < len(wasm) {
		start := r.at
		id, body, err := r.section()
		if err != nil {
			return nil, err
		}
		if name, err := body.name(); id == sectionCustom && err == nil && name == metaSection {
			continue
		}
		out = append(out, wasm[start:r.at]...)
	}
	body := appendUint(nil, uint64(len(metaSection)))
	body = append(append(body, metaSection...), meta...)
	out = appendUint(append(out, sectionCustom), uint64(len(body)))
	return append(out, body...), nil
}
