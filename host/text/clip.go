// Package text cuts and cleans text that came from outside, for those who
// read it or show it.
package text

import "unicode/utf8"

// Prefix returns the longest beginning of s that has at most that many bytes
// and does not end within a character.
func Prefix(s string, most int) string {
	if len(s) <= most {
		return s
	}
	end := most
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end]
}

// Clip returns s, and of a longer one than that many bytes its Prefix and "...".
func Clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return Prefix(s, most) + "..."
}
