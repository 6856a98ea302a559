package artifact

import (
	"path"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestValidKey(t *testing.T) {
	long := strings.Repeat("a", MaxSegment)
	for _, c := range []struct {
		name, key string
		err       string // "" = valid
	}{
		{"one segment", "a", ""},
		{"content", Key(strings.Repeat("0", 64)), ""},
		{"every character", "AZaz09._=@+-/x", ""},
		{"dots", "..a/a../.../.hidden", ""},
		{"longest segment", long, ""},
		{"longest key", strings.Repeat(long+"/", 3) + long[1:] + "/b", ""},
		{"nothing", "", "empty"},
		{"slash", "/", "empty segment"},
		{"absolute", "/a", "empty segment"},
		{"slash at the end", "a/", "empty segment"},
		{"two slashes", "a//b", "empty segment"},
		{"dot", "a/./b", `segment "."`},
		{"dots alone", "..", `segment ".."`},
		{"up", "a/../b", `segment ".."`},
		{"space", "a b", "character"},
		{"NUL", "a\x00", "character"},
		{"backslash", `a\b`, "character"},
		{"tilde", "~a", "character"},
		{"colon", "file:", "character"},
		{"umlaut", "ä", "character"},
		{"no UTF-8", "a\xff", "character"},
		{"segment too long", "a/" + long + "a", "256 bytes, more than 255"},
		{"key too long", strings.Repeat("a/", MaxKey/2) + "a", "1025 bytes, more than 1024"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := ValidKey(c.key)
			if c.err == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.err)
			require.Less(t, len(err.Error()), 200, "a message stays short")
		})
	}
}

// FuzzValidKey: a valid key is its own cleaned relative path, in ASCII.
func FuzzValidKey(f *testing.F) {
	for _, key := range []string{"a/b", "../a", "/", "a//b", "ä", "a/..", "\xff", "...", "a\n"} {
		f.Add(key)
	}
	f.Fuzz(func(t *testing.T, key string) {
		err := ValidKey(key)
		if err != nil {
			require.True(t, utf8.ValidString(err.Error()))
			return
		}
		require.Equal(t, key, path.Clean(key))
		require.False(t, path.IsAbs(key))
		require.LessOrEqual(t, len(key), MaxKey)
		for i := range len(key) {
			require.False(t, key[i] <= ' ' || key[i] >= 0x7f || strings.IndexByte(`~\:*?"<>|%`, key[i]) >= 0)
		}
		require.NotContains(t, "/"+key+"/", "/../")
	})
}
