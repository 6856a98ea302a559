package body

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/strictjson"
)

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
	fields := func(v *values) map[string]Field {
		return map[string]Field{"symbols": {&v.list, "an array of strings"}, "as_of_date": {&v.text, "a string"}, "top_n": {&v.n, "a whole number"}}
	}
	f.Fuzz(func(t *testing.T, text string) {
		var short, long values
		ok, err := decodePlain(text, fields(&short))
		if !ok {
			return
		}
		require.True(t, json.Valid([]byte(text)), "%q", text)
		to := fields(&long)
		want := strictjson.Members(text, func(name, value string, at int) error { return decodeValue(name, value, at, to[name]) })
		require.Equal(t, want, err)
		if err == nil {
			require.Equal(t, long, short)
		}
	})
}

// FuzzList holds the short way of a list against encoding/json.
func FuzzList(f *testing.F) {
	for _, text := range []string{`[]`, `["x","y z","\n","ä"]`, "\t[ 1 ] ", `["AAPL", "MSFT"]`, `[""]`, `["a",]`, `["a"`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list, ok := (&plainText{s: text}).list()
		if !ok || !json.Valid([]byte(text)) {
			return
		}
		var want []string
		require.NoError(t, json.Unmarshal([]byte(text), &want))
		require.Equal(t, want, list)
	})
}
