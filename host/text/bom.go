package text

import (
	"bufio"
	"io"
)

const byteOrderMark = "\ufeff"

// SkipBOM returns r without the UTF-8 byte order mark that Excel and others
// write in front of a text. It must be gone before a CSV reader sees the
// text: with it in front, a quoted first field is not quoted.
func SkipBOM(r io.Reader) *bufio.Reader {
	in := bufio.NewReader(r)
	if b, _ := in.Peek(len(byteOrderMark)); string(b) == byteOrderMark {
		_, _ = in.Discard(len(byteOrderMark)) // it is in the buffer
	}
	return in
}
