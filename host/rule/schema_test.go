package rule

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestAccept(t *testing.T) {
	const schema = `{
		"$schema": "https://json-schema.org/draft/2020-12/schema",
		"type": "object",
		"properties": {
			"n": {"type": "integer", "minimum": 0, "maximum": 10},
			"mode": {"enum": ["fast", "slow"]},
			"tag": {"type": "string", "pattern": "^[a-z]+$"},
			"legs": {"type": "array", "items": {"type": "object", "properties": {"size": {"type": "number"}}, "required": ["size", "side"]}}
		},
		"required": ["n"],
		"additionalProperties": false
	}`
	m := admitted(t, wat(t, "echo", `{"name":"a","version":"1","params":`+schema+`}`), Options{})
	tests := []struct {
		name, params string
		want         []FieldError
	}{
		{"good", `{"n":3,"mode":"fast","tag":"abc","legs":[{"size":1.5,"side":1}]}`, nil},
		{"integer as a decimal", `{"n":3.0}`, nil},
		{"missing", ``, []FieldError{{"n", "is missing"}}},
		{"range", `{"n":11}`, []FieldError{{"n", "maximum: got 11, want 10"}}},
		{"range, with an exponent", `{"n":1e6}`, []FieldError{{"n", "maximum: got 1000000, want 10"}}},
		{"type", `{"n":"3"}`, []FieldError{{"n", "got string, want integer"}}},
		{"enum", `{"n":1,"mode":"x"}`, []FieldError{{"mode", `must be one of "fast", "slow"`}}},
		{"pattern", `{"n":1,"tag":"A"}`, []FieldError{{"tag", "'A' does not match pattern '^[a-z]+$'"}}},
		{"below", `{"n":1,"legs":[{"size":1,"side":1},{"size":"x"}]}`, []FieldError{{"legs.1.side", "is missing"}, {"legs.1.size", "got string, want number"}}},
		{"two unknown", `{"n":1,"a":1,"b":2}`, []FieldError{{"a", "is not a parameter of this rule"}, {"b", "is not a parameter of this rule"}}},
		{"array", `[]`, []FieldError{{"", "not a JSON object"}}},
		{"null", `null`, []FieldError{{"", "not a JSON object"}}},
		{"half", `{"n":`, []FieldError{{"", "not JSON: unexpected end of JSON input"}}},
		{"two values", `{} {}`, []FieldError{{"", "not JSON: invalid character '{' after top-level value"}}},
		{"beyond a double", `{"n":1e999}`, []FieldError{{"n", "number 1e999 is beyond a double"}}},
		{"too long", `{"tag":"` + strings.Repeat("a", MaxParamsBytes) + `"}`, []FieldError{{"", "16394 bytes, at most 16384"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := accepts(m, tt.params)
			if tt.want == nil {
				require.NoError(t, err)
				return
			}
			var pe *ParamsError
			require.ErrorAs(t, err, &pe)
			require.Equal(t, tt.want, pe.Fields)
		})
	}
}

func TestRuleWithoutParams(t *testing.T) {
	m := admitted(t, wat(t, "echo", `{"name":"a","version":"1"}`), Options{})
	require.NoError(t, accepts(m, ""))
	require.EqualError(t, accepts(m, `{"x":1}`), "rule parameters x: is not a parameter of this rule")
}

func TestParamsErrorListsAFew(t *testing.T) {
	s, err := compileSchema(json.RawMessage(`{"additionalProperties":false}`))
	require.NoError(t, err)
	params := map[string]any{}
	for i := range 50 {
		params[fmt.Sprint("p", i)] = 1.0
	}
	var pe *ParamsError
	require.ErrorAs(t, s.check(params, 51), &pe)
	require.Len(t, pe.Fields, maxFieldErrors+1)
	require.Equal(t, FieldError{"", "and 30 more"}, pe.Fields[maxFieldErrors])
}

func TestSchemaRefuses(t *testing.T) {
	deep := strings.Repeat(`{"not":`, 40) + "true" + strings.Repeat("}", 40)
	tests := []struct{ name, schema, want string }{
		{"not a schema", `3`, "not a JSON Schema"},
		{"null", `null`, "not a JSON Schema"},
		{"unknown type", `{"type":"integr"}`, "params: "},
		{"maximum that is no number", `{"maximum":"3"}`, "params: "},
		{"file", `{"$ref":"file:///etc/passwd"}`, "$ref is not allowed"},
		{"network", `{"properties":{"a":{"$ref":"https://example.com/s.json"}}}`, "params.properties.a: $ref is not allowed"},
		{"itself", `{"$ref":"#"}`, "$ref is not allowed"},
		{"dynamic", `{"$dynamicRef":"#a"}`, "$dynamicRef is not allowed"},
		{"another base", `{"$id":"http://["}`, "$id is not allowed"},
		{"another draft", `{"$schema":"http://json-schema.org/draft-07/schema#"}`, `$schema is "http://json-schema.org/draft-07/schema#", want https://json-schema.org/draft/2020-12/schema`},
		{"own metaschema", `{"properties":{"a":{"$schema":"file:///etc/passwd"}}}`, "$schema is"},
		{"nested", deep, "nested deeper than 32"},
		{"wide", `{"enum":[` + strings.Repeat("1,", 4000) + `1]}`, "more than 4000 values"},
		{"pattern that is none", `{"pattern":"("}`, "missing closing )"},
		{"huge pattern", `{"pattern":".{1000}"}`, "more than 500 instructions"},
		{"many patterns", `{"patternProperties":{"a{200}":{},"b{200}":{},"c{200}":{}}}`, "more than 500 instructions"},
		{"long pattern", `{"pattern":"` + strings.Repeat("a", 501) + `"}`, "pattern of 501 bytes"},
		{"number beyond a double", `{"maximum":1e999999}`, "params: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := compileSchema(json.RawMessage(tt.schema))
			require.ErrorContains(t, err, tt.want)
			require.Less(t, len(err.Error()), 2*maxMessage)
		})
	}
}

func TestSchemaBoundsItsWork(t *testing.T) {
	s, err := compileSchema(json.RawMessage(`{"properties":{"a":{"items":{"allOf":[` + strings.Repeat(`{"type":"string"},`, 1500) + `{}]}}}}`))
	require.NoError(t, err)
	many := make([]any, 2000)
	for i := range many {
		many[i] = 0.0
	}
	require.ErrorContains(t, s.check(map[string]any{"a": many}, 2002), "pairs to check, at most 250000")
	require.NoError(t, s.check(map[string]any{"a": []any{"x"}}, 3))
}

// The numbers that the C header reads are those that Go reads, or none.
func TestNumbersInParams(t *testing.T) {
	m := topBottom(t)
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.IntRange(1, 10000).Draw(r, "n")
		zeros := rapid.IntRange(0, 6).Draw(r, "zeros")
		shift := rapid.IntRange(0, 6).Draw(r, "shift")
		text := rapid.SampledFrom([]string{
			fmt.Sprint(n),
			fmt.Sprintf("%d.%s", n, strings.Repeat("0", zeros+1)),
			fmt.Sprintf("%d%se-%d", n, strings.Repeat("0", shift), shift),
			fmt.Sprintf("%d.0E+0", n),
			fmt.Sprintf("%.6fe%d", float64(n)/1e4, 4),
		}).Draw(r, "text")
		in := over(4, 3, 2, 1)
		in.Params = asWritten(fmt.Sprintf(`{"top_n":%s,"bottom_n":0}`, text))
		got, err := run(t, m, in)
		require.NoError(r, err, text)
		requireSameBits(r, topBottomReference(in.Predictions, n, 0), got)
	})
}
