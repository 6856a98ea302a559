package barfile

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// maxText is the longest text that is read, in bytes: symbols and dates are
// much shorter.
const maxText = 1 << 10

// decodeDeltas decodes len(dst) integers in DELTA_BINARY_PACKED and returns
// the bytes behind them:
// https://parquet.apache.org/docs/file-format/data-pages/encodings/#DELTAENC
func decodeDeltas(dst []int64, data []byte) (rest []byte, err error) {
	var head [3]uint64 // values of a block, miniblocks of a block, values
	for i := range head {
		v, size := binary.Uvarint(data)
		if size <= 0 {
			return nil, errShort
		}
		head[i], data = v, data[size:]
	}
	value, size := binary.Varint(data)
	if size <= 0 {
		return nil, errShort
	}
	data = data[size:]
	if head[2] != uint64(len(dst)) {
		return nil, fmt.Errorf("%d deltas for %d values", head[2], len(dst))
	}
	if len(dst) == 0 {
		return data, nil
	}
	if head[1] == 0 || head[1] > maxPage || head[0] > maxPage || head[0] == 0 || head[0]%(8*head[1]) != 0 {
		return nil, errors.New("blocks of deltas of a size that cannot be")
	}
	minis, each := int(head[1]), int(head[0]/head[1])
	dst[0] = value
	for dst = dst[1:]; len(dst) > 0; {
		least, size := binary.Varint(data)
		if size <= 0 || len(data)-size < minis {
			return nil, errShort
		}
		widths := data[size : size+minis]
		data = data[size+minis:]
		for _, width := range widths {
			if len(dst) == 0 {
				break // widths of miniblocks that are not there
			}
			n := min(each, len(dst))
			if width > 64 {
				return nil, fmt.Errorf("deltas of %d bits", width)
			}
			if (n*int(width)+7)/8 > len(data) {
				return nil, errShort
			}
			for i := range n {
				value += least + int64(unpack(data, uint(width), i))
				dst[i] = value
			}
			dst, data = dst[n:], data[min(each*int(width)/8, len(data)):]
		}
	}
	return data, nil
}

// deltas decodes DELTA_BINARY_PACKED integers.
func (d *decoder[T]) deltas(r *Reader, dst []T, data []byte) error {
	r.wide = sized(r.wide, len(dst))
	if _, err := decodeDeltas(r.wide, data); err != nil {
		return err
	}
	mask := ^uint64(0) >> (64 - 8*d.width)
	for i, v := range r.wide {
		dst[i] = d.fixed(uint64(v) & mask)
	}
	return nil
}

// deltaLengthText decodes DELTA_LENGTH_BYTE_ARRAY: the lengths as deltas, then
// all bytes.
func (d *decoder[T]) deltaLengthText(r *Reader, dst []T, data []byte) error {
	r.wide = sized(r.wide, len(dst))
	data, err := decodeDeltas(r.wide, data)
	if err != nil {
		return err
	}
	for i, n := range r.wide {
		if n < 0 || n > int64(len(data)) {
			return errShort
		}
		dst[i], data = d.text(data[:n]), data[n:]
	}
	return nil
}

// deltaText decodes DELTA_BYTE_ARRAY: how many bytes each text shares with the
// one before, then the ends in DELTA_LENGTH_BYTE_ARRAY.
func (d *decoder[T]) deltaText(r *Reader, dst []T, data []byte) error {
	r.wide, r.shared = sized(r.wide, len(dst)), sized(r.shared, len(dst))
	data, err := decodeDeltas(r.shared, data)
	if err != nil {
		return err
	}
	if data, err = decodeDeltas(r.wide, data); err != nil {
		return err
	}
	var text []byte
	for i, n := range r.wide {
		shared := r.shared[i]
		switch {
		case n < 0 || n > int64(len(data)) || shared < 0 || shared > int64(len(text)):
			return errShort
		case shared+n > maxText:
			return fmt.Errorf("a text of %d bytes; the limit is %d", shared+n, maxText)
		}
		text = append(text[:shared], data[:n]...)
		dst[i], data = d.text(text), data[n:]
	}
	return nil
}
