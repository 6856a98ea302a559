package model

import (
	"fmt"
	"strings"
	"testing"

	"edgesignal/host/release"
)

// A row that would pass too many splits is refused before anything is scored.
func TestTooDeep(t *testing.T) {
	const leaves = maxLeaves
	chain := chainTree(leaves)
	d := document{header: small(t).header, tail: "end of trees\n"}
	for i := range maxSteps/(leaves-1) + 1 {
		d.trees = append(d.trees, strings.Replace(chain, "Tree=0", "Tree="+fmt.Sprint(i), 1))
	}
	requireRefused(t, d.text(), release.ModelUnsupported, "limit is 1048576")
	load(t, d.first(1).text())
}

// chainTree returns a tree of which every left child is a leaf.
func chainTree(leaves int) string {
	lists := []struct {
		key string
		of  func(i int) int
	}{
		{"split_feature", func(int) int { return 0 }},
		{"threshold", func(int) int { return 0 }},
		{"decision_type", func(int) int { return 2 }},
		{"left_child", func(i int) int { return ^i }},
		{"right_child", func(i int) int {
			if i == leaves-2 {
				return ^(i + 1)
			}
			return i + 1
		}},
	}
	b := fmt.Appendf(nil, "Tree=0\nnum_leaves=%d\nnum_cat=0\nleaf_value=1%s", leaves, strings.Repeat(" 1", leaves-1))
	for _, l := range lists {
		b = fmt.Appendf(b, "\n%s=%d", l.key, l.of(0))
		for i := 1; i < leaves-1; i++ {
			b = fmt.Appendf(b, " %d", l.of(i))
		}
	}
	return string(b) + "\n\n\n"
}
