package docs

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

const maxProse = 119 // characters of a line that is neither code nor a table

// documents returns the Markdown files of the repository that people read
// from the top, relative to it.
func documents(t *testing.T) (names []string) {
	t.Helper()
	root := os.DirFS("..")
	for _, pattern := range []string{"*.md", "docs/*.md", "artifacts/*.md", "guest/*.md", "guest/rules/*.md"} {
		found, err := fs.Glob(root, pattern)
		require.NoError(t, err)
		names = append(names, found...)
	}
	require.Greater(t, len(names), 10)
	return names
}

func TestLinesOfProse(t *testing.T) {
	for _, name := range documents(t) {
		b, err := os.ReadFile(filepath.Join("..", name))
		require.NoError(t, err)
		code := false
		for i, line := range strings.Split(string(b), "\n") {
			if strings.HasPrefix(strings.TrimSpace(line), "```") {
				code = !code
			}
			if code || strings.HasPrefix(line, "|") || strings.HasPrefix(line, "#") || strings.HasPrefix(strings.TrimSpace(line), "- [") {
				continue
			}
			require.LessOrEqual(t, utf8.RuneCountInString(line), maxProse, "%s:%d", name, i+1)
		}
	}
}

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// What a document links to within the repository is there, headings too.
func TestLinks(t *testing.T) {
	for _, name := range documents(t) {
		b, err := os.ReadFile(filepath.Join("..", name))
		require.NoError(t, err)
		for _, l := range link.FindAllStringSubmatch(withoutCode(string(b)), -1) {
			target, fragment, _ := strings.Cut(l[1], "#")
			if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			file := filepath.Join("..", filepath.Dir(name), target)
			if target == "" {
				file = filepath.Join("..", name)
			}
			_, err := os.Stat(file)
			require.NoError(t, err, "%s links to %s", name, l[1])
			if fragment == "" {
				continue
			}
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			require.True(t, slices.Contains(anchorsOf(string(text)), fragment), "%s links to %s", name, l[1])
		}
	}
}

var anyHeading = regexp.MustCompile(`(?m)^#{1,6} (.+)$`)

func anchorsOf(text string) (names []string) {
	seen := map[string]int{}
	for _, h := range anyHeading.FindAllStringSubmatch(withoutCode(text), -1) {
		names = append(names, anchor(h[1], seen))
	}
	return names
}
