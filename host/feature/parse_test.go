package feature

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/expr"
)

func TestParse(t *testing.T) {
	s, err := Parse([]byte(`{"feature_set": 1, "name": "desk", "extend": "alpha158",
	  "fields": [{"name": "MOM20", "expression": "Ref($close,20)/$close"}],
	  "numerics": "pandas3", "history": "window", "universe": ["msft", "AAPL"],
	  "processors": [], "inputs": ["MOM20", "KMID"]}`))
	require.NoError(t, err)
	require.Equal(t, "desk", s.Name)
	require.Len(t, s.Fields, 159)
	require.Equal(t, expr.Field{Name: "MOM20", Expression: "Ref($close,20)/$close"}, s.Fields[158])
	require.Equal(t, expr.Pandas3, s.Numerics)
	require.Equal(t, Window, s.History)
	require.Equal(t, Universe{Symbols: []string{"AAPL", "MSFT"}}, s.Universe)
	require.Equal(t, []string{"MOM20", "KMID"}, s.Inputs)
}

func TestParseDefaults(t *testing.T) {
	s, err := Parse([]byte(`{"feature_set": 1, "fields": [{"name": "A", "expression": "$close"}]}`))
	require.NoError(t, err)
	require.Equal(t, &Set{Fields: []expr.Field{{Name: "A", Expression: "$close"}}}, s)
	require.True(t, s.Universe.All())
}

func TestParseRefuses(t *testing.T) {
	field := `"fields": [{"name": "A", "expression": "$close"}]`
	tests := []struct{ name, text, want string }{
		{"no JSON", `{"feature_set": 1,`, "not JSON: wrong from byte 18 on"},
		{"a list", `[]`, "not a JSON object"},
		{"not UTF-8", "\xff", "not UTF-8"},
		{"too large", strings.Repeat(" ", MaxBytes+1), "the limit is 1048576"},
		{"no version", `{` + field + `}`, "feature_set: the number 1 is expected"},
		{"another version", `{"feature_set": 2, ` + field + `}`, "feature_set: the number 1 is expected"},
		{"unknown member", `{"feature_set": 1, "feilds": []}`, `unknown member "feilds"`},
		{"member twice", `{"feature_set": 1, "feature_set": 1, ` + field + `}`, `"feature_set" is there twice`},
		{"nothing", `{"feature_set": 1}`, "fields: none"},
		{"fields no list", `{"feature_set": 1, "fields": {}}`, "fields: a list is expected"},
		{"field no object", `{"feature_set": 1, "fields": ["$close"]}`, "fields[0]: an object is expected"},
		{"field without name", `{"feature_set": 1, "fields": [{"expression": "$close"}]}`, "fields[0]: name is missing"},
		{"field without expression", `{"feature_set": 1, "fields": [{"name": "A"}]}`, `fields[0] ("A"): expression is missing`},
		{"field with more", `{"feature_set": 1, "fields": [{"name": "A", "expr": "$close"}]}`, `fields[0]: unknown member "expr"`},
		{"field's member twice", `{"feature_set": 1, "fields": [{"name": "A", "name": "B"}]}`, `fields[0]: field "name" is there twice`},
		{"name of another kind", `{"feature_set": 1, "fields": [{"name": 1}]}`, "fields[0].name: a text is expected"},
		{"name with a line break", `{"feature_set": 1, "fields": [{"name": "A\n"}]}`, "fields[0].name: it has a character"},
		{"name twice", `{"feature_set": 1, "fields": [{"name": "A", "expression": "$close"}, {"name": "A", "expression": "$open"}]}`, `fields[1]: the name "A" is there twice`},
		{"name of the extended set", `{"feature_set": 1, "extend": "alpha158", "fields": [{"name": "KMID", "expression": "$close"}]}`, `fields[0]: the name "KMID" is there twice`},
		{"unknown set", `{"feature_set": 1, "extend": "alpha101"}`, `extend: "alpha101" is no built-in set`},
		{"unknown numerics", `{"feature_set": 1, "numerics": "pandas1", ` + field + `}`, `numerics: "pandas1"; pandas2 or pandas3 is expected`},
		{"unknown history", `{"feature_set": 1, "history": "half", ` + field + `}`, `history: "half"; full or window is expected`},
		{"universe in another folder", `{"feature_set": 1, "universe": "../all", ` + field + `}`, "universe:"},
		{"empty universe", `{"feature_set": 1, "universe": [], ` + field + `}`, "universe: no symbols"},
		{"symbol twice", `{"feature_set": 1, "universe": ["A", "a"], ` + field + `}`, "universe: a symbol is there twice"},
		{"input twice", `{"feature_set": 1, "inputs": ["A", "A"], ` + field + `}`, `inputs[1]: the name "A" is there twice`},
		{"no inputs", `{"feature_set": 1, "inputs": [], ` + field + `}`, "inputs: it is empty"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse([]byte(tt.text))
			require.ErrorContains(t, err, tt.want)
		})
	}
}

func TestCompileRefuses(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"a wrong expression", `"fields": [{"name": "A", "expression": "1<$close<50"}]`, "column A: character 9: a chain of comparisons"},
		{"a label", `"fields": [{"name": "A", "expression": "Ref($close,-1)"}]`, "column A: character 12: Ref of a later day"},
		{"an unknown input", `"extend": "alpha158", "inputs": ["KMDI"]`, `inputs[0]: the set has no column "KMDI"; is it "KMID"?`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := Parse([]byte(`{"feature_set": 1, ` + tt.text + `}`))
			require.NoError(t, err)
			_, err = Compile(s, Serving)
			require.ErrorContains(t, err, tt.want)
		})
	}
}

func TestBuiltIn(t *testing.T) {
	for name, width := range map[string]int{"alpha158": 158, "alpha360": 360} {
		s, ok := BuiltIn(name)
		require.True(t, ok)
		require.Len(t, s.Fields, width)
		_, err := Compile(s, Serving)
		require.NoError(t, err)
	}
	_, ok := BuiltIn("alpha101")
	require.False(t, ok)
}

// TestDigest: the digest is of what a set computes.
func TestDigest(t *testing.T) {
	digest := func(text string) string {
		s, err := Parse([]byte(text))
		require.NoError(t, err)
		d, err := s.Digest()
		require.NoError(t, err)
		return d
	}
	plain := digest(`{"feature_set": 1, "fields": [{"name": "A", "expression": "$close"}]}`)
	require.Len(t, plain, 64)
	require.Equal(t, plain, digest(`{"fields":[{"expression":"$close","name":"A"}],"name":"x","history":"full","numerics":"pandas2","feature_set":1}`))
	require.NotEqual(t, plain, digest(`{"feature_set": 1, "fields": [{"name": "A", "expression": "$open"}]}`))
	require.NotEqual(t, plain, digest(`{"feature_set": 1, "history": "window", "fields": [{"name": "A", "expression": "$close"}]}`))
}
