package barfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/parquet-go/parquet-go/format"
)

// header is a page's header; of the headers of its three kinds only the one
// for its type is read.
type header struct {
	kind          format.PageType
	whole, size   int32 // bytes: uncompressed, and as they lie in the file
	checksum      uint32
	checked       bool // the writer gave a checksum
	described     bool // the header of its kind is there
	values        int32
	encoding      format.Encoding
	levelEncoding format.Encoding
	nulls         int32    // version 2
	levels        [2]int32 // version 2: bytes of the repetition and of the definition levels
	plain         bool     // version 2: the values are not compressed
}

func (c *cursor) header() (h header) {
	c.structure(func(id int, kind byte) bool {
		switch id {
		case 1:
			h.kind = format.PageType(c.int32(kind))
		case 2:
			h.whole = c.int32(kind)
		case 3:
			h.size = c.int32(kind)
		case 4:
			h.checksum, h.checked = uint32(c.int32(kind)), true
		case 5:
			c.described(kind, &h, format.DataPage, c.dataHeader)
		case 7:
			c.described(kind, &h, format.DictionaryPage, c.dataHeader)
		case 8:
			c.described(kind, &h, format.DataPageV2, c.dataHeaderV2)
		default:
			return false
		}
		return true
	})
	return h
}

func (c *cursor) described(kind byte, h *header, page format.PageType, field func(*header, int, byte) bool) {
	h.described = h.described || h.kind == page
	c.nested(kind, func(id int, kind byte) bool { return h.kind == page && field(h, id, kind) })
}

// dataHeader is the header of a dictionary page too, as far as that goes.
func (c *cursor) dataHeader(h *header, id int, kind byte) bool {
	switch id {
	case 1:
		h.values = c.int32(kind)
	case 2:
		h.encoding = format.Encoding(c.int32(kind))
	case 3:
		if h.kind != format.DataPage {
			return false
		}
		h.levelEncoding = format.Encoding(c.int32(kind))
	default:
		return false
	}
	return true
}

func (c *cursor) dataHeaderV2(h *header, id int, kind byte) bool {
	switch id {
	case 1:
		h.values = c.int32(kind)
	case 2:
		h.nulls = c.int32(kind)
	case 4:
		h.encoding = format.Encoding(c.int32(kind))
	case 5:
		h.levels[1] = c.int32(kind)
	case 6:
		h.levels[0] = c.int32(kind)
	case 7:
		h.plain = !c.truth(kind)
	default:
		return false
	}
	return true
}

// page is one page as it lies in the file.
type page struct {
	header
	body []byte
}

// nextPage cuts the first page off b. A checksum is held against the body
// where the writer gave one.
func nextPage(b []byte, limit int32) (p page, rest []byte, err error) {
	if len(b) == 0 {
		return p, nil, errors.New("the column's data ends before its last row")
	}
	c := &cursor{what: "header", b: b[:min(len(b), maxHeader)]}
	p.header = c.header()
	if c.err != nil {
		return p, nil, c.err
	}
	b = b[c.at:]
	switch {
	case p.size < 0 || int64(p.size) > int64(len(b)):
		return p, nil, fmt.Errorf("%d bytes; %d are left of the column", p.size, len(b))
	case p.whole < 0 || p.whole > limit:
		return p, nil, fmt.Errorf("%d bytes uncompressed; the limit is %d", p.whole, limit)
	case !p.described && p.kind != format.IndexPage:
		return p, nil, errors.New("a page without the header of its kind")
	}
	p.body = b[:p.size]
	if p.checked && p.checksum != 0 && p.checksum != crc32.ChecksumIEEE(p.body) {
		return p, nil, errors.New("its checksum does not match: the file is damaged")
	}
	return p, b[p.size:], nil
}

