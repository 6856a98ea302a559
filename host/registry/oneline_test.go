package registry_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"edgesignal/host/registry"
)

func TestOneLine(t *testing.T) {
	full := strings.Repeat("x", registry.MaxLineBytes)
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", ""},
		{"as it is", "rows[7] gives 0.1, want 0.2 (Grüße, 雪)", "rows[7] gives 0.1, want 0.2 (Grüße, 雪)"},
		{"line breaks", "first\r\nsecond\u2028third\n", "first  second third"},
		{"NUL and escapes", "a\x00b\x1b[31mc\x7f", "a b [31mc"},
		{"reversed writing", "a\u202eb", "a b"},
		{"not UTF-8", "a\xff\xfeb\xc3", "a\uFFFDb\uFFFD"},
		{"as long as may be", full, full},
		{"one byte too long", full + "x", full[:len(full)-3] + "…"},
		{"cut within a character", full[:len(full)-4] + "äää", full[:len(full)-4] + "…"},
		{"spaces around do not count", " " + full + "\n", full},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, registry.OneLine(c.text))
		})
	}
}

func FuzzOneLine(f *testing.F) {
	f.Add("a\x00b\xff\n")
	f.Add(strings.Repeat("雪", registry.MaxLineBytes/3+1))
	f.Add(strings.Repeat("\xff ", registry.MaxLineBytes))
	f.Fuzz(func(t *testing.T, text string) {
		line := registry.OneLine(text)
		require.LessOrEqual(t, len(line), registry.MaxLineBytes)
		require.True(t, utf8.ValidString(line))
		require.False(t, strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsGraphic(r) }))
		require.Equal(t, line, registry.OneLine(line), "again changes nothing")
	})
}
