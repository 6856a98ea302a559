package hostile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"edgesignal/host/release"
)

// ModelCase is one hostile model text and what the gate says of it.
type ModelCase struct {
	Name   string
	Text   func() []byte // made when asked for: some are large
	Reason release.Reason
	Detail string // part of the gate's detail
}

// Models returns hostile model texts, most of them a good one with one place
// changed. good is a LightGBM model text of the feature set alpha158 with real
// names and a first tree of at least three leaves, whose golden rows tell its first two
// columns apart; it is not changed.
func Models(good []byte) []ModelCase {
	d := takeApart(good)
	var cases []ModelCase
	add := func(reason release.Reason, name, detail string, text func() []byte) {
		cases = append(cases, ModelCase{Name: name, Text: text, Reason: reason, Detail: detail})
	}
	malformed := func(name, detail string, d document) { add(release.ModelMalformed, name, detail, d.text) }
	unsupported := func(name, detail string, d document) { add(release.ModelUnsupported, name, detail, d.text) }
	features := func(name, detail string, d document) { add(release.FeaturesMismatch, name, detail, d.text) }
	whole := func(name, detail string, change func(text string) string) {
		add(release.ModelMalformed, name, detail, func() []byte { return []byte(change(string(good))) })
	}
	noise := func(seed byte, size int) []byte {
		b := make([]byte, size)
		_, _ = rand.NewChaCha8([32]byte{seed}).Read(b) // never fails
		return b
	}
	const large = 60 << 20

	add(release.ModelMalformed, "empty model", "line 1", func() []byte { return []byte{} })
	add(release.ModelMalformed, "model of noise", "", func() []byte { return noise(1, 100_000) })
	add(release.ModelMalformed, "model of 60 MB of noise", "", func() []byte { return noise(2, large) })
	add(release.ModelMalformed, "model of 60 MB of zeros", "NUL", func() []byte { return make([]byte, large) })
	add(release.ModelMalformed, "model of 60 MB of newlines", "line 1", func() []byte { return bytes.Repeat([]byte("\n"), large) })
	add(release.ModelMalformed, "model of one line of 60 MB", "line 1", func() []byte { return bytes.Repeat([]byte("tree "), large/5) })
	add(release.ModelUnsupported, "model over 64 MiB", "limit is 67108864", func() []byte { return make([]byte, 64<<20+1) })
	add(release.ModelMalformed, "model of 60 MB of the same tree", "tree 1 is numbered Tree=0", func() []byte {
		return document{header: d.header, trees: slices.Repeat(d.trees[:1], large/len(d.trees[0])), tail: d.tail}.text()
	})
	add(release.ModelMalformed, "model that is a module", "", func() []byte { return []byte(header) })
	add(release.ModelMalformed, "model that is JSON", "it is JSON", func() []byte { return []byte(`{"name":"tree","version":"v4"}`) })
	add(release.ModelMalformed, "several models, the second cut", "parts[1]: ", func() []byte {
		whole, _ := json.Marshal(string(good)) // never fails
		cut, _ := json.Marshal(string(good[:len(good)/3]))
		return fmt.Appendf(nil, `{"ensemble":1,"combine":"mean","parts":[{"model":%s},{"model":%s}]}`, whole, cut)
	})
	add(release.ModelMalformed, "several models, 30 MB of brackets", "not JSON", func() []byte {
		return append([]byte(`{"ensemble":1,"combine":"mean","parts":`), bytes.Repeat([]byte("["), large/2)...)
	})
	add(release.ModelUnsupported, "several models, a million of them", "parts has 1000001 models, 1 to 32 are allowed", func() []byte {
		return fmt.Appendf(nil, `{"ensemble":1,"combine":"mean","parts":[%s{"model":""}]}`, strings.Repeat(`{"model":""},`, 1_000_000))
	})
	add(release.ModelMalformed, "model that is a pickle", "it is a pickle", func() []byte { return []byte("\x80\x04\x95\x10\x00\x00\x00cos\nsystem\n.") })

	for _, part := range []struct {
		name string
		of   int // of 100
	}{{"a hundredth", 1}, {"a third", 33}, {"nine tenths", 90}} {
		add(release.ModelMalformed, "model cut after "+part.name, "", func() []byte { return good[:len(good)*part.of/100] })
	}
	whole("model without its end", `is not "end of trees"`, func(s string) string { before, _, _ := strings.Cut(s, "end of trees"); return before })
	whole("model twice", "more than one model", func(s string) string { return s + s })
	whole("model with Windows' line ends", "carriage return", func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") })
	whole("model with a NUL", "NUL", func(s string) string { return strings.Replace(s, "num_class=1", "num_class=\x001", 1) })
	whole("model with text before it", "line 1", func(s string) string { return "\uFEFF" + s })

	without := d
	without.trees, without.header = nil, sizesLine.ReplaceAllString(d.header, "tree_sizes=")
	unsupported("model without trees", "no trees", without)
	unsupported("model of version 5", "the version is not v2, v3 or v4", d.inHeader("version", "v5"))
	unsupported("model of 3 classes", "multiclass", d.inHeader("num_class", "3"))
	unsupported("model of 10^9 classes", "multiclass", d.inHeader("num_class", "1000000000"))
	unsupported("model of 3 trees an iteration", "num_tree_per_iteration is 3", d.inHeader("num_tree_per_iteration", "3"))
	malformed("model of linear trees without their lists", "no leaf_const", d.inTree("is_linear", "1"))
	leaves := strings.Count(value(d.trees[0], "leaf_value"), " ")
	linear := func(counts, columns string) document {
		zeros := strings.Repeat(" 0", leaves)
		return d.inTree("is_linear", "1\nleaf_const=0"+zeros+"\nnum_features="+counts+zeros+"\nleaf_features="+columns+"\nleaf_coeff=1")
	}
	malformed("model of a linear leaf of 10^9 terms", "num_features[0]", linear("1000000000", "0"))
	malformed("model of a linear leaf of -1 terms", "num_features[0]", linear("-1", "0"))
	malformed("model of a linear leaf with a column beyond the last", "leaf_features of leaf 0", linear("1", "4294967295"))
	malformed("model of linear leaves without columns", "leaf_features of leaf 1", linear("1", "0  "))
	unsupported("model with categories of pandas", "pandas_categorical", document{d.header, d.trees, d.tail + "\npandas_categorical:[[\"a\"]]\n"})
	unsupported("model of an unknown objective", "the objective", d.inHeader("objective", "__import__('os').system('id')"))
	unsupported("model with an unknown key", "a key that is not known", d.inTree("num_leaves", value(d.trees[0], "num_leaves")+"\nleaf_code=1"))
	unsupported("model of 10^9 columns", "limit is 100000", d.inHeader("max_feature_idx", "1000000000"))
	malformed("model of 2^64 columns", "max_feature_idx", d.inHeader("max_feature_idx", "18446744073709551616"))
	malformed("model of columns that are not there", "want 100000", d.inHeader("max_feature_idx", "99999"))
	add(release.ModelMalformed, "model of trees that are not there", "tree_sizes", func() []byte {
		return sizesLine.ReplaceAll(good, []byte("tree_sizes="+strings.Repeat("1 ", 5_000_000)+"1"))
	})
	add(release.ModelMalformed, "model with a tree of 1 GB", "tree_sizes[0]", func() []byte {
		return sizesLine.ReplaceAll(good, []byte("tree_sizes=1000000000"))
	})
	add(release.ModelUnsupported, "model of trees too deep", "limit is 1048576", func() []byte { return chains(d) })

	malformed("model of 10^9 leaves", "num_leaves is not a whole number", d.inTree("num_leaves", "1000000000"))
	malformed("model of 100,000 leaves that are not there", "want 100000", d.inTree("num_leaves", "100000"))
	malformed("model of -1 leaves", "num_leaves", d.inTree("num_leaves", "-1"))
	malformed("model of 10^9 categories", "num_cat", d.inTree("num_cat", "1000000000"))
	malformed("model whose root is its own child", "left_child[0] is 0", d.inList("left_child", 0, "0"))
	malformed("model with a cycle", "want a node or leaf of the tree that no other node has", d.inList("left_child", -1, "0"))
	malformed("model with a leaf beyond the last", "want a node or leaf", d.inList("right_child", 0, "-2147483648"))
	malformed("model with a node beyond the last", "want a node or leaf", d.inList("left_child", 0, "2147483647"))
	malformed("model with a threshold NaN", "threshold[0] is not a number", d.inList("threshold", 0, "nan"))
	malformed("model with a threshold beyond a double", "threshold[0]", d.inList("threshold", 0, "1e999"))
	malformed("model with a threshold of a million digits", "threshold[0]", d.inList("threshold", 0, strings.Repeat("9", 1_000_000)))
	malformed("model with a column beyond the last", "split_feature[0] is 4294967295", d.inList("split_feature", 0, "4294967295"))
	malformed("model with an unknown decision", "decision_type[0]", d.inList("decision_type", 0, "255"))
	malformed("model with a leaf NaN", "leaf_value[0] is not a finite number", d.inList("leaf_value", 0, "nan"))
	malformed("model with a leaf of infinity", "leaf_value[0] is not a finite number", d.inList("leaf_value", 0, "inf"))
	malformed("model with a leaf beyond a double", "leaf_value[0]", d.inList("leaf_value", 0, "-1e309"))

	names := strings.Split(value(d.header, "feature_names"), " ")
	swapped := append([]string(nil), names...)
	swapped[0], swapped[1] = names[1], names[0]
	add(release.GoldenMismatch, "model with two names exchanged", "predictions.rows", d.inHeader("feature_names", strings.Join(swapped, " ")).text)
	features("model with a name of another set", "input 157 of the model is", d.inHeader("feature_names", strings.Join(append(names[:157:157], "ALPHA"), " ")))
	features("model with names in lower case", "input 0 of the model is", d.inHeader("feature_names", strings.ToLower(strings.Join(names, " "))))
	features("model of one column more", "input 158 of the model is", d.
		inHeader("max_feature_idx", fmt.Sprint(len(names))).
		inHeader("feature_names", strings.Join(names, " ")+" EXTRA").
		inHeader("feature_infos", value(d.header, "feature_infos")+" none"))
	return cases
}

// chains returns a model whose trees are as deep as a tree can be.
func chains(d document) []byte {
	const leaves, trees = 131_072, 9
	list := func(of func(i int) int) string {
		b := fmt.Append(nil, of(0))
		for i := 1; i < leaves-1; i++ {
			b = fmt.Appendf(b, " %d", of(i))
		}
		return string(b)
	}
	constant := func(v int) func(int) int { return func(int) int { return v } }
	rest := fmt.Sprintf("num_leaves=%d\nnum_cat=0\nsplit_feature=%s\nthreshold=%s\ndecision_type=%s\nleft_child=%s\nright_child=%s\nleaf_value=%s\n\n\n",
		leaves, list(constant(0)), list(constant(0)), list(constant(2)), list(func(i int) int { return ^i }),
		list(func(i int) int {
			if i == leaves-2 {
				return ^(i + 1)
			}
			return i + 1
		}), list(constant(1))+" 1")
	d.trees = nil
	for i := range trees {
		d.trees = append(d.trees, fmt.Sprintf("Tree=%d\n%s", i, rest))
	}
	return d.text()
}
