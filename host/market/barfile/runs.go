package barfile

import (
	"encoding/binary"
	"fmt"
)

// readLevels decodes n definition levels of a column that is at most one deep
// and counts the values that are there.
func (r *Reader) readLevels(data []byte, n int) (levels []uint8, there int, err error) {
	r.levels = sized(r.levels, n)
	if err := decodeRuns(r.levels, data, 1); err != nil {
		return nil, 0, fmt.Errorf("definition levels: %w", err)
	}
	for _, l := range r.levels {
		there += int(l & 1)
	}
	return r.levels, there, nil
}

// lookUp decodes len(dst) dictionary indexes and puts what they stand for into dst.
func lookUp[T any](r *Reader, data []byte, dictionary, dst []T) error {
	if len(data) == 0 {
		return errShort
	}
	bits := uint(data[0])
	if bits > 32 {
		return fmt.Errorf("dictionary indexes of %d bits", bits)
	}
	r.indexes = sized(r.indexes, len(dst))
	if err := decodeRuns(r.indexes, data[1:], bits); err != nil {
		return fmt.Errorf("dictionary indexes: %w", err)
	}
	for i, index := range r.indexes {
		if uint64(index) >= uint64(len(dictionary)) {
			return fmt.Errorf("value %d is dictionary entry %d, which is not there", i, index)
		}
		dst[i] = dictionary[index]
	}
	return nil
}

// decodeRuns decodes len(dst) values in the RLE/bit-packing hybrid:
// https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE
// The last packed run may be padded, as far as its writer likes (DuckDB fills
// up to 32 values and more); a repeated value that goes on after the last is
// refused.
func decodeRuns[T uint8 | uint32](dst []T, data []byte, bits uint) error {
	for len(dst) > 0 {
		head, size := binary.Uvarint(data)
		if size <= 0 {
			return errShort
		}
		data = data[size:]
		count, packed := head>>1, head&1 == 1
		if !packed {
			length := int(bits+7) / 8
			if count > uint64(len(dst)) {
				return fmt.Errorf("a run of %d values; %d are left", count, len(dst))
			}
			if length > len(data) {
				return errShort
			}
			value := T(unpack(data[:length], 8*uint(length), 0))
			for i := range dst[:count] {
				dst[i] = value
			}
			dst, data = dst[count:], data[length:]
			continue
		}
		n := len(dst)
		if count < uint64(n+7)/8 {
			n = int(count) * 8
		}
		if (n*int(bits)+7)/8 > len(data) {
			return errShort
		}
		for i := range dst[:n] {
			dst[i] = T(unpack(data, bits, i))
		}
		dst = dst[n:]
		if len(dst) > 0 {
			data = data[int(count)*int(bits):]
		}
	}
	return nil
}

// unpack returns value i of values that lie bits by bits in data, least
// significant bit first. The caller has seen to it that it is there.
func unpack(data []byte, bits uint, i int) uint64 {
	if bits == 0 {
		return 0
	}
	at := uint(i) * bits
	shift := at & 7
	data = data[at>>3:]
	raw := uint64(0)
	if len(data) >= 8 {
		raw = binary.LittleEndian.Uint64(data) >> shift
	} else {
		for k, b := range data {
			raw |= uint64(b) << (8 * k)
		}
		raw >>= shift
	}
	if shift+bits > 64 {
		raw |= uint64(data[8]) << (64 - shift)
	}
	return raw << (64 - bits) >> (64 - bits)
}
