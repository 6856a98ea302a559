package artifact

import (
	"fmt"
	"strings"

	"edgesignal/host/release"
)

// Limits of a key, in bytes. A folder store needs the second.
const (
	MaxKey     = 1024
	MaxSegment = 255
)

// ValidKey returns nil for a key that every store can hold: segments of
// A-Z a-z 0-9 . _ = @ + - joined by single slashes, none of them "." or "..",
// at most MaxSegment bytes each and MaxKey together.
func ValidKey(key string) error {
	if key == "" {
		return fmt.Errorf("key is empty")
	}
	if len(key) > MaxKey {
		return fmt.Errorf("key %.40q... has %d bytes, more than %d", key, len(key), MaxKey)
	}
	for s := range strings.SplitSeq(key, "/") {
		switch {
		case s == "":
			return fmt.Errorf("key %q has an empty segment", key)
		case s == "." || s == "..":
			return fmt.Errorf("key %q has the segment %q", key, s)
		case len(s) > MaxSegment:
			return fmt.Errorf("key %.40q... has a segment of %d bytes, more than %d", key, len(s), MaxSegment)
		}
		if i := strings.IndexFunc(s, notInKey); i >= 0 {
			return fmt.Errorf("key %q has a character other than A-Z a-z 0-9 . _ = @ + - in the segment %q", key, s)
		}
	}
	return nil
}

func notInKey(r rune) bool {
	return (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune("._=@+-", r)
}

// Key returns the key of the bytes whose SHA-256 is sum (64 hex digits):
// "sha256/<sum>".
func Key(sum string) string { return "sha256/" + sum }

// SumOf returns the SHA-256 that a path names its bytes by: its last two segments
// are those of Key. "" = it does not.
func SumOf(path string) string {
	if i := strings.LastIndex(path, "/"); i >= 0 && release.ValidSum(path[i+1:]) && strings.HasSuffix("/"+path[:i], "/sha256") {
		return path[i+1:]
	}
	return ""
}
