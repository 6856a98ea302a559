package model

import (
	"strings"
	"testing"

	"edgesignal/host/release"
)

func TestRefusedTrees(t *testing.T) {
	const malformed, unsupported = release.ModelMalformed, release.ModelUnsupported
	for _, c := range []struct {
		name, key, value string
		reason           release.Reason
		words            string
	}{
		{"a thousand million leaves", "num_leaves", "1000000000", malformed, "num_leaves is not a whole number from 1 to 131072"},
		{"more leaves than there are", "num_leaves", "131072", malformed, "leaf_value has 4 values, want 131072"},
		{"fewer leaves than there are", "num_leaves", "3", malformed, "leaf_value has 4 values, want 3"},
		{"no leaves", "num_leaves", "0", malformed, "num_leaves"},
		{"more sets than splits", "num_cat", "4", malformed, "num_cat"},
		{"negative number of sets", "num_cat", "-1", malformed, "num_cat"},
		{"other number of sets", "num_cat", "2", malformed, "cat_boundaries has 2 values, want 3"},
		{"sets that num_cat denies", "num_cat", "0", malformed, "cat_boundaries has 2 values, want 0"},
		{"number of the tree", "Tree", "1", malformed, "tree 0 is numbered Tree=1"},
		{"linear without its lists", "is_linear", "1", malformed, "no leaf_const"},
		{"neither linear nor not", "is_linear", "2", malformed, "is_linear is not a whole number from 0 to 1"},

		{"too few columns", "split_feature", "0 1", malformed, "split_feature has 2 values, want 3"},
		{"column beyond the last", "split_feature", "0 1 3", malformed, "split_feature[2] is 3, max_feature_idx is 2"},
		{"huge column", "split_feature", "0 1 4294967295", malformed, "max_feature_idx is 2"},
		{"negative column", "split_feature", "0 1 -1", malformed, "split_feature[2] is not "},
		{"column split both ways", "split_feature", "0 1 1", unsupported, "both by number and by category"},
		{"two spaces", "split_feature", "0  2", malformed, "split_feature[1] is not "},
		{"trailing space", "split_feature", "0 1 2 ", malformed, "split_feature has 4 values"},

		{"threshold that is not a number", "threshold", "nan 0 1", malformed, "threshold[0] is not "},
		{"threshold in other words", "threshold", "Infinity 0 1", malformed, "threshold[0] is not "},
		{"hexadecimal threshold", "threshold", "0x1p-2 0 1", malformed, "threshold[0]"},
		{"digit groups", "threshold", "1_0 0 1", malformed, "threshold[0]"},
		{"threshold out of range", "threshold", "1e999 0 1", malformed, "threshold[0]"},
		{"endless threshold", "threshold", strings.Repeat("1", 1e5) + " 0 1", malformed, "threshold[0] is not a number"},
		{"set that is not there", "threshold", "0.5 1 1", malformed, "threshold[1] is 1, want one of the 1 sets"},
		{"negative set", "threshold", "0.5 -1 1", malformed, "threshold[1]"},
		{"half a set", "threshold", "0.5 0.5 1", malformed, "threshold[1]"},
		{"infinite set", "threshold", "0.5 inf 1", malformed, "threshold[1]"},
		{"set of no split", "decision_type", "10 8 8", malformed, "no split uses the set of categories 0"},
		{"set of two splits", "decision_type", "10 1 1", malformed, "threshold[2]"},

		{"unknown way of missing values", "decision_type", "12 1 8", malformed, "decision_type[0] is not "},
		{"unknown bits", "decision_type", "16 1 8", malformed, "decision_type[0]"},
		{"bits beyond a byte", "decision_type", "266 1 8", malformed, "decision_type[0]"},
		{"too many decisions", "decision_type", "10 1 8 8", malformed, "decision_type has 4 values, want 3"},

		{"child is the root", "left_child", "1 2 0", malformed, "left_child[2] is 0"},
		{"child is the node", "left_child", "1 1 -1", malformed, "left_child[1] is 1"},
		{"child has two parents", "right_child", "1 -3 -2", malformed, "is 1, want a node or leaf"},
		{"leaf has two parents", "right_child", "-4 -3 -1", malformed, "is -1, want a node or leaf"},
		{"node beyond the last", "left_child", "1 3 -1", malformed, "left_child[1] is 3"},
		{"leaf beyond the last", "left_child", "1 2 -5", malformed, "left_child[2] is -5"},
		{"least child", "left_child", "1 2 -2147483648", malformed, "left_child[2] is -2147483648"},
		{"child beyond 32 bits", "left_child", "1 2 -2147483649", malformed, "left_child[2]"},
		{"child is a fraction", "left_child", "1 2.0 -1", malformed, "left_child[1] is not "},
		{"a cycle that the root does not reach", "left_child", "-1 2 1", malformed, "only 3 of its 7"},

		{"leaf is not a number", "leaf_value", "nan 1 1 1", malformed, "leaf_value[0] is not "},
		{"leaf is infinite", "leaf_value", "1 1 1 -inf", malformed, "leaf_value[3] is not "},
		{"leaf is too large", "leaf_value", "1 1 1 1e309", malformed, "leaf_value[3]"},
		{"too few leaves", "leaf_value", "1 1 1", malformed, "leaf_value has 3 values, want 4"},
		{"no leaves at all", "leaf_value", "", malformed, "leaf_value has 0 values, want 4"},
		{"too few weights", "leaf_weight", "1 1 1", malformed, "leaf_weight has 3 values, want 4"},
		{"too many counts", "internal_count", "1 1 1 1", malformed, "internal_count has 4 values, want 3"},

		{"sets do not begin at 0", "cat_boundaries", "1 2", malformed, "cat_boundaries[0]"},
		{"set without words", "cat_boundaries", "0 0", malformed, "cat_boundaries[1]"},
		{"sets go backwards", "cat_boundaries", "0 -2", malformed, "cat_boundaries[1]"},
		{"words that are not there", "cat_boundaries", "0 4294967295", malformed, "cat_threshold has 2 values, want 4294967295"},
		{"word is no word", "cat_threshold", "5 4294967296", malformed, "cat_threshold[1]"},
		{"empty set", "cat_threshold", "0 0", malformed, "the set of categories 0 is empty"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := small(t)
			if c.name == "a cycle that the root does not reach" {
				d = d.set(t, 0, "right_child", "-4 -3 -2")
			}
			requireRefused(t, d.set(t, 0, c.key, c.value).text(), c.reason, c.words)
		})
	}
}
