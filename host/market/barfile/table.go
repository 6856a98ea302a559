package barfile

import (
	"fmt"

	"github.com/parquet-go/parquet-go/format"
)

// table is one file being read.
type table struct {
	*layout
	reader *Reader
	file   []byte
	meta   *metadata
	rows   int
}

// openTable reads the metadata of a file and finds the wanted columns in it.
func (r *Reader) openTable(file []byte, wanted []string, l limits) (*table, error) {
	encoded, err := footer(file)
	if err != nil {
		return nil, err
	}
	r.limits, r.budget = l, l.inflated
	t := &table{reader: r, file: file}
	if t.meta, err = readMetadata(encoded); err != nil {
		return nil, err
	}
	if t.layout, err = readLayout(t.meta.schema, wanted); err != nil {
		return nil, err
	}
	t.rows, err = readGroups(encoded, t.layout, t.meta.rows, l)
	return t, err
}

// readColumn decodes a column over all row groups into dst, one entry a row.
func readColumn[T any](t *table, c *column, d *decoder[T], dst []T) error {
	for i := range c.chunks {
		k := &c.chunks[i]
		if err := readChunk(t, c, k, d, dst[:k.rows:k.rows]); err != nil {
			return fmt.Errorf("column %q, row group %d: %w", c, k.group, err)
		}
		dst = dst[k.rows:]
	}
	return nil
}

// readChunk decodes one column of one row group: a dictionary page, perhaps,
// and data pages.
func readChunk[T any](t *table, c *column, k *chunk, d *decoder[T], dst []T) error {
	bytes, err := t.bytes(k)
	if err != nil {
		return err
	}
	var dictionary []T
	for i := 0; len(dst) > 0; i++ {
		p, rest, err := nextPage(bytes, t.reader.limits.page)
		if err != nil {
			return fmt.Errorf("page %d: %w", i, err)
		}
		bytes = rest
		if p.kind == format.DictionaryPage {
			dictionary, err = readDictionary(t.reader, p, k.codec, d)
		} else {
			dst, err = readData(t.reader, p, k, c.optional, d, dictionary, dst)
		}
		if err != nil {
			return fmt.Errorf("page %d: %w", i, err)
		}
	}
	return nil
}

// bytes returns the pages of a chunk.
func (t *table) bytes(k *chunk) ([]byte, error) {
	from := k.data
	if k.dictionary > 0 && k.dictionary < from {
		from = k.dictionary
	}
	end := int64(len(t.file) - tail)
	if from < int64(len(magic)) || from > end || k.size < 0 || k.size > end-from {
		return nil, fmt.Errorf("%d bytes at %d lie outside the file", k.size, from)
	}
	return t.file[from : from+k.size], nil
}
