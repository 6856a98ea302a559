package api

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzMembers holds what members finds against encoding/json.
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
		err := members(text, func(name, value string, at int) error {
			require.Equal(t, value, text[at:at+len(value)])
			require.True(t, json.Valid([]byte(value)), "%q", value)
			found[name] = json.RawMessage(value)
			if list, ok := (&plainText{s: value}).list(); ok {
				var want []string
				require.NoError(t, json.Unmarshal([]byte(value), &want))
				require.Equal(t, want, list)
			}
			return nil
		})
		var want map[string]json.RawMessage
		isObject := json.Unmarshal([]byte(text), &want) == nil && want != nil
		var refused *requestError
		switch {
		case !isObject:
			require.ErrorIs(t, err, errNoObject)
		case err != nil:
			require.ErrorAs(t, err, &refused, "a name that stands twice")
		default:
			require.Equal(t, want, found)
		}
	})
}

// FuzzDecodePlain holds the short way against the long one: where it reads a
// body, the other reads the same.
func FuzzDecodePlain(f *testing.F) {
	for _, text := range []string{
		`{}`, ` { "symbols" : [ "AAPL" , "MSFT" ] , "top_n" : 3 } `, `{"symbols":[]}`, `{"symbols":null}`, `{"symbols":["a","b",]}`, `{"symbols":["a"],}`,
		`{"top_n":3}x`, `{"top_n":-0}`, `{"top_n":01}`, `{"top_n":"3"}`, `{"top_n":3.5}`, `{"top_n":null,"as_of_date":"2024-12-31"}`, `{"as_of_date":"\u0041"}`, `{"top_n":3,"top_n":3}`,
		`{"x":1}`, `{"symbols":["a" "b"]}`, `{"symbols":["a"`, `{"symbols":["a\"`, `{"as_of_date":tru}`, `{"as_of_date":{}}`, "{\"as_of_date\":\"\n\"}", `{"symbols":["a"]}{}`, `{"top_n":}`, `{"top_n":1 2}`,
	} {
		f.Add(text)
	}
	type values struct {
		list []string
		text string
		n    *int64
	}
	fields := func(v *values) map[string]field {
		return map[string]field{"symbols": {&v.list, "an array of strings"}, "as_of_date": {&v.text, "a string"}, "top_n": {&v.n, "a whole number"}}
	}
	f.Fuzz(func(t *testing.T, text string) {
		var short, long values
		ok, err := decodePlain(text, fields(&short))
		if !ok {
			return
		}
		require.True(t, json.Valid([]byte(text)), "%q", text)
		to := fields(&long)
		want := members(text, func(name, value string, at int) error { return decodeValue(name, value, at, to[name]) })
		require.Equal(t, want, err)
		if err == nil {
			require.Equal(t, long, short)
		}
	})
}
