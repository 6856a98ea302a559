package rule

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/guest/rules"
	"edgesignal/host/release"
)

func TestParseMeta(t *testing.T) {
	m, err := parseMeta([][]byte{[]byte(`{"name":"a_1","version":"2.0.0-rc1","description":"d","columns":["close","sector"],"params":true}`)})
	require.NoError(t, err)
	require.Equal(t, Meta{Name: "a_1", Version: "2.0.0-rc1", Description: "d", Columns: []string{"close", "sector"}, Params: json.RawMessage("true")}, m)
}

func TestParseMetaRefuses(t *testing.T) {
	with := func(rest string) string { return `{"name":"a","version":"1"` + rest + `}` }
	many := make([]string, 31)
	for i := range many {
		many[i] = fmt.Sprintf(`"c%d"`, i)
	}
	tests := []struct{ name, text, detail string }{
		{"not JSON", "name: a", "is not the JSON that it should be"},
		{"two values", with("") + "{}", "text after the JSON value, at byte 27"},
		{"unknown key", with(`,"colums":[]`), `unknown field "colums"`},
		{"key in another case", `{"name":"a","Version":"1"}`, `unknown field "Version", at byte 22`},
		{"key twice", with(`,"version":"2"`), `there twice is the field "version", at byte 36`},
		{"key of the schema twice", with(`,"params":{"type":"object","type":"array"}`), `params: there twice is the field "type"`},
		{"null for a name", `{"name":null,"version":"1"}`, "name: null where a string belongs"},
		{"number for a version", `{"name":"a","version":1}`, "version: a number where a string belongs"},
		{"no name", `{"version":"1"}`, `name ""`},
		{"name with a newline", `{"name":"a\nb","version":"1"}`, `name "a\nb"`},
		{"upper case", `{"name":"A","version":"1"}`, `name "A"`},
		{"no version", `{"name":"a"}`, "version of 0 bytes"},
		{"long version", `{"name":"a","version":"` + strings.Repeat("1", 65) + `"}`, "version of 65 bytes"},
		{"long description", with(`,"description":"` + strings.Repeat("d", 4097) + `"`), "description of 4097 bytes"},
		{"31 columns", with(`,"columns":[` + strings.Join(many, ",") + `]`), "31 columns, at most 30"},
		{"column twice", with(`,"columns":["close","close"]`), "column 1: close is there already"},
		{"column that is always there", with(`,"columns":["rank"]`), "column 0: rank is there already"},
		{"column name", with(`,"columns":["Close"]`), `column 0 is named "Close"`},
		{"too long", `"` + strings.Repeat("x", MaxMetaBytes) + `"`, "has 65538 bytes, at most 65536"},
		{"bad schema", with(`,"params":{"type":"integr"}`), "params: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Compile(t.Context(), wat(t, "echo", tt.text), Options{})
			requireRejection(t, err, release.RuleABI, tt.detail)
		})
	}
}

func TestCompileCountsMetaSections(t *testing.T) {
	none := bytes.TrimSuffix(wat(t, "echo", plainMeta), append([]byte("\x09rule.meta"), plainMeta...))
	none = none[:len(none)-2] // id and length
	_, err := Compile(t.Context(), none, Options{})
	requireRejection(t, err, release.RuleABI, "0 custom sections named rule.meta, want 1")

	one := wat(t, "echo", plainMeta)
	two := append(one[:len(one):len(one)], one[len(none):]...)
	_, err = Compile(t.Context(), two, Options{})
	requireRejection(t, err, release.RuleABI, "2 custom sections named rule.meta, want 1")

	replaced, err := WithMeta(two, []byte(plainMeta))
	require.NoError(t, err)
	require.Equal(t, one, replaced)
}

func TestWithMetaRefuses(t *testing.T) {
	_, err := WithMeta([]byte("(module)"), []byte(plainMeta))
	require.ErrorContains(t, err, "not a core wasm module")
}

// The host's own reading of hostile bytes: no panic, and what it accepts it
// can write again.
func FuzzWithMeta(f *testing.F) {
	wasm, _ := rules.Stock(rules.TopBottom)
	f.Add(wasm)
	f.Add(wasm[:len(wasm)/2])
	for _, name := range []string{"import_global", "import_table", "import_memory", "start", "odd"} {
		f.Add(wat(f, name, plainMeta))
	}
	f.Add([]byte("\x00asm\x01\x00\x00\x00\x02\x05\xff\xff\xff\xff\x0f"))
	f.Add([]byte("\x00asm\x01\x00\x00\x00\x05\x04\x01\x01\x01\x02"))
	f.Fuzz(func(t *testing.T, wasm []byte) {
		var others int
		err := sections(wasm, func(s section) error {
			if s.name != metaSection {
				others++
			}
			return nil
		})
		if err != nil {
			return
		}
		again, err := WithMeta(wasm, []byte("{}"))
		require.NoError(t, err)
		metas, err := metaSections(again)
		require.NoError(t, err)
		require.Equal(t, [][]byte{[]byte("{}")}, metas)
		require.NoError(t, sections(again, func(section) error { others--; return nil }))
		require.Equal(t, -1, others, "the other sections stay, and one is added")
	})
}

func FuzzParseMeta(f *testing.F) {
	f.Add([]byte(plainMeta))
	f.Add([]byte(`{"name":"a","version":"1","columns":["close"],"params":{"properties":{"x":{"pattern":"^a+$"}}}}`))
	f.Add([]byte(`{"name":"a","version":"1","params":{"$ref":"file:///etc/passwd"}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := parseMeta([][]byte{text})
		if err != nil {
			return
		}
		if s, err := compileSchema(m.Params); err == nil {
			_ = s.check(map[string]any{"x": "a", "y": []any{1.5, nil, true}}, 6) // must come back
		}
	})
}
