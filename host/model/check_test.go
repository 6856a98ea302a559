package model

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/release"
)

// requireRefused requires that Load refuses the text for the reason, and says
// what is in words.
func requireRefused(t testing.TB, text []byte, reason release.Reason, words string) {
	t.Helper()
	m, err := Load(text)
	require.Nil(t, m)
	var r *release.Rejection
	require.ErrorAs(t, err, &r)
	require.Equal(t, reason, r.Reason, r.Detail)
	require.Contains(t, r.Detail, words)
	require.Less(t, len(r.Detail), 400)
}

func TestModelsThatAreRefused(t *testing.T) {
	words := map[string]string{"pandas_categorical": "pandas_categorical", "multiclass5": "multiclass", "zero_trees": "no trees"}
	for _, g := range append(goldens(t), golden{model: "zero_trees", expect: "refuse"}) {
		if g.expect != "refuse" {
			continue
		}
		t.Run(g.model, func(t *testing.T) {
			require.Contains(t, words, g.model)
			requireRefused(t, readModel(t, g.model), release.ModelUnsupported, words[g.model])
		})
	}
}

func TestRefusedTexts(t *testing.T) {
	d := small(t)
	whole := string(d.text())
	replaced := func(old, with string) string {
		require.Contains(t, whole, old)
		return strings.Replace(whole, old, with, 1)
	}
	withoutLastSize := regexp.MustCompile(`(?m)^(tree_sizes=.*) \d+$`).ReplaceAllString(whole, "$1")
	for _, c := range []struct {
		name, text string
		reason     release.Reason
		words      string
	}{
		{"empty", "", release.ModelMalformed, "line 1: the file is empty"},
		{"not a model", "root:x:0:0\n", release.ModelMalformed, "line 1 is not \"tree\""},
		{"text before", "\n" + whole, release.ModelMalformed, "line 1"},
		{"byte order mark", "\uFEFF" + whole, release.ModelMalformed, "line 1"},
		{"NUL", replaced("label_index=0", "label_index=\x00"), release.ModelMalformed, "NUL"},
		{"line ends of Windows", strings.ReplaceAll(whole, "\n", "\r\n"), release.ModelMalformed, "line 1 holds a carriage return"},
		{"a carriage return in a tree", replaced("num_cat=1\n", "num_cat=1\r"), release.ModelMalformed, "carriage return"},
		{"two models", whole + whole, release.ModelMalformed, "more than one model"},
		{"no end", strings.Split(whole, "end of trees")[0], release.ModelMalformed, `is not "end of trees"`},
		{"half an end", strings.Split(whole, " trees\n")[0], release.ModelMalformed, `is not "end of trees"`},
		{"other end", replaced("end of trees", "end of treesX"), release.ModelMalformed, `is not "end of trees"`},
		{"text between trees", replaced("shrinkage=1\n\n\nTree", "shrinkage=1\n\nx\nTree"), release.ModelMalformed, "tree 0"},
		{"text after the last tree", replaced("end of trees", "x\nend of trees"), release.ModelMalformed, `is not "end of trees"`},
		{"tree without a size", withoutLastSize, release.ModelMalformed, `is not "end of trees", which follows the last tree of tree_sizes`},
		{"size without a tree", strings.Replace(whole, "\n\nTree=0", " 10\n\nTree=0", 1), release.ModelMalformed, "tree_sizes"},
		{"size too large", sizesLine.ReplaceAllString(whole, "tree_sizes=1000000000"), release.ModelMalformed, "tree_sizes[0]"},
		{"size 0", sizesLine.ReplaceAllString(whole, "tree_sizes=0"), release.ModelMalformed, "tree_sizes[0]"},
		{"size is no number", sizesLine.ReplaceAllString(whole, "tree_sizes=x"), release.ModelMalformed, "tree_sizes[0]"},
		{"key twice", string(d.set(t, 0, "num_cat", "1\nnum_cat=1").text()), release.ModelMalformed, "num_cat stands twice"},
		{"unknown key", string(d.set(t, 0, "num_cat", "1\nnum_dog=1").text()), release.ModelUnsupported, "tree 0, line 15: a key that is not known"},
	} {
		t.Run(c.name, func(t *testing.T) {
			requireRefused(t, []byte(c.text), c.reason, c.words)
		})
	}
}

// Each key that decides a score must be there; the others may be missing.
func TestMissingKeys(t *testing.T) {
	d := small(t)
	of := map[int]string{ // by tree; the second is a constant
		0: " Tree num_leaves num_cat split_feature threshold decision_type left_child right_child leaf_value cat_boundaries cat_threshold ",
		1: " Tree num_leaves num_cat leaf_value ",
	}
	for i, needed := range of {
		for line := range strings.Lines(d.trees[i]) {
			key, _, found := strings.Cut(line, "=")
			if !found {
				continue
			}
			without := d.first(len(d.trees))
			without.trees[i] = strings.Replace(d.trees[i], line, "", 1)
			if strings.Contains(needed, " "+key+" ") {
				requireRefused(t, without.text(), release.ModelMalformed, "no "+key)
			} else {
				load(t, without.text())
			}
		}
	}
}

func TestTooLarge(t *testing.T) {
	requireRefused(t, append([]byte(smallText), make([]byte, MaxBytes)...), release.ModelUnsupported, "limit is 67108864")
}
