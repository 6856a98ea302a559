package mlflow

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// maxID is the length of an id in bytes.
const maxID = 1024

// id is a parsed id. It names a run, a logged model, or a version of a
// registered model by its number or by an alias.
type id struct {
	run                  string
	model                string // m-...
	name, version, alias string
	path                 string // relative, of what is named; "" = the model itself
}

// IsID reports whether path claims to be an id of MLflow.
func IsID(path string) bool {
	return strings.HasPrefix(path, "runs:") || strings.HasPrefix(path, "models:")
}

// word is a form that a part of an id may have. Its length is not counted by
// the expression: {0,255} is compiled to 255 copies, which every start of the
// program would pay for.
type word struct {
	form *regexp.Regexp
	most int // bytes
}

var (
	runID    = word{regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_-]*$`), 256}
	modelID  = word{regexp.MustCompile(`^m-[a-zA-Z0-9]+$`), 66}
	digits   = word{regexp.MustCompile(`^[0-9]+$`), 9}
	aliasFor = word{regexp.MustCompile(`^[a-zA-Z0-9_-]+$`), 255}
)

func (w word) is(s string) bool { return len(s) <= w.most && w.form.MatchString(s) }

// parse reads an id. Its parts are names, never escapes: no part can lead out
// of what it names.
func parse(text string) (id, error) {
	malformed := func(why string) (id, error) {
		return id{}, fmt.Errorf("%.200q: %s: runs:/<run_id>/<path> or models:/<name>/<version or alias> is expected", text, why)
	}
	scheme, rest, ok := strings.Cut(text, ":/")
	if !ok || scheme != "runs" && scheme != "models" {
		return malformed("not an id of MLflow")
	}
	if len(text) > maxID {
		return malformed(fmt.Sprintf("%d bytes, the limit is %d", len(text), maxID))
	}
	if err := checkPath(rest); err != nil {
		return malformed(err.Error())
	}
	first, path, more := strings.Cut(rest, "/")
	if scheme == "runs" {
		switch {
		case !runID.is(first):
			return malformed("not the id of a run")
		case !more:
			return malformed("names a run, not an artifact of it")
		}
		return id{run: first, path: path}, nil
	}
	if modelID.is(first) {
		return id{model: first, path: path}, nil
	}
	if !more {
		at := strings.LastIndexByte(first, '@')
		if at <= 0 {
			return malformed("names no version and no alias")
		}
		return named(id{name: first[:at], alias: first[at+1:]}, malformed)
	}
	which, path, _ := strings.Cut(path, "/")
	if digits.is(which) {
		return id{name: first, version: which, path: path}, nil
	}
	return named(id{name: first, alias: which, path: path}, malformed)
}

func named(i id, malformed func(string) (id, error)) (id, error) {
	if strings.EqualFold(i.alias, "latest") {
		return malformed("a release names a version or an alias, not the latest")
	}
	if !aliasFor.is(i.alias) {
		return malformed("not a version and not an alias")
	}
	return i, nil
}

// checkPath returns nil for segments joined by single slashes that mean the same
// in a folder, a URL and a bucket.
func checkPath(path string) error {
	if !utf8.ValidString(path) {
		return fmt.Errorf("not UTF-8")
	}
	if i := strings.IndexFunc(path, func(r rune) bool { return control(r) || strings.ContainsRune(`%?#\:`, r) }); i >= 0 {
		return fmt.Errorf("has the character %q", path[i:i+1])
	}
	for s := range strings.SplitSeq(path, "/") {
		if s == "" || s == "." || s == ".." {
			return fmt.Errorf("has the segment %q", s)
		}
	}
	return nil
}
