package barfile

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/parquet-go/parquet-go/format"
)

// readDictionary decodes the values of a dictionary page.
func readDictionary[T any](r *Reader, p page, codec format.CompressionCodec, d decoder[T]) ([]T, error) {
	h := p.header.DictionaryPageHeader
	if !h.Valid {
		return nil, errors.New("a dictionary page without its header")
	}
	if e := h.V.Encoding; e != format.Plain && e != oldDictionary {
		return nil, fmt.Errorf("a dictionary in %s", e)
	}
	if h.V.NumValues < 0 || h.V.NumValues > MaxRows {
		return nil, fmt.Errorf("a dictionary of %d values; the limit is %d", h.V.NumValues, MaxRows)
	}
	data, err := r.inflate(codec, p.body, int(p.header.UncompressedPageSize))
	if err != nil {
		return nil, err
	}
	values := make([]T, h.V.NumValues)
	return values, d.plain(values, data)
}

// readData decodes a data page into the beginning of dst and returns what is
// left of dst.
func readData[T any](r *Reader, p page, codec format.CompressionCodec, optional bool, d decoder[T], dictionary, dst []T) ([]T, error) {
	part, err := r.split(p, codec, optional)
	if err != nil {
		return dst, err
	}
	if part.n > len(dst) {
		return dst, fmt.Errorf("%d values; %d rows are left", part.n, len(dst))
	}
	there := part.n
	var levels []byte
	if optional && part.n > 0 {
		if levels, there, err = r.readLevels(part.levels, part.n); err != nil {
			return dst, err
		}
	}
	if there > 0 {
		if err := d.values(r, part.encoding, part.values, dictionary, dst[:there]); err != nil {
			return dst, err
		}
	}
	spread(dst[:part.n], levels, there, d.null)
	return dst[part.n:], nil
}

// parts are a data page taken apart and inflated.
type parts struct {
	n        int // values, nulls among them
	encoding format.Encoding
	levels   []byte // definition levels, run-length encoded
	values   []byte
}

// split takes a data page of either version apart.
func (r *Reader) split(p page, codec format.CompressionCodec, optional bool) (parts, error) {
	whole := int(p.header.UncompressedPageSize)
	switch p.header.Type {
	case format.DataPage:
		h := p.header.DataPageHeader
		if !h.Valid || h.V.NumValues < 0 {
			return parts{}, errors.New("a data page without a valid header")
		}
		s := parts{n: int(h.V.NumValues), encoding: h.V.Encoding}
		data, err := r.inflate(codec, p.body, whole)
		if err != nil {
			return parts{}, err
		}
		if optional && h.V.DefinitionLevelEncoding != format.RLE {
			return parts{}, fmt.Errorf("definition levels in %s", h.V.DefinitionLevelEncoding)
		}
		if optional {
			if len(data) < 4 || uint64(binary.LittleEndian.Uint32(data)) > uint64(len(data)-4) {
				return parts{}, errors.New("definition levels longer than the page")
			}
			n := binary.LittleEndian.Uint32(data)
			s.levels, data = data[4:4+n], data[4+n:]
		}
		s.values = data
		return s, nil
	case format.DataPageV2:
		h := p.header.DataPageHeaderV2
		if !h.Valid || h.V.NumValues < 0 {
			return parts{}, errors.New("a data page without a valid header")
		}
		repetition, definition := int64(h.V.RepetitionLevelsByteLength), int64(h.V.DefinitionLevelsByteLength)
		levels := repetition + definition
		if repetition < 0 || definition < 0 || levels > int64(len(p.body)) || levels > int64(whole) {
			return parts{}, errors.New("levels longer than the page")
		}
		if h.V.IsCompressed.Valid && !h.V.IsCompressed.V {
			codec = format.Uncompressed
		}
		values, err := r.inflate(codec, p.body[levels:], whole-int(levels))
		if err != nil {
			return parts{}, err
		}
		return parts{n: int(h.V.NumValues), encoding: h.V.Encoding, levels: p.body[repetition:levels], values: values}, nil
	default:
		return parts{}, fmt.Errorf("a page of type %s among the data", p.header.Type)
	}
}

// spread moves the first there values of dst to the rows whose level is 1 and
// fills the others with null.
func spread[T any](dst []T, levels []byte, there int, null T) {
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
