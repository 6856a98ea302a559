package model

import (
	"strings"
	"testing"

	"edgesignal/host/release"
)

func TestRefusedHeaders(t *testing.T) {
	const malformed, unsupported = release.ModelMalformed, release.ModelUnsupported
	for _, c := range []struct {
		name, line, with string
		reason           release.Reason
		words            string
	}{
		{"version 1", "version=v4", "version=v1", unsupported, "the version is not v2, v3 or v4"},
		{"version 5", "version=v4", "version=v5", unsupported, "the version is not v2, v3 or v4"},
		{"no version", "version=v4", "", malformed, "no version"},
		{"version twice", "version=v4", "version=v4\nversion=v4", malformed, "line 3: version stands twice"},
		{"two outputs", "num_class=1", "num_class=2", unsupported, "multiclass"},
		{"two trees an iteration", "num_tree_per_iteration=1", "num_tree_per_iteration=2", unsupported, "num_tree_per_iteration is 2"},
		{"no output", "num_class=1", "num_class=0", malformed, "num_class is not a whole number from 1 to"},
		{"no label", "label_index=0", "", malformed, "no label_index"},
		{"no columns", "max_feature_idx=2", "max_feature_idx=-1", malformed, "max_feature_idx"},
		{"too many columns", "max_feature_idx=2", "max_feature_idx=100001", unsupported, "limit is 100000"},
		{"more columns than fit a number", "max_feature_idx=2", "max_feature_idx=99999999999999999999", malformed, "max_feature_idx"},
		{"claimed columns", "max_feature_idx=2", "max_feature_idx=99999", malformed, "feature_names has 3 values, want 100000"},
		{"column of a split", "max_feature_idx=2", "max_feature_idx=1", malformed, "feature_names has 3 values, want 2"},
		{"no names", "feature_names=.*", "", malformed, "no feature_names"},
		{"empty name", "feature_names=.*", "feature_names=size  kind", malformed, "feature_names[1] is empty"},
		{"too few infos", "feature_infos=.*", "feature_infos=none none", malformed, "feature_infos has 2 values, want 3"},
		{"too few constraints", "label_index=0", "label_index=0\nmonotone_constraints=1 0", malformed, "monotone_constraints has 2 values"},
		{"unknown objective", "objective=regression", "objective=multiclassova", unsupported, "the objective"},
		{"objective without value", "objective=regression", "objective", unsupported, "the objective"},
		{"value of average_output", "label_index=0", "label_index=0\naverage_output=0", malformed, "average_output"},
		{"unknown key", "label_index=0", "label_index=0\nleaf_noise=1", unsupported, "header, line 6: a key that is not known"},
		{"a long unknown key", "label_index=0", "label_index=0\n" + strings.Repeat("x", 1e5), unsupported, "a key that is not known"},
		{"no tree_sizes", "tree_sizes=.*", "", malformed, "no tree_sizes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			requireRefused(t, small(t).setHeader(t, c.line, c.with).text(), c.reason, c.words)
		})
	}
}
