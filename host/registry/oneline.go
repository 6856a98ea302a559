package registry

import (
	"strings"
	"unicode"

	"edgesignal/host/text"
)

// MaxLineBytes bounds what OneLine returns.
const MaxLineBytes = 4 << 10

// OneLine returns s as back ends store it where it may quote an upload: what is
// not UTF-8 becomes U+FFFD, what cannot be printed a space, and what is over
// MaxLineBytes is cut off at a character, with "…" as the last one. It refuses
// nothing: why a release failed must be written whatever the release holds.
func OneLine(s string) string {
	line := strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	line = strings.TrimSpace(line)
	if len(line) <= MaxLineBytes {
		return line
	}
	const more = "…"
	return text.Prefix(line, MaxLineBytes-len(more)) + more
}
