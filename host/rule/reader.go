package rule

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"
)

var errEnds = errors.New("the bytes end too early")

// reader reads the parts of the wasm binary format that sections.go needs.
type reader struct {
	b  []byte
	at int
}

func (r *reader) byte() (byte, error) {
	if r.at >= len(r.b) {
		return 0, errEnds
	}
	r.at++
	return r.b[r.at-1], nil
}

// uint reads an unsigned LEB128 of at most 32 bits.
func (r *reader) uint() (uint64, error) {
	v, n := binary.Uvarint(r.b[r.at:])
	switch {
	case n == 0:
		return 0, errEnds
	case n < 0 || n > 5 || v > math.MaxUint32:
		return 0, errors.New("a number of more than 32 bits")
	}
	r.at += n
	return v, nil
}

// bytes reads a length and as many bytes, without copying them.
func (r *reader) bytes() ([]byte, error) {
	n, err := r.uint()
	if err != nil {
		return nil, err
	}
	if n > uint64(len(r.b)-r.at) {
		return nil, fmt.Errorf("claims %d bytes, %d are left", n, len(r.b)-r.at)
	}
	r.at += int(n)
	return r.b[r.at-int(n) : r.at], nil
}

func (r *reader) name() (string, error) {
	b, err := r.bytes()
	if err == nil && !utf8.Valid(b) {
		err = errors.New("a name is not UTF-8")
	}
	return string(b), err
}

// section reads an id and the section's body.
func (r *reader) section() (id byte, body reader, err error) {
	if id, err = r.byte(); err != nil {
		return id, body, err
	}
	b, err := r.bytes()
	return id, reader{b: b}, err
}

// each reads a count and calls read so many times.
func (r *reader) each(read func() error) error {
	n, err := r.uint()
	for ; err == nil && n > 0; n-- { // ends with the bytes: read takes at least one
		err = read()
	}
	return err
}

// limits reads the limits of a memory and returns its minimum, in pages.
func (r *reader) limits() (least uint64, err error) {
	flags, err := r.byte()
	if err != nil {
		return 0, err
	}
	if least, err = r.uint(); err != nil || flags&1 == 0 {
		return least, err
	}
	_, err = r.uint()
	return least, err
}

func appendUint(b []byte, v uint64) []byte { return binary.AppendUvarint(b, v) }
