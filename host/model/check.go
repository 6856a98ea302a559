package model

import (
	"bytes"
	"slices"

	"edgesignal/host/release"
)

// maxSteps bounds the splits, leaves and terms of linear leaves that one row
// may pass in the whole model, so that no model makes a prediction take
// seconds. 1000 trees of 63 leaves need at most 63,000.
const maxSteps = 1 << 20

// forest is a model as the check read it: everything that decides a score,
// in LightGBM's own terms, and nothing else. What evaluates a model is built
// from it, never from the text; then it is dropped.
type forest struct {
	header
	trees       []tree
	categorical []int // the columns that are split by category, ascending
	steps       int   // splits, leaves and terms of linear leaves that a row passes at most
}

// parse reads and checks a model text in one pass. What it allocates follows
// from the bytes that are there, never from a number that they claim.
func parse(text []byte) (*forest, error) {
	if len(text) > MaxBytes {
		return nil, unsupported("the model has %d bytes, the limit is %d", len(text), MaxBytes)
	}
	if err := recognise(text); err != nil {
		return nil, err
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

// linear reports whether any leaf is a linear function of its row.
func (f *forest) linear() bool {
	return slices.ContainsFunc(f.trees, func(t tree) bool { return t.linear != nil })
}

// parseTrees reads one tree for each entry of tree_sizes. LightGBM finds a tree
// by adding the sizes up; a text in which they are not the trees' exact lengths
// would be read differently here and there.
func (f *forest) parseTrees(c *cursor, sizes []byte) error {
	p := newTreeParser(f.width)
	whole := c.text
	err := eachToken(sizes, func(i int, tok []byte) error {
		size, ok := parseInt(tok)
		if !ok || size < 1 || size > len(whole)-c.pos {
			return malformed("header: tree_sizes[%d] is not the length of tree %d, of the %d bytes that follow", i, i, len(whole)-c.pos)
		}
		c.text = whole[:c.pos+size]
		t, depth, err := p.parse(c, i)
		if err != nil {
			return err
		}
		if f.steps += depth + 1 + t.linear.most(); f.steps > maxSteps {
			return unsupported("tree %d: a row may pass %d splits, leaves and terms of linear leaves up to here, the limit is %d", i, f.steps, maxSteps)
		}
		f.trees = append(f.trees, t)
		return nil
	})
	c.text = whole
	f.categorical = p.categorical()
	return err
}

// parseEnd reads the line that ends the trees. Of what follows it (importances,
// parameters) only the categories of pandas decide scores.
func parseEnd(c *cursor) error {
	const end = "end of trees"
	rest := c.text[c.pos:]
	after, found := bytes.CutPrefix(rest, []byte(end))
	if !found || len(after) > 0 && after[0] != '\n' {
		return malformed("line %d is not %q, which follows the last tree of tree_sizes", c.line+1, end)
	}
	if bytes.Contains(after, []byte("\n"+end)) {
		return malformed("%q stands twice: more than one model in the text", end)
	}
	return checkPandas(after)
}

// checkPandas refuses a model that was trained on a DataFrame with columns of
// categories. LightGBM's Python package turns the values of such a column into
// codes, by the list that it wrote at the end of the text, before it predicts;
// here a row comes as numbers, which would be taken for those codes.
func checkPandas(tail []byte) error {
	for line := range bytes.Lines(tail) {
		list, found := bytes.CutPrefix(line, []byte("pandas_categorical:"))
		if !found {
			continue
		}
		switch string(bytes.Join(bytes.Fields(list), nil)) {
		case "", "null", "[]":
		default:
			return unsupported("pandas_categorical is not empty: the model was trained on a DataFrame with columns of categories, whose values LightGBM's Python package turns into codes before it predicts; train it on columns of numbers (a category as its code) and save it again")
		}
	}
	return nil
}

func malformed(format string, args ...any) error {
	return release.Reject(release.ModelMalformed, format, args...)
}

func unsupported(format string, args ...any) error {
	return release.Reject(release.ModelUnsupported, format, args...)
}
