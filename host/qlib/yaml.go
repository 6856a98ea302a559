package qlib

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// The limits of a workflow file. Aliases are followed only where a part is
// looked for, so a file in which they multiply costs no more than its bytes.
const (
	MaxBytes = 1 << 20

	maxDepth   = 64     // sequences and mappings within each other
	maxMerges  = 4      // mappings merged into each other with <<
	maxMerged  = 16     // mappings merged into one
	maxLines   = 5_000  // of a report
	maxFields  = 10_000 // expressions of all loaders together
	maxEntries = 10_000 // of one sequence
	maxWhat    = 80     // characters of a name in a report
)

// template is what qrun fills in with jinja2 before it reads the file as YAML.
var template = regexp.MustCompile(`\{\{|\{%`)

// parse returns the root of the file's one document.
func parse(file []byte) (root value, err error) {
	defer func() {
		if p := recover(); p != nil {
			root, err = value{}, errors.New("it is not YAML that can be read")
		}
	}()
	if len(file) > MaxBytes {
		return value{}, fmt.Errorf("it has %d bytes; the limit of a workflow file is %d", len(file), MaxBytes)
	}
	if !utf8.Valid(file) {
		return value{}, errors.New("it is not UTF-8 text")
	}
	if at := template.FindIndex(file); at != nil {
		return value{}, fmt.Errorf("line %d has a template, which qrun fills in from environment variables: check the rendered file",
			1+bytes.Count(file[:at[0]], []byte("\n")))
	}
	d := yaml.NewDecoder(bytes.NewReader(file))
	var doc yaml.Node
	if err := d.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return value{}, errors.New("it is empty")
		}
		return value{}, yamlError(err)
	}
	switch err := d.Decode(new(yaml.Node)); {
	case err == nil:
		return value{}, errors.New("it holds more than one YAML document")
	case !errors.Is(err, io.EOF):
		return value{}, yamlError(err)
	}
	if deeper(&doc, maxDepth+1) {
		return value{}, fmt.Errorf("it nests deeper than %d levels", maxDepth)
	}
	root = value{doc.Content[0]}
	if !root.isMapping() {
		return value{}, errors.New("it is not a mapping: is it a Qlib workflow?")
	}
	return root, nil
}

var atLine = regexp.MustCompile(`line (\d+)`)

// yamlError says where the YAML ends to be one. The library's own message
// may hold bytes of the file.
func yamlError(err error) error {
	if m := atLine.FindString(err.Error()); m != "" {
		return fmt.Errorf("it is not YAML: %s cannot be read", m)
	}
	return errors.New("it is not YAML")
}

// deeper reports whether a node has more than n levels. Aliases are not followed.
func deeper(node *yaml.Node, n int) bool {
	if n == 0 {
		return len(node.Content) > 0
	}
	for _, child := range node.Content {
		if deeper(child, n-1) {
			return true
		}
	}
	return false
}

// value is a node of the file; without one it is what is not there.
type value struct{ node *yaml.Node }

// resolved returns the node that an alias stands for.
func (v value) resolved() *yaml.Node {
	if v.node != nil && v.node.Kind == yaml.AliasNode {
		return v.node.Alias
	}
	return v.node
}

// exists reports whether the value is there and not null.
func (v value) exists() bool {
	n := v.resolved()
	return n != nil && n.ShortTag() != "!!null"
}

func (v value) isMapping() bool { n := v.resolved(); return n != nil && n.Kind == yaml.MappingNode }

func (v value) isList() bool { n := v.resolved(); return n != nil && n.Kind == yaml.SequenceNode }

// isEmpty reports whether the value is null, or has no entries.
func (v value) isEmpty() bool {
	return !v.exists() || (v.isMapping() || v.isList()) && len(v.resolved().Content) == 0
}

// line returns where the value stands, where it is used and not where its
// anchor is.
func (v value) line() int {
	if v.node == nil {
		return 0
	}
	return v.node.Line
}

// at returns the entry of a mapping, those merged with << last.
func (v value) at(key string) value { return v.find(key, maxMerges) }

func (v value) find(key string, merges int) value {
	n := v.resolved()
	if n == nil || n.Kind != yaml.MappingNode || merges == 0 {
		return value{}
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return value{n.Content[i+1]}
		}
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].ShortTag() != "!!merge" {
			continue
		}
		merged := value{n.Content[i+1]}
		list := merged.list()
		for _, m := range append(list[:min(len(list), maxMerged)], merged) {
			if found := m.find(key, merges-1); found.node != nil {
				return found
			}
		}
	}
	return value{}
}

// list returns the entries of a sequence.
func (v value) list() []value {
	if !v.isList() {
		return nil
	}
	content := v.resolved().Content
	content = content[:min(len(content), maxEntries)]
	all := make([]value, len(content))
	for i, n := range content {
		all[i] = value{n}
	}
	return all
}

// text returns a scalar's text; "" for anything else.
func (v value) text() string {
	if n := v.resolved(); n != nil && n.Kind == yaml.ScalarNode && v.exists() {
		return n.Value
	}
	return ""
}

// texts returns the text of a scalar or of each of a sequence's.
func (v value) texts() (all []string) {
	if t := v.text(); t != "" {
		return []string{t}
	}
	for _, e := range v.list() {
		all = append(all, e.text())
	}
	return all
}

// clip shortens a name of the file and leaves out what no terminal should be sent.
func clip(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, s)
	if runes := []rune(s); len(runes) > maxWhat {
		return string(runes[:maxWhat-3]) + "..."
	}
	return s
}

// class is a class of Python: where Qlib finds it, and its name.
type class struct{ module, name string }

// classOf reads class and module_path as Qlib's init_instance_by_config does:
// a mapping with both, a class that names its module, or a name alone.
func classOf(v value) class {
	name := v.at("class").text()
	if t := v.text(); t != "" {
		name = t
	}
	c := class{module: v.at("module_path").text(), name: name}
	if i := strings.LastIndexByte(name, '.'); i >= 0 && c.module == "" {
		c.module, c.name = name[:i], name[i+1:]
	}
	return c
}

// isQlib reports whether the class comes from Qlib itself.
func (c class) isQlib() bool { return c.module == "qlib" || strings.HasPrefix(c.module, "qlib.") }

// kwargs returns what the class is called with.
func kwargs(v value) value { return v.at("kwargs") }
