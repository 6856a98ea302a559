package load

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"
)

// answerWithin is how long a request may take before its connection is given
// up.
const answerWithin = 10 * time.Second

// conn is one kept-alive connection: HTTP/1.1 as far as this project's own
// servers speak it. What it costs is taken from what can be measured, so it
// reads the status and the length and throws the body away.
type conn struct {
	addr string
	c    net.Conn // nil = not connected
	r    *bufio.Reader
}

var contentLength = []byte("content-length:")

// do sends a whole request and reads its whole answer. After an error the
// next call connects anew.
func (c *conn) do(request []byte) (status, length int, err error) {
	if c.c == nil {
		if c.c, err = net.DialTimeout("tcp", c.addr, answerWithin); err != nil {
			c.c = nil
			return 0, 0, err
		}
		c.r = bufio.NewReaderSize(c.c, 1<<16)
	}
	defer func() {
		if err != nil {
			c.close()
		}
	}()
	if err := c.c.SetDeadline(time.Now().Add(answerWithin)); err != nil {
		return 0, 0, err
	}
	if _, err := c.c.Write(request); err != nil {
		return 0, 0, err
	}
	line, err := c.r.ReadSlice('\n')
	if err != nil {
		return 0, 0, err
	}
	if len(line) < len("HTTP/1.1 200") || !bytes.HasPrefix(line, []byte("HTTP/1.1 ")) {
		return 0, 0, fmt.Errorf("the answer begins with %q", line)
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, 0, fmt.Errorf("the answer begins with %q", line)
	}
	length = -1
	for {
		if line, err = c.r.ReadSlice('\n'); err != nil {
			return status, 0, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		if n := len(contentLength); len(line) > n && bytes.EqualFold(line[:n], contentLength) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(line[n:]))); err != nil {
				return status, 0, err
			}
		}
	}
	if length < 0 {
		return status, 0, errors.New("the answer has no Content-Length")
	}
	if _, err := c.r.Discard(length); err != nil {
		return status, 0, err
	}
	return status, length, nil
}

func (c *conn) close() {
	if c.c != nil {
		_ = c.c.Close()
		c.c = nil
	}
}
