package barfile

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// The types of Thrift's compact protocol:
// https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
const (
	kindTrue   = 1
	kindFalse  = 2
	kindI8     = 3
	kindI16    = 4
	kindI32    = 5
	kindI64    = 6
	kindDouble = 7
	kindBinary = 8
	kindList   = 9
	kindSet    = 10
	kindStruct = 12
)

var errCut = errors.New("it ends too early")

// cursor walks metadata in Thrift's compact protocol. It builds nothing by
// itself: what is kept, and how much of it, is the caller's decision, and
// every step takes at least one byte, so that no claimed length costs time.
// After the first error every read returns zero.
type cursor struct {
	what  string // what is walked, for errors
	b     []byte
	at    int
	depth int
	err   error
}

func (c *cursor) fail(err error) {
	if c.err == nil {
		c.err = fmt.Errorf("%s, byte %d: %w", c.what, c.at, err)
	}
}

func (c *cursor) byte() byte {
	if c.err != nil || c.at >= len(c.b) {
		c.fail(errCut)
		return 0
	}
	c.at++
	return c.b[c.at-1]
}

func (c *cursor) uvarint() uint64 {
	if c.err != nil {
		return 0
	}
	v, n := binary.Uvarint(c.b[c.at:])
	if n <= 0 {
		c.fail(errCut)
		return 0
	}
	c.at += n
	return v
}

func (c *cursor) varint() int64 {
	v := c.uvarint()
	return int64(v>>1) ^ -int64(v&1)
}

// structure calls field for each field, with its number and type. Fields that
// field does not take are skipped.
func (c *cursor) structure(field func(id int, kind byte) (taken bool)) {
	if c.depth++; c.depth > maxDepth {
		c.fail(fmt.Errorf("nested deeper than %d", maxDepth))
	}
	id := 0
	for c.err == nil {
		head := c.byte()
		if head == 0 || c.err != nil {
			break
		}
		if step := int(head >> 4); step > 0 {
			id += step
		} else {
			id = int(int16(c.varint()))
		}
		if kind := head & 15; !field(id, kind) {
			c.skip(kind, true)
		}
	}
	c.depth--
}

// list calls each for every element, which it must take.
func (c *cursor) list(kind byte, each func(kind byte)) {
	c.expect(kind == kindList || kind == kindSet)
	head := c.byte()
	n := uint64(head >> 4)
	if n == 15 {
		n = c.uvarint()
	}
	if n > uint64(len(c.b)-c.at) {
		c.fail(errCut)
	}
	for ; n > 0 && c.err == nil; n-- {
		each(head & 15)
	}
}

func (c *cursor) skip(kind byte, field bool) {
	switch kind {
	case kindTrue, kindFalse:
		if !field { // the type of a field is its value
			c.byte()
		}
	case kindI8:
		c.byte()
	case kindI16, kindI32, kindI64:
		c.uvarint()
	case kindDouble:
		c.take(8)
	case kindBinary:
		c.take(c.uvarint())
	case kindList, kindSet:
		if c.depth++; c.depth > maxDepth {
			c.fail(fmt.Errorf("nested deeper than %d", maxDepth))
		}
		c.list(kind, func(kind byte) { c.skip(kind, false) })
		c.depth--
	case kindStruct:
		c.structure(func(int, byte) bool { return false })
	default: // maps do not occur in Parquet
		c.fail(fmt.Errorf("a value of type %d", kind))
	}
}

func (c *cursor) take(n uint64) []byte {
	if c.err != nil || n > uint64(len(c.b)-c.at) {
		c.fail(errCut)
		return nil
	}
	c.at += int(n)
	return c.b[c.at-int(n) : c.at]
}

func (c *cursor) expect(ok bool) {
	if !ok {
		c.fail(errors.New("a field of another type than Parquet gives it"))
	}
}

// The readers of one field's value.

func (c *cursor) integer(kind byte) int64 {
	if kind == kindI8 {
		return int64(int8(c.byte()))
	}
	c.expect(kind == kindI16 || kind == kindI32 || kind == kindI64)
	return c.varint()
}

func (c *cursor) int32(kind byte) int32 {
	v := c.integer(kind)
	c.expect(int64(int32(v)) == v)
	return int32(v)
}

func (c *cursor) truth(kind byte) bool {
	c.expect(kind == kindTrue || kind == kindFalse)
	return kind == kindTrue
}

func (c *cursor) binary(kind byte) []byte {
	c.expect(kind == kindBinary)
	return c.take(c.uvarint())
}

func (c *cursor) nested(kind byte, field func(id int, kind byte) bool) {
	c.expect(kind == kindStruct)
	if c.err == nil {
		c.structure(field)
	}
}
