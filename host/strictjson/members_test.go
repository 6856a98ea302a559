package strictjson

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzMembers holds what Members finds against encoding/json.
func FuzzMembers(f *testing.F) {
	for _, text := range []string{
		`{}`, ` { } `, `{"a":1}`, `{"a":{"b":[1,"]}\"",{}]},"c":"\\"}`, "{\"\\u0061\" :\t-1.5e3 ,\n\"b\": [ ] }", `[]`, `"x"`, `1`, `null`, "\t[ 1 ] ",
		`{"a":["x","y z","\n","ä"],"b":["AAPL", "MSFT"]}`, `{"a":true,"b":false,"c":null}`, `{"":""}`, "{\"\xff\":\"\xff\"}", `{"a":1,"a":2}`, `{"a":"}","b":"{"}`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) {
			return
		}
		found := map[string]json.RawMessage{}
		err := Members(text, func(name, value string, at int) error {
			require.Equal(t, value, text[at:at+len(value)])
			require.True(t, json.Valid([]byte(value)), "%q", value)
			found[name] = json.RawMessage(value)
			return nil
		})
		var want map[string]json.RawMessage
		isObject := json.Unmarshal([]byte(text), &want) == nil && want != nil
		var twice *DuplicateError
		switch {
		case !isObject:
			require.ErrorIs(t, err, ErrNoObject)
		case err != nil:
			require.ErrorAs(t, err, &twice)
		default:
			require.Equal(t, want, found)
		}
	})
}
