package qlibfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// ReadBin returns one field of one symbol: values[i] belongs to row first+i of a
// calendar of so many days. NaN is a missing value. Values beyond the
// calendar's last day are left out, as Qlib never asks for them.
//
// The file is little-endian float32: the calendar row of the first value, then
// the values, one a day.
func ReadBin(content []byte, days int) (first int, values []float32, err error) {
	switch {
	case len(content) > MaxBinBytes:
		return 0, nil, fmt.Errorf("it has %d bytes; the limit is %d", len(content), MaxBinBytes)
	case len(content)%4 != 0:
		return 0, nil, fmt.Errorf("it has %d bytes, which is no whole number of float32", len(content))
	case len(content) == 0:
		return 0, nil, errors.New("it is empty: the row of the first value is missing")
	}
	row := math.Float32frombits(binary.LittleEndian.Uint32(content))
	// A float32 holds every row up to 2^24, far more than there are days.
	if !(row >= 0 && row < maxDays) || row != float32(int(row)) {
		return 0, nil, fmt.Errorf("its first value, the calendar row where the data begin, is not a whole number from 0 to %d", maxDays-1)
	}
	first = int(row)
	n := min(len(content)/4-1, days-first)
	if n <= 0 {
		return 0, nil, nil
	}
	values = make([]float32, n)
	for i := range values {
		values[i] = math.Float32frombits(binary.LittleEndian.Uint32(content[4*(i+1):]))
	}
	return first, values, nil
}

// AppendBin appends the bytes of a field whose first value belongs to calendar
// row first.
func AppendBin(dst []byte, first int, values []float32) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, math.Float32bits(float32(first)))
	for _, v := range values {
		dst = binary.LittleEndian.AppendUint32(dst, math.Float32bits(v))
	}
	return dst
}
