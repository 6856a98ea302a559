package hostile

import (
	"fmt"
	"regexp"
	"strings"
)

// document is a LightGBM model text taken apart, so that one place of it can
// be changed and its tree_sizes be right again.
type document struct {
	header string // with the blank line that ends it
	trees  []string
	tail   string // from "end of trees" on
}

// takeApart panics where the text is not what LightGBM writes.
func takeApart(text []byte) document {
	before, after, ok := strings.Cut(string(text), "\nend of trees")
	first := strings.Index(before, "\nTree=")
	if !ok || first < 0 {
		panic("not a LightGBM model text with trees")
	}
	d := document{header: before[:first+1], tail: "end of trees" + after}
	for _, tree := range strings.Split(before[first+1:], "\nTree=") {
		d.trees = append(d.trees, "Tree="+strings.TrimPrefix(tree, "Tree=")+"\n")
	}
	return d
}

var sizesLine = regexp.MustCompile(`(?m)^tree_sizes=.*$`)

// text puts the document together.
func (d document) text() []byte {
	sizes := make([]string, len(d.trees))
	for i, tree := range d.trees {
		sizes[i] = fmt.Sprint(len(tree))
	}
	header := sizesLine.ReplaceAllString(d.header, "tree_sizes="+strings.Join(sizes, " "))
	return []byte(header + strings.Join(d.trees, "") + d.tail)
}

func line(key string) *regexp.Regexp { return regexp.MustCompile(`(?m)^` + key + `=(.*)$`) }

// value returns the value of the key in a part of a document.
func value(part, key string) string {
	found := line(key).FindStringSubmatch(part)
	if found == nil {
		panic("the model has no " + key)
	}
	return found[1]
}

// inHeader replaces the value of a key of the header.
func (d document) inHeader(key, with string) document {
	value(d.header, key)
	d.header = line(key).ReplaceAllLiteralString(d.header, key+"="+with)
	return d
}

// inTree replaces the value of a key of the first tree.
func (d document) inTree(key, with string) document {
	value(d.trees[0], key)
	d.trees = append([]string{line(key).ReplaceAllLiteralString(d.trees[0], key+"="+with)}, d.trees[1:]...)
	return d
}

// inList replaces the i-th of the values that stand for the key in the first
// tree; -1 is the last.
func (d document) inList(key string, i int, with string) document {
	values := strings.Split(value(d.trees[0], key), " ")
	if i < 0 {
		i += len(values)
	}
	values[i] = with
	return d.inTree(key, strings.Join(values, " "))
}
