package model

import (
	"bytes"
	"regexp"
)

// What to do instead, for what is no model text or not one of these days.
const (
	saveText  = `save the model's text: booster.save_model("model.txt"), or model.booster_.save_model("model.txt") of a scikit-learn model`
	saveAgain = `load it with LightGBM 4 and save it again: booster.save_model("model.txt")`
	unpack    = "; unpack it, and where it does not hold the model's text " + saveText
)

// foreign are the beginnings of files that people take for the text of a model,
// with what each is.
var foreign = []struct{ begins, is string }{
	{"\x1f\x8b", "it is compressed with gzip" + unpack},
	{"PK\x03\x04", "it is a zip archive" + unpack},
	{"BZh", "it is compressed with bzip2" + unpack},
	{"\xfd7zXZ\x00", "it is compressed with xz" + unpack},
	{"\x28\xb5\x2f\xfd", "it is compressed with zstd" + unpack},
	{"7z\xbc\xaf\x27\x1c", "it is a 7z archive" + unpack},
	{"\x78\x01", compressedJoblib},
	{"\x78\x5e", compressedJoblib},
	{"\x78\x9c", compressedJoblib},
	{"\x78\xda", compressedJoblib},
	{"\x5d\x00\x00", compressedJoblib},
	{"\x04\x22\x4d\x18", compressedJoblib},
	{"\xef\xbb\xbftree", "line 1 begins with a byte order mark, which an editor put before the text; take it off"},
	{"\xff\xfe", "it is a text in UTF-16; " + saveText},
	{"\xfe\xff", "it is a text in UTF-16; " + saveText},
	{"version https://git-lfs", "it is a pointer of Git LFS and not the file itself; get the file: git lfs pull"},
	{"#include", "it is C++ code, as LightGBM's convert_model writes it; " + saveText},
	{"tree_index,", "it is the table of booster.trees_to_dataframe(); " + saveText},
	{"<", "it is XML or HTML; " + saveText},
	{"PAR1", "it is a Parquet file; " + saveText},
	{"\x93NUMPY", "it is a NumPy array; " + saveText},
	{"\x89HDF", "it is an HDF5 file; " + saveText},
	{"CBM1", "it is a CatBoost model, and this host scores LightGBM's; " + saveText},
	{"booster[", "it is the text of an XGBoost model, and this host scores LightGBM's; " + saveText},
}

const compressedJoblib = "it is compressed, as joblib.dump(compress=...) does it; " + saveText

// textPickle finds a pickle of protocol 0, which begins with an object's class
// or with a dict or list.
var textPickle = regexp.MustCompile(`^(c[A-Za-z_][\w.]*\n[A-Za-z_]\w*\n|\((dp|lp)\d+\n)`)

// recognise says of a text that cannot be a model what it is and what to save
// instead, where its beginning tells. It never quotes the text.
func recognise(text []byte) error {
	if len(bytes.TrimSpace(text)) == 0 {
		return malformed("line 1: the file is empty; " + saveText)
	}
	for _, f := range foreign {
		if bytes.HasPrefix(text, []byte(f.begins)) {
			return malformed("%s", f.is)
		}
	}
	pickled := len(text) > 1 && text[0] == 0x80 && text[1] >= 2 && text[1] <= 5
	if pickled || textPickle.Match(text[:min(len(text), 200)]) {
		if bytes.Contains(text, []byte("joblib")) {
			return malformed("it is a joblib file, which is a pickle and is never opened here; " + saveText)
		}
		return malformed("it is a pickle, as pickle.dump and joblib.dump write it, which is never opened here; " + saveText)
	}
	switch start := bytes.TrimLeft(text[:min(len(text), 4096)], " \t\r\n\ufeff"); {
	case len(start) == 0 || start[0] != '{' && start[0] != '[':
		return nil
	case bytes.Contains(text, []byte("tree_info")):
		return malformed("it is JSON, as booster.dump_model() gives it; " + saveText)
	default:
		return malformed("it is JSON; " + saveText)
	}
}
