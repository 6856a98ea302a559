package conformance

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// A rule in the text format, written from ABI.md alone: that page is enough
// for a language without an SDK.
func TestFourthLanguage(t *testing.T) {
	wasm, err := os.ReadFile("testdata/equal_weight.wasm")
	require.NoError(t, err)
	text, err := os.ReadFile("testdata/equal_weight.vectors.json")
	require.NoError(t, err)
	v, err := Parse(text)
	require.NoError(t, err)
	conforms(t, v, constructor(t, admitted(t, withMeta(t, wasm, "testdata/equal_weight.meta.json"))))
}
