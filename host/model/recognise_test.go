package model

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/release"
)

func TestFilesThatAreNoModelText(t *testing.T) {
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, err := w.Write([]byte(smallText))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	const text, sklearn = `booster.save_model("model.txt")`, "model.booster_.save_model"
	for _, c := range []struct{ name, file, is, cure string }{
		{"dump_model as JSON", `{"name": "tree", "version": "v4", "tree_info": [{"tree_index": 0}]}`, "JSON, as booster.dump_model() gives it", text},
		{"dump_model as Python prints it", `{'name': 'tree', 'tree_info': []}`, "JSON, as booster.dump_model() gives it", text},
		{"dump_model over many lines", "{\n  \"name\": \"tree\",\n  \"tree_info\": []}", "JSON, as booster.dump_model() gives it", text},
		{"other JSON", `["secret"]`, "it is JSON", text},
		{"a pickle", "\x80\x04\x95\xf5\x0c\x00\x00\x00\x00\x00\x00\x8c\x10lightgbm.sklearn\x94\x8c\x0dLGBMRegressor", "it is a pickle, as pickle.dump and joblib.dump write it, which is never opened here", sklearn},
		{"a pickle of protocol 2", "\x80\x02clightgbm.basic\nBooster\nq\x00)", "it is a pickle", sklearn},
		{"a pickle of protocol 0", "ccopy_reg\n_reconstructor\np0\n(clightgbm.basic\nBooster\n", "it is a pickle", sklearn},
		{"a dict pickled with protocol 0", "(dp0\nVmodel\np1\n", "it is a pickle", sklearn},
		{"a joblib file", "\x80\x04\x95\x00\x8c\x15joblib.numpy_pickle\x94", "it is a joblib file", sklearn},
		{"a compressed joblib file", "\x78\x9c\xb5\x56\x4b\x6f", "joblib.dump(compress=...)", sklearn},
		{"gzip", zipped.String(), "compressed with gzip", "unpack"},
		{"zip", "PK\x03\x04\x14\x00\x00\x00\x08\x00secret.txt", "a zip archive", "unpack"},
		{"xz", "\xfd7zXZ\x00\x00\x04", "compressed with xz", "unpack"},
		{"bzip2", "BZh91AY&SY", "compressed with bzip2", "unpack"},
		{"zstd", "\x28\xb5\x2f\xfd\x04", "compressed with zstd", "unpack"},
		{"an empty file", "", "the file is empty", text},
		{"blank lines", "\n\n \n", "the file is empty", text},
		{"a byte order mark", "\xef\xbb\xbf" + smallText, "byte order mark", "take it off"},
		{"UTF-16", "\xff\xfet\x00r\x00", "UTF-16", text},
		{"C++ code", "#include \"gbdt.h\"\n", "C++ code", text},
		{"a web page", "<!DOCTYPE html>\n<html>secret", "XML or HTML", text},
		{"a pointer of Git LFS", "version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "a pointer of Git LFS", "git lfs pull"},
		{"XGBoost", "booster[0]:\n0:[f0<0.5]", "an XGBoost model", text},
		{"a password file", "root:secret:19000:0:99999:7:::\n", `line 1 is not "tree"`, text},
		{"a parameter file", "task = train\n", `line 1 is not "tree"`, text},
	} {
		t.Run(c.name, func(t *testing.T) {
			requireRefused(t, []byte(c.file), release.ModelMalformed, c.is)
			requireRefused(t, []byte(c.file), release.ModelMalformed, c.cure)
			_, err := Load([]byte(c.file))
			require.NotContains(t, err.Error(), "secret")
			require.NotContains(t, err.Error(), "\n")
		})
	}
}

// An old LightGBM's text is refused with what to do, where it cannot be scored.
func TestOldTexts(t *testing.T) {
	for _, c := range []struct{ name, line, with string }{
		{"without tree_sizes", "tree_sizes=.*", ""},
		{"without a version", "version=v4", ""},
		{"of version 1", "version=v4", "version=v1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Load(small(t).setHeader(t, c.line, c.with).text())
			require.ErrorContains(t, err, saveAgain)
		})
	}
}

func TestPandasCategories(t *testing.T) {
	d := small(t)
	of := func(tail string) []byte {
		d := d
		d.tail = "end of trees\n\nparameters:\n[verbosity: -1]\nend of parameters\n" + tail
		return d.text()
	}
	for _, tail := range []string{"", "\npandas_categorical:null\n", "\npandas_categorical:null", "\npandas_categorical:[]\n", "\npandas_categorical: [ ]\n", "\npandas_categorical:\n"} {
		load(t, of(tail))
	}
	for _, tail := range []string{
		"\npandas_categorical:[[\"secret\"]]\n", "\npandas_categorical:[[1, 2, 3]]", "\npandas_categorical:[[]]\n", "\npandas_categorical:x\n",
		"\npandas_categorical:null\npandas_categorical:[[\"a\"]]\n", "\npandas_categorical:" + strings.Repeat("[", 1e5),
	} {
		_, err := Load(of(tail))
		require.NotContains(t, err.Error(), "secret")
		requireRefused(t, of(tail), release.ModelUnsupported, "pandas_categorical is not empty")
	}
}

// No error holds what stands in the file, wherever in a model text it stands.
func TestErrorsDoNotQuoteTheFile(t *testing.T) {
	const secret = "s3cr3t"
	d := small(t)
	texts := []string{secret + "\n", "tree\n" + secret + "\n", "tree\n" + secret + "=1\n", "tree\n" + secret}
	for _, key := range []string{"version", "num_class", "num_tree_per_iteration", "label_index", "max_feature_idx", "objective", "feature_names", "feature_infos", "tree_sizes"} {
		texts = append(texts, string(d.setHeader(t, key+"=.*", key+"="+secret).text()))
	}
	texts = append(texts,
		sizesLine.ReplaceAllString(string(d.text()), "tree_sizes="+secret),
		string(d.setHeader(t, "objective=regression", "objective=binary sigmoid:"+secret).text()),
		string(d.setHeader(t, "label_index=0", "label_index=0\naverage_output="+secret).text()))
	for line := range strings.Lines(d.trees[0]) {
		if key, _, found := strings.Cut(line, "="); found {
			texts = append(texts, string(d.set(t, 0, key, secret).text()), string(d.set(t, 0, key, "1\n"+secret+"=1").text()))
		}
	}
	l := linearModel(t)
	for _, key := range []string{"leaf_const", "num_features", "leaf_features", "leaf_coeff"} {
		texts = append(texts, string(l.set(t, 0, key, secret).text()))
	}
	refused := 0
	for _, text := range texts {
		if _, err := Load([]byte(text)); err != nil {
			refused++
			require.NotContains(t, err.Error(), secret, text)
			require.NotContains(t, err.Error(), "3cr3", text)
		}
	}
	require.Greater(t, refused, len(texts)/2)
}
