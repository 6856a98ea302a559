package model

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// document is a model text taken apart, so that a test can change one place of
// it and get a text whose tree_sizes are right again.
type document struct {
	header string // with the blank line
	trees  []string
	tail   string // from "end of trees" on
}

var (
	treeStart  = regexp.MustCompile(`(?m)^Tree=`)
	endOfTrees = regexp.MustCompile(`(?s)\nTree=.*\nend of trees`)
)

func takeApart(t testing.TB, text []byte) document {
	s := string(text)
	end := strings.Index(s, "end of trees")
	require.Positive(t, end)
	starts := treeStart.FindAllStringIndex(s[:end], -1)
	require.NotEmpty(t, starts)
	d := document{header: s[:starts[0][0]], tail: s[end:]}
	for i, at := range starts {
		to := end
		if i+1 < len(starts) {
			to = starts[i+1][0]
		}
		d.trees = append(d.trees, s[at[0]:to])
	}
	return d
}

// first returns the document with its first n trees and without what follows them.
func (d document) first(n int) document {
	return document{header: d.header, trees: append([]string(nil), d.trees[:n]...), tail: "end of trees\n"}
}

var sizesLine = regexp.MustCompile(`(?m)^tree_sizes=.*$`)

// text puts the document together again.
func (d document) text() []byte {
	sizes := make([]string, len(d.trees))
	for i, tree := range d.trees {
		sizes[i] = fmt.Sprint(len(tree))
	}
	header := sizesLine.ReplaceAllString(d.header, "tree_sizes="+strings.Join(sizes, " "))
	return []byte(header + strings.Join(d.trees, "") + d.tail)
}

// set replaces the value of a key in a tree.
func (d document) set(t testing.TB, tree int, key, value string) document {
	d.trees = append([]string(nil), d.trees...)
	line := regexp.MustCompile(`(?m)^` + key + `=.*$`)
	require.True(t, line.MatchString(d.trees[tree]), "tree %d has no %s", tree, key)
	d.trees[tree] = line.ReplaceAllString(d.trees[tree], key+"="+value)
	return d
}

// setHeader replaces a line of the header; "" takes it out.
func (d document) setHeader(t testing.TB, line, with string) document {
	re := regexp.MustCompile(`(?m)^` + line + `$`)
	if with == "" {
		re = regexp.MustCompile(`(?m)^` + line + `\n`)
	}
	require.True(t, re.MatchString(d.header), "the header has no line %s", line)
	d.header = re.ReplaceAllString(d.header, with)
	return d
}

var treeNumber = regexp.MustCompile(`(?m)^Tree=.*$`)
