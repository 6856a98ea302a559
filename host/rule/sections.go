package rule

import (
	"encoding/binary"

	"edgesignal/host/sandbox"
)

const (
	sectionCustom = 0 // the id of a custom section, core specification 5.5.2
	metaSection   = "rule.meta"
)

// section is one section of a module as it stands there, and, for a custom
// one, its name and what follows the name.
type section struct {
	id      byte
	raw     []byte // id and size included
	name    string
	content []byte
}

// sections calls visit for each section of a core module.
func sections(wasm []byte, visit func(section) error) error {
	r := sandbox.NewReader(wasm)
	if err := r.Header(); err != nil {
		return err
	}
	for r.Left() > 0 {
		start := r.At()
		id, body, err := r.Section()
		if err != nil {
			return err
		}
		s := section{id: id, raw: wasm[start:r.At()]}
		if id == sectionCustom {
			name, err := body.Name()
			if err != nil {
				return err
			}
			s.name, s.content = string(name), body.Bytes()
		}
		if err := visit(s); err != nil {
			return err
		}
	}
	return nil
}

// metaSections returns the contents of every rule.meta section.
func metaSections(wasm []byte) (metas [][]byte, err error) {
	err = sections(wasm, func(s section) error {
		if s.name == metaSection {
			metas = append(metas, s.content)
		}
		return nil
	})
	return metas, err
}

// WithMeta returns wasm with meta as its one rule.meta section, at the end.
func WithMeta(wasm, meta []byte) ([]byte, error) {
	out := []byte(sandbox.Header)
	err := sections(wasm, func(s section) error {
		if s.name != metaSection {
			out = append(out, s.raw...)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	body := binary.AppendUvarint(nil, uint64(len(metaSection)))
	body = append(append(body, metaSection...), meta...)
	out = binary.AppendUvarint(append(out, sectionCustom), uint64(len(body)))
	return append(out, body...), nil
}
