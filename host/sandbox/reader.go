package sandbox

import (
	"fmt"
	"math"
	"unicode/utf8"
)

// Header is how every core module of version 1 begins.
const Header = "\x00asm\x01\x00\x00\x00"

// SyntaxError is a place where the bytes are not what the binary format asks for.
type SyntaxError struct {
	At   int // byte offset in the module
	What string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("byte %d: %s", e.At, e.What) }

func syntax(at int, format string, args ...any) *SyntaxError {
	return &SyntaxError{At: at, What: fmt.Sprintf(format, args...)}
}

// Reader reads a part of a module from front to back. Every error it returns
// is a *SyntaxError; it allocates nothing but errors.
type Reader struct {
	module  []byte
	at, end int
}

// NewReader reads all of module, its header included.
func NewReader(module []byte) Reader { return Reader{module: module, end: len(module)} }

// At returns the offset in the module of the next byte.
func (r *Reader) At() int { return r.at }

// Left returns the number of bytes not yet read.
func (r *Reader) Left() int { return r.end - r.at }

// Header reads the eight bytes that begin a core module.
func (r *Reader) Header() error {
	if r.Left() < len(Header) || string(r.module[r.at:r.at+len(Header)]) != Header {
		return syntax(r.at, "not a core wasm module of version 1: it does not begin with 00 61 73 6d 01 00 00 00")
	}
	r.at += len(Header)
	return nil
}

// Byte reads one byte.
func (r *Reader) Byte() (byte, error) {
	if r.at >= r.end {
		return 0, syntax(r.at, "the bytes end too early")
	}
	r.at++
	return r.module[r.at-1], nil
}

// Skip passes over n bytes, which are not negative.
func (r *Reader) Skip(n int) error {
	if n > r.Left() {
		return syntax(r.at, "wants %d bytes, %d are left", n, r.Left())
	}
	r.at += n
	return nil
}

// Uint32 reads an unsigned LEB128 number of at most 5 bytes whose unused bits
// are 0 (core specification, 5.2.2).
func (r *Reader) Uint32() (uint32, error) {
	if r.at < r.end && r.module[r.at] < 0x80 { // nearly all
		r.at++
		return uint32(r.module[r.at-1]), nil
	}
	start := r.at
	var v uint32
	for shift := 0; shift < 35; shift += 7 {
		b, err := r.Byte()
		if err != nil {
			return 0, err
		}
		if shift == 28 && b > 0x0f {
			return 0, syntax(start, "a number of more than 32 bits")
		}
		v |= uint32(b&0x7f) << shift
		if b < 0x80 {
			return v, nil
		}
	}
	return 0, syntax(start, "a number of more than 32 bits")
}

// Signed reads a signed LEB128 number of width bits: 32, 33 or 64. The bits
// of its last byte that the width leaves unused repeat the sign.
func (r *Reader) Signed(width int) (int64, error) {
	start := r.at
	var v int64
	for shift := 0; shift < width; shift += 7 {
		b, err := r.Byte()
		if err != nil {
			return 0, err
		}
		if used := width - shift; used < 7 {
			if rest := int8(b<<1) >> used; b >= 0x80 || rest != 0 && rest != -1 {
				return 0, syntax(start, "a signed number of more than %d bits", width)
			}
		}
		v |= int64(b&0x7f) << shift
		if b < 0x80 {
			if unused := 64 - (shift + 7); unused > 0 {
				v = v << unused >> unused
			}
			return v, nil
		}
	}
	return 0, syntax(start, "a signed number of more than %d bits", width)
}

// Part reads a length and gives a reader over as many bytes.
func (r *Reader) Part() (Reader, error) {
	start := r.at
	n, err := r.Uint32()
	if err != nil {
		return Reader{}, err
	}
	if uint64(n) > uint64(r.Left()) {
		return Reader{}, syntax(start, "claims %d bytes, %d are left", n, r.Left())
	}
	part := Reader{module: r.module, at: r.at, end: r.at + int(n)}
	r.at = part.end
	return part, nil
}

// Bytes returns what is left; they are shared with the module.
func (r *Reader) Bytes() []byte { return r.module[r.at:r.end:r.end] }

// Name reads a length and as many bytes of UTF-8, shared with the module.
func (r *Reader) Name() ([]byte, error) {
	part, err := r.Part()
	if err != nil {
		return nil, err
	}
	if !utf8.Valid(part.Bytes()) {
		return nil, syntax(part.at, "a name is not UTF-8")
	}
	return part.Bytes(), nil
}

// Count reads how many things follow, each of which takes at least one byte:
// a claim that what is left cannot hold is refused.
func (r *Reader) Count() (int, error) {
	start := r.at
	n, err := r.Uint32()
	if err != nil {
		return 0, err
	}
	if uint64(n) > uint64(r.Left()) || uint64(n) > math.MaxInt32 {
		return 0, syntax(start, "claims %d entries, %d bytes are left", n, r.Left())
	}
	return int(n), nil
}

// Section reads a section's id and gives a reader over its contents.
func (r *Reader) Section() (id byte, contents Reader, err error) {
	if id, err = r.Byte(); err != nil {
		return id, Reader{}, err
	}
	contents, err = r.Part()
	return id, contents, err
}
