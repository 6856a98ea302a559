package barfile

import (
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go/encoding/thrift"
)

// checkThrift walks the structure at the beginning of b without decoding it
// and returns its length. It refuses lists of more than maxList elements in
// all and nesting deeper than maxDepth: a decoder allocates a list by the
// length that it claims, and follows nesting on its stack.
func checkThrift(b []byte) (int, error) {
	var protocol thrift.CompactProtocol
	r := protocol.NewReaderFromBytes(b)
	w := walker{r: r, elements: maxList}
	if err := w.structure(0); err != nil {
		return 0, fmt.Errorf("byte %d: %w", r.BytesRead(), err)
	}
	return r.BytesRead(), nil
}

type walker struct {
	r        thrift.BytesReader
	elements int
}

func (w *walker) structure(depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("nested deeper than %d", maxDepth)
	}
	for {
		f, err := w.r.ReadField()
		if err != nil {
			return err
		}
		if f.Type == thrift.STOP {
			return nil
		}
		if f.Type == thrift.TRUE || f.Type == thrift.FALSE {
			continue // the type of the field is its value
		}
		if err := w.value(f.Type, depth); err != nil {
			return err
		}
	}
}

func (w *walker) value(t thrift.Type, depth int) (err error) {
	switch t {
	case thrift.TRUE, thrift.FALSE, thrift.I8:
		_, err = w.r.ReadInt8()
	case thrift.I16:
		_, err = w.r.ReadInt16()
	case thrift.I32:
		_, err = w.r.ReadInt32()
	case thrift.I64:
		_, err = w.r.ReadInt64()
	case thrift.DOUBLE:
		_, err = w.r.ReadFloat64()
	case thrift.BINARY:
		_, err = w.r.ReadBytes()
	case thrift.STRUCT:
		err = w.structure(depth + 1)
	case thrift.LIST, thrift.SET:
		var l thrift.List
		if l, err = w.r.ReadList(); err == nil {
			err = w.list(l, depth+1)
		}
	default: // maps do not occur in Parquet
		err = fmt.Errorf("a value of type %d", t)
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return err
}

func (w *walker) list(l thrift.List, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("nested deeper than %d", maxDepth)
	}
	if w.elements -= int(l.Size); w.elements < 0 {
		return fmt.Errorf("more than %d list elements", maxList)
	}
	for range int(l.Size) {
		if err := w.value(l.Type, depth); err != nil {
			return err
		}
	}
	return nil
}
