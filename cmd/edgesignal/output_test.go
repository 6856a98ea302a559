package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/market"
	"edgesignal/host/release"
)

func TestSayMakesVisibleWhatOthersWrote(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, say(&b, "%s|%v|%s|%s|%v|%d|%s\n", "a\nb", errors.New("\x1b[2J"), release.Status("x\u202e"), json.RawMessage("\u009b"), []string{"c\td"}, 3, market.Date(0)))
	require.Equal(t, `a\nb|\x1b[2J|x\u202e|\u009b|[c\td]|3|1970-01-01`+"\n", b.String())

	b.Reset()
	notes := map[string]string{"notes": "<a>\n\x1b\u009b\u202e\x7f ä"}
	require.NoError(t, sayJSON(&b, notes))
	require.Contains(t, b.String(), `"<a>\n\u001b\u009b\u202e\u007f ä"`)
	var got map[string]string
	require.NoError(t, json.Unmarshal(b.Bytes(), &got))
	require.Equal(t, notes, got)
}
