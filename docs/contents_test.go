package docs

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var write = flag.Bool("write", false, "write the lists of contents instead of comparing them: go run ./cmd/dev docs")

const (
	contentsBegin = "<!-- contents: go run ./cmd/dev docs -->\n"
	contentsEnd   = "<!-- end of contents -->\n"
)

// The documents that are too long to be read from the top begin with a list of
// their headings.
func TestListsOfContents(t *testing.T) {
	for _, name := range []string{"../RATIONALE.md", "BENCHMARKS.md"} {
		t.Run(name, func(t *testing.T) {
			b, err := os.ReadFile(name)
			require.NoError(t, err)
			text := string(b)
			before, rest, found := strings.Cut(text, contentsBegin)
			require.True(t, found, "no line %q", contentsBegin)
			list, after, found := strings.Cut(rest, contentsEnd)
			require.True(t, found, "no line %q", contentsEnd)
			if *write {
				whole := before + contentsBegin + contents(after) + contentsEnd + after
				require.NoError(t, os.WriteFile(name, []byte(whole), 0o644))
				return
			}
			require.Equal(t, strings.Split(contents(after), "\n"), strings.Split(list, "\n"), "write it again with: go run ./cmd/dev docs")
		})
	}
}

var heading = regexp.MustCompile(`(?m)^(##|###) (.+)$`)

// contents returns a list of the headings of text, those of the third level
// below those of the second.
func contents(text string) string {
	var list strings.Builder
	anchors := map[string]int{}
	for _, h := range heading.FindAllStringSubmatch(withoutCode(text), -1) {
		indent := ""
		if h[1] == "###" {
			indent = "  "
		}
		fmt.Fprintf(&list, "%s- [%s](#%s)\n", indent, h[2], anchor(h[2], anchors))
	}
	return list.String()
}

var notInAnchors = regexp.MustCompile(`[^\p{L}\p{N}_ -]`)

// anchor returns the name that GitHub gives a heading: lower case, no
// punctuation, hyphens for spaces, and a number behind one that was there
// before.
func anchor(heading string, seen map[string]int) string {
	name := strings.ReplaceAll(notInAnchors.ReplaceAllString(strings.ToLower(heading), ""), " ", "-")
	n := seen[name]
	seen[name]++
	if n > 0 {
		return fmt.Sprintf("%s-%d", name, n)
	}
	return name
}

var fences = regexp.MustCompile("(?ms)^```.*?^```$")

func withoutCode(text string) string { return fences.ReplaceAllString(text, "") }
