package model

import (
	"bytes"

	"edgesignal/host/release"
)

// maxSteps bounds the splits and leaves that one row may pass in the whole
// model, so that no model makes a prediction take seconds. 1000 trees of 63
// leaves need at most 63,000.
const maxSteps = 1 << 20

// forest is a model as the check read it: everything that decides a score,
// in LightGBM's own terms, and nothing else. What evaluates a model is built
// from it, never from the text; then it is dropped.
type forest struct {
	header
	trees       []tree
	categorical []int // the columns that are split by category, ascending
}

// parse reads and checks a model text in one pass. What it allocates follows
// from the bytes that are there, never from a number that they claim.
func parse(text []byte) (*forest, error) {
	if len(text) > MaxBytes {
		return nil, unsupported("the model has %d bytes, the limit is %d", len(text), MaxBytes)
	}
	if i := bytes.IndexByte(text, 0); i >= 0 {
		return nil, malformed("byte %d is NUL: not a text", i)
	}
	c := &cursor{text: text}
	h, sizes, err := parseHeader(c)
	if err != nil {
		return nil, err
	}
	f := &forest{header: h}
	if err := f.parseTrees(c, sizes); err != nil {
		return nil, err
	}
	return f, parseEnd(c)
}

// parseTrees reads one tree for each entry of tree_sizes. LightGBM finds a tree
// by adding the sizes up; a text in which they are not the trees' exact lengths
// would be read differently here and there.
func (f *forest) parseTrees(c *cursor, sizes []byte) error {
	p := newTreeParser(f.width)
	steps := 0
	whole := c.text
	err := eachToken(sizes, func(i int, tok []byte) error {
		size, ok := parseInt(tok)
		if !ok || size < 1 || size > len(whole)-c.pos {
			return malformed("header: tree_sizes[%d] is %q, want the length of tree %d, of the %d bytes that follow", i, clip(tok), i, len(whole)-c.pos)
		}
		c.text = whole[:c.pos+size]
		t, depth, err := p.parse(c, i)
		if err != nil {
			return err
		}
		if steps += depth + 1; steps > maxSteps {
			return unsupported("tree %d: a row may pass %d splits and leaves up to here, the limit is %d", i, steps, maxSteps)
		}
		f.trees = append(f.trees, t)
		return nil
	})
	c.text = whole
	f.categorical = p.categorical()
	return err
}

// parseEnd reads the line that ends the trees. What follows it (importances,
// parameters, pandas categories) decides no score and is left unread, as
// LightGBM's predict leaves it.
func parseEnd(c *cursor) error {
	const end = "end of trees"
	rest := c.text[c.pos:]
	after, found := bytes.CutPrefix(rest, []byte(end))
	if !found || len(after) > 0 && after[0] != '\n' {
		line, _, _ := bytes.Cut(rest, []byte("\n"))
		return malformed("line %d: want %q after the last tree of tree_sizes, got %q", c.line+1, end, clip(line))
	}
	if bytes.Contains(after, []byte("\n"+end)) {
		return malformed("%q stands twice: more than one model in the text", end)
	}
	return nil
}

func malformed(format string, args ...any) error {
	return release.Reject(release.ModelMalformed, format, args...)
}

func unsupported(format string, args ...any) error {
	return release.Reject(release.ModelUnsupported, format, args...)
}
