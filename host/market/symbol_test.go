package market

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestCanonicalSymbol(t *testing.T) {
	for _, tc := range []struct{ name, in, want, err string }{
		{name: "upper", in: "AAPL", want: "AAPL"},
		{name: "lower", in: "brk-b", want: "BRK-B"},
		{name: "every mark", in: "^a.b-c_d=e&f+1", want: "^A.B-C_D=E&F+1"},
		{name: "one byte", in: "f", want: "F"},
		{name: "32 bytes", in: strings.Repeat("a", 32), want: strings.Repeat("A", 32)},
		{name: "empty", in: "", err: `symbol "" is empty`},
		{name: "33 bytes", in: strings.Repeat("a", 33), err: "has 33 bytes; the limit is 32"},
		{name: "very long", in: strings.Repeat("a", 9999), err: `symbol "` + strings.Repeat("a", 40) + `" has 9999 bytes`},
		{name: "a dot in front", in: ".A", err: `symbol ".A" begins with a dot`},
		{name: "a space", in: " A", err: `symbol " A" has ' ' at byte 0`},
		{name: "a slash", in: "A/B", err: `has '/' at byte 1`},
		{name: "a backslash", in: `A\B`, err: `has '\\' at byte 1`},
		{name: "a zero byte", in: "A\x00", err: `symbol "A\x00" has '\x00' at byte 1`},
		{name: "a letter beyond ASCII", in: "Aé", err: `symbol "Aé" has 'Ã' at byte 1`},
		{name: "the Kelvin sign", in: "\u212a", err: `at byte 0`},
		{name: "not UTF-8", in: "A\xff", err: `symbol "A\xff" has`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := CanonicalSymbol(tc.in)
			require.Equal(t, tc.want, got)
			if tc.err == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, tc.err)
			}
		})
	}
}

func TestCanonicalSymbolIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		got, err := CanonicalSymbol(rapid.StringMatching(`[-a-zA-Z0-9._^=&+/ é]{0,35}`).Draw(t, "symbol"))
		if err != nil {
			require.Empty(t, got)
			require.Less(t, len(err.Error()), 300)
			return
		}
		again, err := CanonicalSymbol(got)
		require.NoError(t, err)
		require.Equal(t, got, again)
	})
}
