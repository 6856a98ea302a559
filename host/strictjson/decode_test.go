package strictjson

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

type inner struct {
	N    float64
	Text string `json:"text"`
	Own  own    `json:"own"`
	Pair [2]int `json:"-"`
}

// own reads itself, and takes null.
type own float64

func (o *own) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*o = -1
		return nil
	}
	return json.Unmarshal(b, (*float64)(o))
}

type outer struct {
	Flag  bool                `json:"flag"`
	List  []inner             `json:"list"`
	Lists [][]own             `json:"lists"`
	Map   map[string][]string `json:"map"`
	Raw   json.RawMessage     `json:"raw"`
	Any   []any               `json:"any"`
	Maybe *float64            `json:"maybe"`
	Small int8                `json:"small"`
}

func TestDecode(t *testing.T) {
	const text = ` {"flag":true,"list":[{"N":1.5,"text":"x","own":null}],"lists":[[1,null],[]],"map":{"a":["b"],"c":null},
		"raw":{"x":[null]},"any":[1,{"y":null}],"maybe":null,"small":-3} `
	var got, want outer
	require.NoError(t, Decode([]byte(text), &got))
	require.NoError(t, json.Unmarshal([]byte(text), &want))
	require.Equal(t, want, got)
}

func TestDecodeRefuses(t *testing.T) {
	for _, tt := range []struct{ name, text, want, nameless string }{
		{"nothing", " ", "nothing: JSON is expected, at byte 1", ""},
		{"half", `{"flag":`, "not JSON: it ends too early, at byte 8", ""},
		{"no JSON", `{"flag":tru}`, "not JSON, at byte 12", ""},
		{"two values", `{} {}`, "text after the JSON value, at byte 4", ""},
		{"null", `null`, "null where an object belongs, at byte 0", ""},
		{"a list", ` []`, "a list where an object belongs, at byte 1", ""},
		{"another case", `{"Flag":true}`, `unknown field "Flag", at byte 8`, "unknown field, at byte 8"},
		{"a field that is not for JSON", `{"list":[{"Pair":[1,2]}]}`, `list[0]: unknown field "Pair", at byte 17`, "list[0]: unknown field, at byte 17"},
		{"twice", `{"flag":true,"flag":false}`, `there twice is the field "flag", at byte 20`, "there twice is the field, at byte 20"},
		{"twice, spelt otherwise", `{"flag":true,"\u0066lag":false}`, `there twice is the field "flag", at byte 25`, "there twice is the field, at byte 25"},
		{"twice in a map", `{"map":{"a":[],"a":[]}}`, `map: there twice is the field "a", at byte 19`, "map: there twice is the field, at byte 19"},
		{"twice in what is kept as it is", `{"raw":[{"a":1,"a":1}]}`, `raw: there twice is the field "a", at byte 19`, "raw: there twice is the field, at byte 19"},
		{"twice in anything", `{"any":[[{"a":1,"a":1}]]}`, `any[0]: there twice is the field "a", at byte 20`, "any[0]: there twice is the field, at byte 20"},
		{"null for a number", `{"list":[{},{"N":null}]}`, "list[1].N: null where a number belongs, at byte 17", ""},
		{"null for a string", `{"map":{"secret":["a",null]}}`, "map[...][1]: null where a string belongs, at byte 22", ""},
		{"null for a flag", `{"flag":null}`, "flag: null where true or false belongs, at byte 8", ""},
		{"null for a struct", `{"list":[null]}`, "list[0]: null where an object belongs, at byte 9", ""},
		{"a string for a number", `{"lists":[[1,"2"]]}`, "lists[0][1]: a string where a number belongs, at byte 13", ""},
		{"a number for a list", `{"any":1}`, "any: a number where a list belongs, at byte 7", ""},
		{"a number too large", `{"small":300}`, "a value that a number cannot hold, at byte 12", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var v outer
			err := Decode([]byte(tt.text), &v)
			var wrong *Error
			require.ErrorAs(t, err, &wrong)
			require.Equal(t, tt.want, wrong.Error())
			if tt.nameless == "" {
				tt.nameless = tt.want
			}
			require.Equal(t, tt.nameless, wrong.Nameless())
		})
	}
}

func TestCheck(t *testing.T) {
	require.NoError(t, Check([]byte(` [null,{"a":1,"A":{"a":2}}] `)))
	require.EqualError(t, Check([]byte(`[0,{"a":{"b":1,"b":2}}]`)), `there twice is the field "b", at byte 19`)
	require.Error(t, Check([]byte(`{`)))
}

// FuzzDecode holds Decode against encoding/json: what it takes reads alike.
func FuzzDecode(f *testing.F) {
	for _, text := range []string{
		`{"flag":true,"list":[{"N":1.5,"text":"x"}]}`, `{"lists":[[1,null],[]],"map":{"a":["b"]}}`, `{"Raw":1}`, `{"raw":{"a":1,"a":2},"maybe":1}`, `null`, `{"any":[[[]]]}`, "{\"map\":{\"\xff\":null}}", `{"list":{}}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var got, want outer
		if err := Decode(text, &got); err != nil {
			var wrong *Error
			require.ErrorAs(t, err, &wrong)
			return
		}
		require.NoError(t, json.Unmarshal(text, &want))
		require.Equal(t, want, got)
	})
}
