package barfile

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/parquet-go/parquet-go/format"
)

const (
	magic          = "PAR1"
	encryptedMagic = "PARE"
	tail           = 4 + len(magic) // the footer's length and the magic
)

// footer returns the metadata at the end of the file, still encoded:
// https://github.com/apache/parquet-format#file-format
func footer(file []byte) ([]byte, error) {
	switch {
	case len(file) < len(magic)+tail:
		return nil, fmt.Errorf("%d bytes are too few for a Parquet file", len(file))
	case string(file[:len(magic)]) == encryptedMagic || string(file[len(file)-len(magic):]) == encryptedMagic:
		return nil, errors.New("an encrypted Parquet file")
	case string(file[:len(magic)]) != magic:
		return nil, fmt.Errorf("not a Parquet file: it does not begin with %s", magic)
	case string(file[len(file)-len(magic):]) != magic:
		return nil, fmt.Errorf("not a whole Parquet file: it does not end with %s", magic)
	}
	end := len(file) - tail
	size := int64(binary.LittleEndian.Uint32(file[end:]))
	if size > int64(end-len(magic)) {
		return nil, fmt.Errorf("metadata of %d bytes; the file has room for %d", size, end-len(magic))
	}
	return file[end-int(size) : end], nil
}

// metadata is what a footer says of the file as a whole.
type metadata struct {
	schema []element
	rows   int64
	pandas []byte // the value of the key "pandas", nil = there is none
	arrow  []byte // that of "ARROW:schema"
}

// The numbers of the fields are those of
// https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift.
// Fields that it calls required are, here, only what reading needs.

func readMetadata(footer []byte) (*metadata, error) {
	m := &metadata{}
	c := &cursor{what: "metadata", b: footer}
	c.structure(func(id int, kind byte) bool {
		switch id {
		case 2:
			c.list(kind, func(kind byte) {
				if len(m.schema) == maxSchema {
					c.fail(fmt.Errorf("a schema of more than %d elements", maxSchema))
					return
				}
				m.schema = append(m.schema, c.element(kind))
			})
		case 3:
			m.rows = c.integer(kind)
		case 5:
			c.list(kind, func(kind byte) { c.keyValue(kind, m) })
		default:
			return false
		}
		return true
	})
	return m, c.err
}

func (c *cursor) keyValue(kind byte, m *metadata) {
	var key, value []byte
	c.nested(kind, func(id int, kind byte) bool {
		switch id {
		case 1:
			key = c.binary(kind)
		case 2:
			value = c.binary(kind)
		default:
			return false
		}
		return true
	})
	switch string(key) {
	case "pandas":
		m.pandas = value
	case "ARROW:schema":
		m.arrow = value
	}
}

// readGroups finds the data of l's columns in each row group and returns the
// number of rows of all of them. Row groups without rows hold nothing.
func readGroups(footer []byte, l *layout, rows int64, limit limits) (int, error) {
	sum, group := int64(0), 0
	c := &cursor{what: "metadata", b: footer}
	c.structure(func(id int, kind byte) bool {
		if id != 4 {
			return false
		}
		c.list(kind, func(kind byte) {
			n := c.group(kind, l)
			switch {
			case c.err != nil:
			case n < 0 || n > int64(limit.rows)-sum:
				c.err = fmt.Errorf("row group %d of %d rows; the limit of a file is %d rows", group, n, limit.rows)
			case n > int64(limit.group):
				c.err = fmt.Errorf("row group %d of %d rows; the limit of a row group is %d rows", group, n, limit.group)
			case n > 0:
				c.err = l.keepGroup(group, int(n))
			}
			sum, group = sum+n, group+1
		})
		return true
	})
	switch {
	case c.err != nil:
		return 0, c.err
	case sum != rows:
		return 0, fmt.Errorf("metadata says %d rows, its row groups %d", rows, sum)
	case sum == 0:
		return 0, errors.New("no rows")
	}
	return int(sum), nil
}

// group leaves the chunks of l's columns in their columns and returns the
// number of rows.
func (c *cursor) group(kind byte, l *layout) (rows int64) {
	for _, column := range l.all {
		column.next = chunk{}
	}
	c.nested(kind, func(id int, kind byte) bool {
		switch id {
		case 1:
			c.list(kind, func(kind byte) {
				if name, found := c.chunk(kind); name != nil {
					c.expectColumn(l, name, found)
				}
			})
		case 3:
			rows = c.integer(kind)
		default:
			return false
		}
		return true
	})
	return rows
}

func (c *cursor) expectColumn(l *layout, name []byte, found chunk) {
	for _, column := range l.all {
		if column.name == string(name) {
			column.next = found
			return
		}
	}
	// What is left may be a column that nobody asked for, but not one that the
	// schema and the data call by different names.
	if l.knows(string(name)) {
		c.err = fmt.Errorf("the data of %q, which the schema does not have", fold(string(name)))
	}
}

// chunk returns one column's data in a row group, and the column's name; nil =
// it is not a column directly under the root.
func (c *cursor) chunk(kind byte) (name []byte, found chunk) {
	found.there = true
	c.nested(kind, func(id int, kind byte) bool {
		switch id {
		case 1:
			found.elsewhere = len(c.binary(kind)) > 0
		case 3:
			name = c.columnMetadata(kind, &found)
		case 8:
			found.encrypted = true
			return false
		default:
			return false
		}
		return true
	})
	return name, found
}

func (c *cursor) columnMetadata(kind byte, found *chunk) (name []byte) {
	depth := 0
	c.nested(kind, func(id int, kind byte) bool {
		switch id {
		case 1:
			found.kind = format.Type(c.int32(kind))
		case 2:
			c.list(kind, func(kind byte) {
				if format.Encoding(c.int32(kind)) == format.ByteStreamSplit {
					found.split = true
				}
			})
		case 3:
			c.list(kind, func(kind byte) { name, depth = c.binary(kind), depth+1 })
		case 4:
			found.codec = format.CompressionCodec(c.int32(kind))
		case 5:
			found.values = c.integer(kind)
		case 7:
			found.size = c.integer(kind)
		case 9:
			found.data = c.integer(kind)
		case 11:
			found.dictionary = c.integer(kind)
		default:
			return false
		}
		return true
	})
	if depth != 1 {
		return nil
	}
	return name
}
