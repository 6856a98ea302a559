// Package guest holds what authors of rules get: for each language one file of
// SDK, the example rule risk_tilt, and how it is built. ABI.md describes what
// lies below them.
package guest

import (
	"embed"
	"strings"
)

//go:embed example go/risk_tilt.go go/risk_tilt_test.go go/rule/rule.go go/go.mod.txt go/build.sh go/README.md
//go:embed assemblyscript/risk_tilt.ts assemblyscript/edgesignal_rule.ts assemblyscript/package.json
//go:embed assemblyscript/package-lock.json assemblyscript/tsconfig.json assemblyscript/build.sh assemblyscript/README.md
//go:embed c/risk_tilt.c c/edgesignal_rule.h c/build.sh c/README.md
var tree embed.FS

// The languages that there is an SDK for.
const (
	Go             = "go"
	AssemblyScript = "assemblyscript"
	C              = "c"
)

// File is one file of a project.
type File struct {
	Path       string // with slashes, below the project's folder
	Text       string
	Executable bool
}

// source is a file of this folder that a project gets unchanged, perhaps under
// another name.
type source struct{ path, from string }

// shared are the files of every project.
var shared = []source{{"meta.json", "example/meta.json"}, {"scores.csv", "example/scores.csv"}}

var languages = map[string][]source{
	Go: {
		{"risk_tilt.go", "go/risk_tilt.go"},
		{"risk_tilt_test.go", "go/risk_tilt_test.go"},
		{"rule/rule.go", "go/rule/rule.go"},
		{"go.mod", "go/go.mod.txt"}, // under its own name it would begin another module here
		{"build.sh", "go/build.sh"},
		{"README.md", "go/README.md"},
	},
	AssemblyScript: {
		{"risk_tilt.ts", "assemblyscript/risk_tilt.ts"},
		{"edgesignal_rule.ts", "assemblyscript/edgesignal_rule.ts"},
		{"package.json", "assemblyscript/package.json"},
		{"package-lock.json", "assemblyscript/package-lock.json"},
		{"tsconfig.json", "assemblyscript/tsconfig.json"},
		{"build.sh", "assemblyscript/build.sh"},
		{"README.md", "assemblyscript/README.md"},
	},
	C: {
		{"risk_tilt.c", "c/risk_tilt.c"},
		{"edgesignal_rule.h", "c/edgesignal_rule.h"},
		{"build.sh", "c/build.sh"},
		{"README.md", "c/README.md"},
	},
}

// The import path of the Go SDK: in this repository, and in a project.
const (
	goHere    = `"edgesignal/guest/go/`
	goProject = `"risk_tilt/`
)

// Project returns a complete rule project in a language: the SDK, the example rule,
// its metadata, scores to try it on, the build script and a README. It is
// built from these files alone, without a network. ok reports whether there is an
// SDK for the language.
func Project(language string) (files []File, ok bool) {
	sources, ok := languages[language]
	if !ok {
		return nil, false
	}
	for _, s := range append(sources[:len(sources):len(sources)], shared...) {
		text, err := tree.ReadFile(s.from)
		if err != nil {
			panic(err) // the compiler has embedded every one of them
		}
		files = append(files, File{
			Path:       s.path,
			Text:       strings.ReplaceAll(string(text), goHere, goProject),
			Executable: strings.HasSuffix(s.path, ".sh"),
		})
	}
	return files, true
}
