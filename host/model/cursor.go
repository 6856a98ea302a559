package model

import "bytes"

// cursor walks a text line by line.
type cursor struct {
	text []byte
	pos  int // of the next line
	line int // number of the line that next returned last, from 1
}

// next returns the next line without its end.
func (c *cursor) next() ([]byte, error) {
	n := bytes.IndexByte(c.text[c.pos:], '\n')
	if n < 0 {
		return nil, malformed("line %d is not whole: the text, or the tree by its tree_sizes, ends at byte %d", c.line+1, len(c.text))
	}
	line := c.text[c.pos : c.pos+n]
	c.pos += n + 1
	c.line++
	if bytes.IndexByte(line, '\r') >= 0 {
		return nil, malformed("line %d holds a carriage return: line ends were converted, and LightGBM's tree_sizes count a text with plain line feeds", c.line)
	}
	return line, nil
}
