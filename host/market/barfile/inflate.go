package barfile

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/format"
	"github.com/pierrec/lz4/v4"
)

// inflate uncompresses data, which must come to exactly size bytes, and never
// takes memory for more. The result is valid until the next call.
func (r *Reader) inflate(codec format.CompressionCodec, data []byte, size int) (out []byte, err error) {
	if r.budget -= size; r.budget < 0 {
		return nil, fmt.Errorf("more than %d bytes of uncompressed pages", r.limits.inflated)
	}
	if size == 0 {
		return nil, nil
	}
	if codec == format.Uncompressed {
		if len(data) != size {
			return nil, fmt.Errorf("%d bytes; its header says %d", len(data), size)
		}
		return data, nil
	}
	r.inflated = sized(r.inflated, size)
	dst := r.inflated[:size:size]
	switch codec {
	case format.Snappy:
		out, err = unsnappy(dst, data)
	case format.Zstd:
		out, err = r.unzstd(dst, data)
	case format.Gzip:
		out, err = r.gunzip(dst, data)
	case format.Brotli:
		out, err = r.unbrotli(dst, data)
	case format.Lz4Raw:
		out, err = unlz4(dst, data)
	default:
		return nil, fmt.Errorf("compressed with %s; SNAPPY, ZSTD, GZIP, BROTLI and LZ4_RAW can be read", codec)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", codec, err)
	}
	if len(out) != size {
		return nil, fmt.Errorf("%s: comes to %d bytes; its header says %d", codec, len(out), size)
	}
	return out, nil
}

var errLarger = errors.New("comes to more bytes than its header says")

func unsnappy(dst, data []byte) ([]byte, error) {
	n, err := snappy.DecodedLen(data)
	if err != nil {
		return nil, err
	}
	if n > len(dst) {
		return nil, errLarger
	}
	return snappy.Decode(dst, data)
}

func (r *Reader) unzstd(dst, data []byte) ([]byte, error) {
	if r.zstd == nil {
		d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecodeAllCapLimit(true), zstd.WithDecoderMaxMemory(uint64(r.limits.page)))
		if err != nil {
			return nil, err
		}
		r.zstd = d
	}
	return r.zstd.DecodeAll(data, dst[:0])
}

func (r *Reader) gunzip(dst, data []byte) ([]byte, error) {
	if r.gzip == nil {
		r.gzip = new(gzip.Reader)
	}
	if err := r.gzip.Reset(bytes.NewReader(data)); err != nil {
		return nil, err
	}
	return exactly(r.gzip, dst)
}

// unbrotli's decoder keeps a window of at most 16 MB between pages.
func (r *Reader) unbrotli(dst, data []byte) ([]byte, error) {
	if r.brotli == nil {
		r.brotli = new(brotli.Reader)
	}
	if err := r.brotli.Reset(bytes.NewReader(data)); err != nil {
		return nil, err
	}
	return exactly(r.brotli, dst)
}

func unlz4(dst, data []byte) ([]byte, error) {
	n, err := lz4.UncompressBlock(data, dst)
	if err != nil {
		return nil, err
	}
	return dst[:n], nil
}

// exactly fills dst, after which r must end.
func exactly(r io.Reader, dst []byte) ([]byte, error) {
	n, err := io.ReadFull(r, dst)
	if err != nil {
		return nil, fmt.Errorf("after %d bytes: %w", n, err)
	}
	switch more, err := r.Read(make([]byte, 1)); {
	case more > 0:
		return nil, errLarger
	case !errors.Is(err, io.EOF):
		return nil, err
	}
	return dst, nil
}
