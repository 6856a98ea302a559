package guest

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestProject(t *testing.T) {
	tests := []struct {
		language string
		paths    []string
	}{
		{Go, []string{"README.md", "build.sh", "go.mod", "meta.json", "risk_tilt.go", "risk_tilt_test.go", "rule/rule.go", "scores.csv"}},
		{AssemblyScript, []string{
			"README.md", "build.sh", "edgesignal_rule.ts", "meta.json", "package-lock.json", "package.json", "risk_tilt.ts", "scores.csv", "tsconfig.json",
		}},
		{C, []string{"README.md", "build.sh", "edgesignal_rule.h", "meta.json", "risk_tilt.c", "scores.csv"}},
	}
	require.Len(t, languages, len(tests))
	for _, tt := range tests {
		t.Run(tt.language, func(t *testing.T) {
			files, ok := Project(tt.language)
			require.True(t, ok)
			var paths []string
			for _, f := range files {
				paths = append(paths, f.Path)
				require.Equal(t, f.Path == "build.sh", f.Executable, f.Path)
				require.NotContains(t, f.Text, goHere, f.Path)
				require.Equal(t, repositoryFile(t, tt.language, f.Path), strings.ReplaceAll(f.Text, goProject, goHere), f.Path)
			}
			slices.Sort(paths)
			require.Equal(t, tt.paths, paths)
		})
	}
	_, ok := Project("rust")
	require.False(t, ok)
}

// repositoryFile returns the file that a project's is made of.
func repositoryFile(t *testing.T, language, path string) string {
	t.Helper()
	from := filepath.Join(language, path)
	switch path {
	case "go.mod":
		from = "go/go.mod.txt"
	case "meta.json", "scores.csv":
		from = filepath.Join("example", path)
	}
	text, err := os.ReadFile(from)
	require.NoError(t, err)
	return string(text)
}

// A file that is put into a language's folder and not into its project would
// be missed by every author.
func TestProjectsLeaveNothingOut(t *testing.T) {
	notForAuthors := []string{
		"assemblyscript/SHA256SUMS", "assemblyscript/risk_tilt.wasm", "c/risk_tilt.wasm", // held by package conformance
		"go/rule/rule_test.go",
	}
	embedded := slices.Clone(shared)
	for _, sources := range languages {
		embedded = append(embedded, sources...)
	}
	for _, dir := range []string{Go, AssemblyScript, C, "example"} {
		require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || slices.Contains(notForAuthors, filepath.ToSlash(path)) {
				return err
			}
			require.True(t, slices.ContainsFunc(embedded, func(s source) bool { return s.from == filepath.ToSlash(path) }), path)
			return nil
		}))
	}
}
