package text

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestVisible(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"plain", "Größe 数量 😀 - 100 %", "Größe 数量 😀 - 100 %"},
		{"nothing", "", ""},
		{"a false row", "ok\ns  v9  active", `ok\ns  v9  active`},
		{"tabs", "a\tb\r", `a\tb\r`},
		{"a sequence to the clipboard", "\x1b]52;c;ZXZpbA==\a", `\x1b]52;c;ZXZpbA==\a`},
		{"8-bit controls", "\u009b2J\x7f", `\u009b2J\x7f`},
		{"backwards", "v1\u202e1v\u2066", `v1\u202e1v\u2066`},
		{"what nobody sees", "a\u200bb\u00adc\ufeff\u00a0d\U000e0041", `a\u200bb\u00adc\ufeff\u00a0d\U000e0041`},
		{"line separators", "a\u2028b\u2029", `a\u2028b\u2029`},
		{"no UTF-8", "a\xff\xc3", `a\xff\xc3`},
		{"a character for what is none", "a\ufffdb", "a\ufffdb"},
	} {
		t.Run(tt.name, func(t *testing.T) { require.Equal(t, tt.want, Visible(tt.text)) })
	}
}

func TestVisibleShowsNothingThatATerminalObeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "text")
		shown := Visible(s)
		require.Equal(t, -1, strings.IndexFunc(shown, func(r rune) bool { return !strconv.IsPrint(r) }))
		text, err := json.Marshal(s)
		require.NoError(t, err)
		visible := VisibleJSON(text)
		require.Equal(t, -1, strings.IndexFunc(string(visible), func(r rune) bool { return !strconv.IsPrint(r) }))
		var want, got string
		require.NoError(t, json.Unmarshal(text, &want))
		require.NoError(t, json.Unmarshal(visible, &got))
		require.Equal(t, want, got)
	})
}
