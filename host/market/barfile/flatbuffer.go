package barfile

import "encoding/binary"

// flatbuffer is a buffer of https://flatbuffers.dev: tables that refer to each
// other by offsets. Every offset is held against the buffer; ok is false where
// one leads outside.
type flatbuffer []byte

// object is a table: where it begins, and where its table of fields does.
type object struct {
	b          flatbuffer
	at, fields int
	length     int // bytes of the table of fields
}

func (b flatbuffer) uint16(at int) (int, bool) {
	if at < 0 || at > len(b)-2 {
		return 0, false
	}
	return int(binary.LittleEndian.Uint16(b[at:])), true
}

func (b flatbuffer) uint32(at int) (int, bool) {
	if at < 0 || at > len(b)-4 {
		return 0, false
	}
	return int(binary.LittleEndian.Uint32(b[at:])), true
}

// object returns the table that the offset at leads to.
func (b flatbuffer) object(at int) (o object, ok bool) {
	offset, ok := b.uint32(at)
	if !ok {
		return o, false
	}
	o = object{b: b, at: at + offset}
	back, ok := b.uint32(o.at)
	if !ok {
		return o, false
	}
	o.fields = o.at - int(int32(back))
	o.length, ok = b.uint16(o.fields)
	return o, ok
}

// field returns where the value of a field lies; 0 = it has its default.
func (o object) field(id int) (int, bool) {
	slot := 4 + 2*id
	if slot+2 > o.length {
		return 0, true
	}
	offset, ok := o.b.uint16(o.fields + slot)
	if !ok || offset == 0 {
		return 0, ok
	}
	return o.at + offset, true
}

func (o object) object(id int) (object, bool) {
	at, ok := o.field(id)
	if !ok || at == 0 {
		return object{}, false
	}
	return o.b.object(at)
}

func (o object) byte(id int) (byte, bool) {
	at, ok := o.field(id)
	if !ok || at >= len(o.b) {
		return 0, false
	}
	if at == 0 {
		return 0, true
	}
	return o.b[at], true
}

// text returns a string field, "" where it is not there.
func (o object) text(id int) (string, bool) {
	at, n, ok := o.vector(id, 1)
	return string(o.b[at : at+n]), ok
}

// vector returns where a vector's elements begin and how many there are.
func (o object) vector(id, size int) (at, n int, ok bool) {
	at, ok = o.field(id)
	if !ok || at == 0 {
		return 0, 0, ok
	}
	offset, ok := o.b.uint32(at)
	if !ok {
		return 0, 0, false
	}
	n, ok = o.b.uint32(at + offset)
	if at += offset + 4; !ok || n > (len(o.b)-at)/size {
		return 0, 0, false
	}
	return at, n, true
}

// The numbers of fields and types that follow are those of
// https://github.com/apache/arrow/blob/main/format/Message.fbs and Schema.fbs.

// schemaZone returns the zone of the column in a message that holds a schema;
// "" = the column is not there, is no timestamp or has no zone.
func schemaZone(b flatbuffer, column string) (zone string, ok bool) {
	const schemaMessage, timestamp = 1, 10
	message, ok := b.object(0)
	if !ok {
		return "", false
	}
	if kind, ok := message.byte(1); !ok || kind != schemaMessage {
		return "", false
	}
	schema, ok := message.object(2)
	if !ok {
		return "", false
	}
	at, n, ok := schema.vector(1, 4)
	if !ok {
		return "", false
	}
	for i := range n {
		field, ok := b.object(at + 4*i)
		if !ok {
			return "", false
		}
		name, ok := field.text(0)
		if !ok {
			return "", false
		}
		if name != column {
			continue
		}
		kind, ok := field.byte(2)
		if !ok || kind != timestamp {
			return "", ok
		}
		about, ok := field.object(3)
		if !ok {
			return "", false
		}
		return about.text(1)
	}
	return "", true
}
