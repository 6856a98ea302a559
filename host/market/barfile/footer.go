package barfile

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

const (
	magic          = "PAR1"
	encryptedMagic = "PARE"
	tail           = 4 + len(magic) // the footer's length and the magic
)

// readFooter decodes the metadata at the end of the file:
// https://github.com/apache/parquet-format#file-format
func readFooter(file []byte) (*format.FileMetaData, error) {
	switch {
	case len(file) > MaxBytes:
		return nil, fmt.Errorf("%d bytes; the limit is %d", len(file), MaxBytes)
	case len(file) < len(magic)+tail:
		return nil, fmt.Errorf("%d bytes are too few for a Parquet file", len(file))
	case string(file[:len(magic)]) == encryptedMagic || string(file[len(file)-len(magic):]) == encryptedMagic:
		return nil, errors.New("an encrypted Parquet file")
	case string(file[:len(magic)]) != magic:
		return nil, fmt.Errorf("not a Parquet file: begins with %q", file[:len(magic)])
	case string(file[len(file)-len(magic):]) != magic:
		return nil, fmt.Errorf("not a whole Parquet file: ends with %q", file[len(file)-len(magic):])
	}
	end := len(file) - tail
	size := int64(binary.LittleEndian.Uint32(file[end:]))
	if size > maxFooter || size > int64(end-len(magic)) {
		return nil, fmt.Errorf("metadata of %d bytes; the file has room for %d, the limit is %d", size, end-len(magic), maxFooter)
	}
	meta := new(format.FileMetaData)
	if _, err := decodeThrift(file[end-int(size):end], meta); err != nil {
		return nil, fmt.Errorf("metadata: %w", err)
	}
	return meta, nil
}

// countRows returns the number of rows of all row groups.
func countRows(meta *format.FileMetaData) (int, error) {
	sum := int64(0)
	for i := range meta.RowGroups {
		n := meta.RowGroups[i].NumRows
		if n < 0 || n > MaxRows-sum {
			return 0, fmt.Errorf("row group %d of %d rows; the limit of a file is %d rows", i, n, MaxRows)
		}
		sum += n
	}
	if sum != meta.NumRows {
		return 0, fmt.Errorf("metadata says %d rows, its row groups %d; the limit of a file is %d rows", meta.NumRows, sum, MaxRows)
	}
	if sum == 0 {
		return 0, errors.New("no rows")
	}
	return int(sum), nil
}

// decodeThrift decodes the structure at the beginning of b into v and returns
// how many bytes it took. What it decodes may point into b.
func decodeThrift(b []byte, v any) (int, error) {
	n, err := checkThrift(b)
	if err != nil {
		return 0, err
	}
	var protocol thrift.CompactProtocol
	return n, thrift.NewDecoder(protocol.NewReaderFromBytes(b[:n])).Decode(v)
}
