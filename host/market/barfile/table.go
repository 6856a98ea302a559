package barfile

import (
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/parquet-go/parquet-go/format"
)

// table is one file being read.
type table struct {
	reader *Reader
	file   []byte
	meta   *format.FileMetaData
}

// readColumn decodes a column over all row groups into dst, one entry a row.
func readColumn[T any](t table, c *column, d decoder[T], dst []T) error {
	if d.text != nil && c.element.Type.V != format.ByteArray {
		return fmt.Errorf("column %q is %s, not text", c.name, describe(c.element))
	}
	for i := range t.meta.RowGroups {
		g := &t.meta.RowGroups[i]
		n := int(g.NumRows)
		if err := readChunk(t, c, g, d, dst[:n:n]); err != nil {
			return fmt.Errorf("column %q, row group %d: %w", c.name, i, err)
		}
		dst = dst[n:]
	}
	return nil
}

// readChunk decodes one column of one row group: a dictionary page, perhaps,
// and data pages.
func readChunk[T any](t table, c *column, g *format.RowGroup, d decoder[T], dst []T) error {
	m, err := c.chunk(g)
	if err != nil {
		return err
	}
	bytes, err := t.bytes(m)
	if err != nil {
		return err
	}
	var dictionary []T
	for i := 0; len(dst) > 0; i++ {
		p, rest, err := nextPage(bytes)
		if err != nil {
			return fmt.Errorf("page %d: %w", i, err)
		}
		bytes = rest
		if p.header.Type == format.DictionaryPage {
			dictionary, err = readDictionary(t.reader, p, m.Codec, d)
		} else {
			dst, err = readData(t.reader, p, m.Codec, c.optional, d, dictionary, dst)
		}
		if err != nil {
			return fmt.Errorf("page %d: %w", i, err)
		}
	}
	return nil
}

// bytes returns the pages of a chunk.
func (t table) bytes(m *format.ColumnMetaData) ([]byte, error) {
	from := m.DataPageOffset
	if d := m.DictionaryPageOffset; d > 0 && d < from {
		from = d
	}
	end := int64(len(t.file) - tail)
	if from < int64(len(magic)) || from > end || m.TotalCompressedSize < 0 || m.TotalCompressedSize > end-from {
		return nil, fmt.Errorf("%d bytes at %d lie outside the file", m.TotalCompressedSize, from)
	}
	return t.file[from : from+m.TotalCompressedSize], nil
}

// page is one page as it lies in the file.
type page struct {
	header *format.PageHeader
	body   []byte
}

// nextPage cuts the first page off b. A checksum is held against the body
// where the writer gave one.
func nextPage(b []byte) (p page, rest []byte, err error) {
	if len(b) == 0 {
		return p, nil, errors.New("the column's data ends before its last row")
	}
	p.header = new(format.PageHeader)
	n, err := decodeThrift(b[:min(len(b), maxHeader)], p.header)
	if err != nil {
		return p, nil, fmt.Errorf("header: %w", err)
	}
	b = b[n:]
	size, whole := p.header.CompressedPageSize, p.header.UncompressedPageSize
	if size < 0 || int64(size) > int64(len(b)) {
		return p, nil, fmt.Errorf("%d bytes; %d are left of the column", size, len(b))
	}
	if whole < 0 || whole > maxPage {
		return p, nil, fmt.Errorf("%d bytes uncompressed; the limit is %d", whole, maxPage)
	}
	p.body = b[:size]
	if crc := p.header.CRC; crc != 0 && uint32(crc) != crc32.ChecksumIEEE(p.body) {
		return p, nil, errors.New("its checksum does not match: the file is damaged")
	}
	return p, b[size:], nil
}
