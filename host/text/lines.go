package text

import "strings"

// JoinLines returns s in one line, for logs and error messages: its lines
// without the space around them, with "; " between them.
func JoinLines(s string) string {
	var lines []string
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "; ")
}
