package barfile

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/parquet-go/parquet-go/format"
)

// oldDictionary is PLAIN_DICTIONARY, which old writers put where RLE_DICTIONARY
// (of a data page) and PLAIN (of a dictionary) stand today.
const oldDictionary = format.Encoding(2)

var errShort = errors.New("the page ends before its last value")

// decoder turns stored values into T. width says how they lie: 4 or 8 bytes
// are an integer or a float, whose bits fixed takes; more are that many bytes
// for text; 0 are bytes of any length for text.
type decoder[T any] struct {
	width int
	fixed func(raw uint64) T
	text  func(b []byte) T
	null  T
	none  bool  // every value must be a null
	err   error // what fixed or text met
}

// nothing returns a decoder for a column of the type NULL, as pandas writes
// one without any value: whatever should be there is missing.
func nothing[T any](null T) *decoder[T] { return &decoder[T]{null: null, none: true} }

// values decodes len(dst) values: https://parquet.apache.org/docs/file-format/data-pages/encodings/
func (d *decoder[T]) values(r *Reader, e format.Encoding, k *chunk, data []byte, dictionary, dst []T) error {
	switch {
	case e == format.Plain:
		return d.plain(dst, data)
	case e == format.RLEDictionary || e == oldDictionary:
		return lookUp(r, data, dictionary, dst)
	case e == format.ByteStreamSplit && d.width > 0 && d.width <= maxFixed && k.split:
		return d.splitStreams(dst, data)
	case e == format.DeltaBinaryPacked && d.fixed != nil && (k.kind == format.Int32 || k.kind == format.Int64):
		return d.deltas(r, dst, data)
	case e == format.DeltaLengthByteArray && k.kind == format.ByteArray:
		return d.deltaLengthText(r, dst, data)
	case e == format.DeltaByteArray && d.text != nil:
		return d.deltaText(r, dst, data)
	}
	return fmt.Errorf("values in the encoding %s", e)
}

func (d *decoder[T]) plain(dst []T, data []byte) error {
	if d.width == 0 {
		return d.plainText(dst, data)
	}
	if len(data)/d.width < len(dst) {
		return errShort
	}
	switch {
	case d.fixed == nil:
		for i := range dst {
			dst[i] = d.text(data[i*d.width : (i+1)*d.width])
		}
	case d.width == 4:
		for i := range dst {
			dst[i] = d.fixed(uint64(binary.LittleEndian.Uint32(data[4*i:])))
		}
	default:
		for i := range dst {
			dst[i] = d.fixed(binary.LittleEndian.Uint64(data[8*i:]))
		}
	}
	return nil
}

func (d *decoder[T]) plainText(dst []T, data []byte) error {
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
func (d *decoder[T]) splitStreams(dst []T, data []byte) error {
	n := len(data) / d.width
	if n < len(dst) {
		return errShort
	}
	var value [maxFixed]byte
	for i := range dst {
		for k := range d.width {
			value[k] = data[k*n+i]
		}
		if d.fixed != nil {
			dst[i] = d.fixed(binary.LittleEndian.Uint64(value[:8]))
		} else {
			dst[i] = d.text(value[:d.width])
		}
	}
	return nil
}
