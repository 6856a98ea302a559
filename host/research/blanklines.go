package research

import (
	"bytes"
	"fmt"
	"io"
)

// maxRecord is what one record of a CSV may have: 100,000 inputs take 2.5 MB. A
// quote that is never closed would make the rest of a file one record.
const maxRecord = 16 << 20

// blankLines reads a CSV so that a blank line is a record of one empty cell:
// `""` is put on it. The CSV reader passes blank lines over, and then the lines
// of what is written no longer match those of what was read.
type blankLines struct {
	r     io.Reader
	start bool   // nothing of the current line was given
	held  bool   // but a carriage return was read
	since int    // bytes since the record began, with those read ahead
	out   []byte // to be given next
	whole []byte // memory of what is read
	space []byte // memory of out, where it is not whole
	err   error
}

func newBlankLines(r io.Reader) *blankLines {
	return &blankLines{r: r, start: true, whole: make([]byte, 1<<16)}
}

func (b *blankLines) Read(p []byte) (int, error) {
	for len(b.out) == 0 {
		if b.err != nil {
			return 0, b.err
		}
		if b.since > maxRecord {
			return 0, fmt.Errorf("a row has more than %d bytes: a quote may not be closed", maxRecord)
		}
		n, err := b.r.Read(b.whole)
		b.err = err
		b.since += n
		b.out = b.marked(b.whole[:n])
	}
	n := copy(p, b.out)
	b.out = b.out[n:]
	return n, nil
}

// marked returns what was read with the blank lines marked.
func (b *blankLines) marked(in []byte) []byte {
	if !b.start && !bytes.Contains(in, []byte("\n\n")) && !bytes.Contains(in, []byte("\n\r")) {
		b.start = bytes.HasSuffix(in, []byte("\n"))
		return in
	}
	b.space = b.space[:0]
	for _, c := range in {
		if b.start && c == '\r' && !b.held {
			b.held = true
			continue
		}
		if b.start && c == '\n' {
			b.space = append(b.space, '"', '"')
		}
		if b.held {
			b.space, b.held = append(b.space, '\r'), false
		}
		b.space = append(b.space, c)
		b.start = c == '\n'
	}
	if b.held && b.err != nil {
		b.space, b.held = append(b.space, '\r'), false
	}
	return b.space
}
