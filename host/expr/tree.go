package expr

import "strings"

type treeKind int

const (
	treeNumber treeKind = iota
	treeField
	treeCall
	treeText
)

// tree is a parsed expression. Signs are calls of the operators that they stand for.
type tree struct {
	kind     treeKind
	name     string // of a field, an operator or a text
	number   Number
	args     []*tree
	position int
}

// positionsOf notes where each field stands first.
func positionsOf(t *tree, at map[string]int) {
	if t.kind == treeField {
		name := strings.ToLower(t.name)
		if _, ok := at[name]; !ok {
			at[name] = t.position
		}
	}
	for _, arg := range t.args {
		positionsOf(arg, at)
	}
}