// readDictionary decodes the values of a dictionary page.
func readDictionary[T any](r *Reader, p page, codec format.CompressionCodec, d *decoder[T]) ([]T, error) {
	if e := p.encoding; e != format.Plain && e != oldDictionary {
		return nil, fmt.Errorf("a dictionary in the encoding %s", e)
	}
	if p.values < 0 || !d.none && int64(p.values)*int64(max(d.width, 4)) > int64(p.whole) {
		return nil, fmt.Errorf("a dictionary of %d values in %d bytes", p.values, p.whole)
	}
	data, err := r.inflate(codec, p.body, int(p.whole))
	if err != nil {
		return nil, err
	}
	if d.none {
		return nil, nil
	}
	values := make([]T, p.values)
	return values, d.plain(values, data)
}

// readData decodes a data page into the beginning of dst and returns what is
// left of dst.
func readData[T any](r *Reader, p page, k *chunk, optional bool, d *decoder[T], dictionary, dst []T) ([]T, error) {
	part, err := r.split(p, k.codec, optional)
	if err != nil {
		return dst, err
	}
	if part.n > len(dst) {
		return dst, fmt.Errorf("%d values; %d rows are left", part.n, len(dst))
	}
	there := part.n
	var levels []uint8
	if optional && part.n > 0 {
		if levels, there, err = r.readLevels(part.levels, part.n); err != nil {
			return dst, err
		}
	}
	if p.kind == format.DataPageV2 && int(p.nulls) != part.n-there {
		return dst, fmt.Errorf("%d nulls; its header says %d", part.n-there, p.nulls)
	}
	if there > 0 {
		if d.none {
			return dst, errors.New("a value in a column of the type NULL")
		}
		if err := d.values(r, p.encoding, k, part.values, dictionary, dst[:there]); err != nil {
			return dst, err
		}
	}
	spread(dst[:part.n], levels, there, d.null)
	return dst[part.n:], d.err
}

// parts are a data page taken apart and inflated.
type parts struct {
	n      int    // values, nulls among them
	levels []byte // definition levels, run-length encoded
	values []byte
}

// split takes a data page of either version apart.
func (r *Reader) split(p page, codec format.CompressionCodec, optional bool) (parts, error) {
	s := parts{n: int(p.values)}
	switch {
	case p.kind != format.DataPage && p.kind != format.DataPageV2:
		return s, fmt.Errorf("a page of type %s among the data", p.kind)
	case s.n < 0:
		return s, fmt.Errorf("a data page of %d values", s.n)
	}
	if p.kind == format.DataPageV2 {
		repetition, definition := int64(p.levels[0]), int64(p.levels[1])
		levels := repetition + definition
		if repetition < 0 || definition < 0 || levels > int64(len(p.body)) || levels > int64(p.whole) {
			return s, errors.New("levels longer than the page")
		}
		if p.plain {
			codec = format.Uncompressed
		}
		values, err := r.inflate(codec, p.body[levels:], int(p.whole)-int(levels))
		s.levels, s.values = p.body[repetition:levels], values
		return s, err
	}
	data, err := r.inflate(codec, p.body, int(p.whole))
	if err != nil {
		return s, err
	}
	if optional {
		if p.levelEncoding != format.RLE {
			return s, fmt.Errorf("definition levels in the encoding %s", p.levelEncoding)
		}
		if len(data) < 4 || uint64(binary.LittleEndian.Uint32(data)) > uint64(len(data)-4) {
			return s, errors.New("definition levels longer than the page")
		}
		n := binary.LittleEndian.Uint32(data)
		s.levels, data = data[4:4+n], data[4+n:]
	}
	s.values = data
	return s, nil
}

// spread moves the first there values of dst to the rows whose level is 1 and
// fills the others with null.
func spread[T any](dst []T, levels []uint8, there int, null T) {
	if there == len(dst) {
		return
	}
	for i := len(dst) - 1; i >= 0; i-- {
		if levels[i] == 1 {
			there--
			dst[i] = dst[there]
		} else {
			dst[i] = null
		}
	}
}
