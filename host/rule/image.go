package rule

import (
	"bytes"

	"github.com/tetratelabs/wazero/api"
)

// image is the state of a guest right after _initialize: its memory and its
// mutable globals. A table cannot change, for no operation on tables is
// admitted, and a data segment cannot be dropped; so restoring an image
// undoes all that a call did. Every instance of a module has the same image,
// because _initialize sees the same of the host each time.
type image struct {
	runs    []stretch // ascending; what lies between them is zero
	size    uint32
	globals []uint64
}

// stretch is a part of the memory that is not all zero.
type stretch struct {
	at    int
	bytes []byte
}

// imageBlock is the grain of stretches, in bytes: most of a guest's memory is zero,
// and clearing is cheaper than copying.
const imageBlock = 4096

func takeImage(mem api.Memory, globals []api.MutableGlobal) *image {
	m := &image{size: mem.Size()}
	all, _ := mem.Read(0, m.size)
	zero := make([]byte, imageBlock)
	for at := 0; at < len(all); at += imageBlock {
		block := all[at:min(at+imageBlock, len(all))]
		if bytes.Equal(block, zero[:len(block)]) {
			continue
		}
		if n := len(m.runs); n > 0 && m.runs[n-1].at+len(m.runs[n-1].bytes) == at {
			m.runs[n-1].bytes = append(m.runs[n-1].bytes, block...)
		} else {
			m.runs = append(m.runs, stretch{at, bytes.Clone(block)})
		}
	}
	for _, g := range globals {
		m.globals = append(m.globals, g.Get())
	}
	return m
}

// fits reports whether mem can be brought back: it can grow and not shrink.
func (m *image) fits(mem api.Memory) bool { return mem.Size() <= m.size }

// restore brings memory and globals back. It is false when the memory cannot
// be made as large as it was.
func (m *image) restore(mem api.Memory, globals []api.MutableGlobal) bool {
	const page = 1 << 16
	if missing := m.size - mem.Size(); missing > 0 {
		if _, ok := mem.Grow(missing / page); !ok {
			return false
		}
	}
	all, ok := mem.Read(0, m.size)
	if !ok {
		return false
	}
	at := 0
	for _, r := range m.runs {
		clear(all[at:r.at])
		at = r.at + copy(all[r.at:], r.bytes)
	}
	clear(all[at:])
	for i, g := range globals {
		g.Set(m.globals[i])
	}
	return true
}
