package text

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestClip(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		most     int
		want     string
	}{
		{"shorter", "abc", 4, "abc"},
		{"as long", "abcd", 4, "abcd"},
		{"longer", "abcde", 4, "abcd..."},
		{"within a character", "abcé", 4, "abc..."},
		{"nothing fits", "é", 1, "..."},
		{"no bytes at all", "abc", 0, "..."},
		{"bytes that begin no character", "\x80\x80\x80", 2, "..."},
		{"empty", "", 0, ""},
	} {
		t.Run(tt.name, func(t *testing.T) { require.Equal(t, tt.want, Clip(tt.in, tt.most)) })
	}
}

func TestPrefixOfAny(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, most := rapid.String().Draw(t, "s"), rapid.IntRange(0, 40).Draw(t, "most")
		p := Prefix(s, most)
		require.True(t, strings.HasPrefix(s, p))
		require.LessOrEqual(t, len(p), most)
		require.True(t, utf8.ValidString(p))
		if rest := s[len(p):]; rest != "" {
			_, next := utf8.DecodeRuneInString(rest)
			require.Greater(t, len(p)+next, most, "one more character would have fitted")
		}
	})
}

func TestSkipBOM(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"with one", "\ufeffsymbol", "symbol"},
		{"without", "symbol", "symbol"},
		{"two: the second is text", "\ufeff\ufeffa", "\ufeffa"},
		{"shorter than one", "a", "a"},
		{"half of one", "\xef\xbb", "\xef\xbb"},
		{"empty", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, r := range []io.Reader{strings.NewReader(tt.in), iotest.OneByteReader(strings.NewReader(tt.in))} {
				b, err := io.ReadAll(SkipBOM(r))
				require.NoError(t, err)
				require.Equal(t, tt.want, string(b))
			}
		})
	}
	_, err := io.ReadAll(SkipBOM(iotest.ErrReader(io.ErrClosedPipe)))
	require.ErrorIs(t, err, io.ErrClosedPipe)
}

func TestJoinLines(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"one line", "abc", "abc"},
		{"three, with tabs", "bad\n\thave (i32)\r\n\twant ()\n", "bad; have (i32); want ()"},
		{"blank ones", "\n\na\n\n b \n", "a; b"},
		{"nothing", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) { require.Equal(t, tt.want, JoinLines(tt.in)) })
	}
}
