package barfile

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// oldDictionary is PLAIN_DICTIONARY, which old writers put where RLE_DICTIONARY
// (of a data page) and PLAIN (of a dictionary) stand today.
const oldDictionary = format.Encoding(2)

var errShort = errors.New("the page ends before its last value")

// values decodes len(dst) values: https://parquet.apache.org/docs/file-format/data-pages/encodings/
func (d decoder[T]) values(r *Reader, e format.Encoding, data []byte, dictionary, dst []T) error {
	switch {
	case e == format.Plain:
		return d.plain(dst, data)
	case e == format.RLEDictionary || e == oldDictionary:
		return r.lookUp(data, len(dst), func(i int, index int32) bool {
			if uint(index) >= uint(len(dictionary)) {
				return false
			}
			dst[i] = dictionary[index]
			return true
		})
	case e == format.ByteStreamSplit && d.fixed != nil:
		return d.splitStreams(dst, data)
	case e == format.DeltaBinaryPacked && d.fixed != nil:
		return d.deltas(r, dst, data)
	case e == format.DeltaLengthByteArray && d.text != nil:
		return d.deltaLengthText(dst, data)
	}
	return fmt.Errorf("values in %s", e)
}

func (d decoder[T]) plain(dst []T, data []byte) error {
	if d.text != nil {
		return d.plainText(dst, data)
	}
	if len(data)/d.width < len(dst) {
		return errShort
	}
	if d.width == 4 {
		for i := range dst {
			dst[i] = d.fixed(uint64(binary.LittleEndian.Uint32(data[4*i:])))
		}
		return nil
	}
	for i := range dst {
		dst[i] = d.fixed(binary.LittleEndian.Uint64(data[8*i:]))
	}
	return nil
}

func (d decoder[T]) plainText(dst []T, data []byte) error {
	for i := range dst {
		if len(data) < 4 {
			return errShort
		}
		n := uint64(binary.LittleEndian.Uint32(data))
		if data = data[4:]; n > uint64(len(data)) {
			return errShort
		}
		dst[i], data = d.text(data[:n]), data[n:]
	}
	return nil
}

// splitStreams decodes BYTE_STREAM_SPLIT: byte k of every value, then byte
// k+1 of every value.
func (d decoder[T]) splitStreams(dst []T, data []byte) error {
	n := len(data) / d.width
	if n < len(dst) {
		return errShort
	}
	for i := range dst {
		raw := uint64(0)
		for k := range d.width {
			raw |= uint64(data[k*n+i]) << (8 * k)
		}
		dst[i] = d.fixed(raw)
	}
	return nil
}

// deltas decodes DELTA_BINARY_PACKED integers.
func (d decoder[T]) deltas(r *Reader, dst []T, data []byte) error {
	if err := checkDeltas(data, len(dst)); err != nil {
		return err
	}
	if d.width == 4 {
		narrow, err := parquet.DeltaBinaryPacked.DecodeInt32(sized(r.indexes, len(dst)), data)
		if err != nil {
			return err
		}
		r.indexes = narrow
		for i := range dst {
			dst[i] = d.fixed(uint64(uint32(narrow[i])))
		}
		return nil
	}
	wide, err := parquet.DeltaBinaryPacked.DecodeInt64(sized(r.wide, len(dst)), data)
	if err != nil {
		return err
	}
	r.wide = wide
	for i := range dst {
		dst[i] = d.fixed(uint64(wide[i]))
	}
	return nil
}

// deltaLengthText decodes DELTA_LENGTH_BYTE_ARRAY: the lengths as deltas, then
// all bytes.
func (d decoder[T]) deltaLengthText(dst []T, data []byte) error {
	if err := checkDeltas(data, len(dst)); err != nil {
		return err
	}
	text, offsets, err := parquet.DeltaLengthByteArray.DecodeByteArray(nil, data, nil)
	if err != nil {
		return err
	}
	for i := range dst {
		from, to := offsets[i], offsets[i+1]
		if from > to || uint64(to) > uint64(len(text)) {
			return errShort
		}
		dst[i] = d.text(text[from:to])
	}
	return nil
}

// checkDeltas holds the number of values that DELTA_BINARY_PACKED data claims
// against the page: the decoder allocates what it claims.
func checkDeltas(data []byte, n int) error {
	claimed := uint64(0)
	for range 3 { // block size, blocks, values
		v, size := binary.Uvarint(data)
		if size <= 0 {
			return errShort
		}
		claimed, data = v, data[size:]
	}
	if claimed != uint64(n) {
		return fmt.Errorf("%d deltas for %d values", claimed, n)
	}
	return nil
}
