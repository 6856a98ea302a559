package barfile

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/rle"
)

// readLevels decodes n definition levels of a column that is at most one deep
// and counts the values that are there.
func (r *Reader) readLevels(data []byte, n int) (levels []byte, there int, err error) {
	if data, err = cutRuns(data, 1, n); err != nil {
		return nil, 0, fmt.Errorf("definition levels: %w", err)
	}
	encoding := rle.Encoding{BitWidth: 1}
	r.levels, err = encoding.DecodeLevels(sized(r.levels, n), data)
	if err != nil {
		return nil, 0, err
	}
	if len(r.levels) < n {
		return nil, 0, fmt.Errorf("%d definition levels for %d values", len(r.levels), n)
	}
	for _, l := range r.levels[:n] {
		if l == 1 {
			there++
		}
	}
	return r.levels[:n], there, nil
}

// lookUp decodes n dictionary indexes and gives each to use, which says
// whether the dictionary has it.
func (r *Reader) lookUp(data []byte, n int, use func(i int, index int32) bool) error {
	if len(data) == 0 {
		return errShort
	}
	bits := data[0]
	if bits > 32 {
		return fmt.Errorf("dictionary indexes of %d bits", bits)
	}
	runs, err := cutRuns(data[1:], uint(bits), n)
	if err != nil {
		return fmt.Errorf("dictionary indexes: %w", err)
	}
	indexes, err := parquet.RLEDictionary.DecodeInt32(sized(r.indexes, n), data[:1+len(runs)])
	if err != nil {
		return err
	}
	r.indexes = indexes
	if len(indexes) < n {
		return fmt.Errorf("%d dictionary indexes for %d values", len(indexes), n)
	}
	for i, index := range indexes[:n] {
		if !use(i, index) {
			return fmt.Errorf("value %d is dictionary entry %d, which is not there", i, index)
		}
	}
	return nil
}

// cutRuns walks run-length/bit-packed runs and cuts data where n values are
// complete. A run that goes on after them is refused (bit-packed ones may pad
// their last eight): a decoder would take memory for whatever it claims.
func cutRuns(data []byte, bits uint, n int) ([]byte, error) {
	at, left := 0, n
	for left > 0 {
		head, size := binary.Uvarint(data[at:])
		if size <= 0 {
			return nil, errors.New("they end before the last value")
		}
		at += size
		count, packed := head>>1, head&1 == 1
		length := uint64(bits+7) / 8
		if packed {
			if count > uint64(left+7)/8 {
				return nil, fmt.Errorf("a run of %d times 8 values; %d are left", count, left)
			}
			length = count * uint64(bits)
			count *= 8
		} else if count > uint64(left) {
			return nil, fmt.Errorf("a run of %d values; %d are left", count, left)
		}
		if length > uint64(len(data)-at) {
			return nil, errors.New("they end before the last value")
		}
		at += int(length)
		left -= int(count)
	}
	return data[:at], nil
}
