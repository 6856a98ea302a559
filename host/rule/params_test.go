package rule

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"edgesignal/host/release"
	"edgesignal/host/strictjson"
)

func TestParseParams(t *testing.T) {
	tests := []struct{ name, params, want string }{
		{"none", "", "{}"},
		{"empty", " { } ", "{}"},
		{"sorted, without space", `{ "b": 1, "a": [1, 2 ,{"d":0,"c":[]}] }`, `{"a":[1,2,{"c":[],"d":0}],"b":1}`},
		{"sorted by bytes, not by what is written", `{"a\u0000":1,"a":2,"ä":3,"z":4}`, `{"a":2,"a\u0000":1,"z":4,"ä":3}`},
		{"escapes that are not needed", `{"top\u005fn":"\u0041<>&"}`, `{"top_n":"A<>&"}`},
		{"words", `{"a":true,"b":false,"c":null}`, `{"a":true,"b":false,"c":null}`},
		{"numbers as written", `{"a":3.0,"b":1.50,"c":-0,"d":0.1}`, `{"a":3.0,"b":1.50,"c":-0,"d":0.1}`},
		{"exponents written out", `{"a":1e6,"b":1.5E-3,"c":-25e-1,"d":0e5}`, `{"a":1000000,"b":0.0015,"c":-2.5,"d":0}`},
		{"exponents that would be long", `{"a":1e22,"b":1.50E-22,"c":1e300}`, `{"a":1e+22,"b":1.5e-22,"c":1e+300}`},
		{"the largest whole number", `{"a":9007199254740992,"b":-9007199254740992}`, `{"a":9007199254740992,"b":-9007199254740992}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := parsed(t, tt.params)
			require.Equal(t, tt.want, p.String())
			require.Equal(t, tt.want, string(p.JSON()))
			require.Equal(t, tt.want, parsed(t, tt.want).String(), "canonical text stays as it is")
			var wire bytes.Buffer
			require.NoError(t, gob.NewEncoder(&wire).Encode(struct{ P Params }{p}))
			var there struct{ P Params }
			require.NoError(t, gob.NewDecoder(&wire).Decode(&there))
			require.Equal(t, p, there.P)
		})
	}
}

func TestParseParamsRefuses(t *testing.T) {
	tests := []struct{ name, params, field, message string }{
		{"array", `[]`, "", "not a JSON object"},
		{"null", `null`, "", "not a JSON object"},
		{"half", `{`, "", "not JSON: unexpected end of JSON input"},
		{"two values", `{}{}`, "", "not JSON: invalid character '{' after top-level value"},
		{"too long", `"` + strings.Repeat("a", MaxParamsBytes) + `"`, "", "16386 bytes, at most 16384"},
		{"a name twice", `{"a":1,"a":2}`, "", `field "a" is there twice, the second time at byte 11`},
		{"a name twice below", `{"x":[{"a":1,"\u0061":1}]}`, "x.0", `field "a" is there twice, the second time at byte 16`},
		{"beyond a double", `{"n":1e999}`, "n", "number 1e999 is beyond a double"},
		{"below a double", `{"a":{"n":1e-400}}`, "a.n", "number 1e-400 is too small for a double"},
		{"zero with an exponent", `{"n":0e999}`, "n", "number 0e999 has an exponent beyond 324"},
		{"more digits than a double has", `{"n":3.00000000000000000001}`, "n", "number 3.00000000000000000001 has 21 significant digits, a double at most 17"},
		{"no whole number of a double", `{"n":[9007199254740993]}`, "n.0", "number 9007199254740993 is no whole number that a double holds"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ParseParams([]byte(tt.params))
			var pe *ParamsError
			require.ErrorAs(t, err, &pe)
			require.Equal(t, []FieldError{{tt.field, tt.message}}, pe.Fields)
		})
	}
}

func TestParamsWith(t *testing.T) {
	for _, tt := range []struct{ name, own, over, want string }{
		{"none", ``, ``, `{}`},
		{"over none", `{"a":1}`, ``, `{"a":1}`},
		{"none below", ``, `{"a":1}`, `{"a":1}`},
		{"theirs win, name by name", `{"top_n":3,"bottom_n":3}`, `{"top_n":5}`, `{"bottom_n":3,"top_n":5}`},
		{"nested values are replaced whole", `{"a":{"x":1}}`, `{"a":{"y":2},"b":0}`, `{"a":{"y":2},"b":0}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := parsed(t, tt.own).With(parsed(t, tt.over))
			require.NoError(t, err)
			require.Equal(t, tt.want, p.String())
			require.Equal(t, parsed(t, tt.want), p)
			require.Equal(t, parsed(t, tt.want).Digest(), p.Digest())
			require.Equal(t, tt.want == "{}", p.Empty())
		})
	}
	half := `"` + strings.Repeat("a", MaxParamsBytes/2) + `"}`
	_, err := parsed(t, `{"a":`+half).With(parsed(t, `{"b":`+half))
	require.ErrorContains(t, err, "bytes in canonical form, at most 16384")
}

// Accepted parameters are not checked again, those of another module are.
func TestAcceptOnce(t *testing.T) {
	m, other := topBottom(t), admitted(t, wat(t, "echo", `{"name":"a","version":"1"}`), Options{})
	p, err := m.Accept(parsed(t, `{"top_n":1}`))
	require.NoError(t, err)
	again, err := m.Accept(p)
	require.NoError(t, err)
	require.Equal(t, p, again)
	_, err = other.Accept(p)
	require.Error(t, err)
	changed, err := p.With(parsed(t, `{"top_n":-1}`))
	require.NoError(t, err)
	_, err = m.Accept(changed)
	require.ErrorContains(t, err, "top_n")
}

// FuzzParseParams holds the canonical form against that of a manifest, of
// which it differs in exponents alone, and the values against encoding/json.
func FuzzParseParams(f *testing.F) {
	for _, text := range []string{
		`{}`, ` { "b": [1, 2.50, -0.0, {"d":"\u2028<", "c":null}], "a": true }`, `{"a":1e2}`, "{\"\xff\":\"\xff\"}", `{"a":"\ud800"}`, `{"":{"":[]}}`, `{"a":1,"a":2}`, `{"a":0.30000000000000004}`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParseParams([]byte(text))
		if err != nil {
			var pe *ParamsError
			require.ErrorAs(t, err, &pe)
			require.NotEmpty(t, pe.Fields)
			return
		}
		if text == "" {
			return
		}
		var want map[string]any
		require.NoError(t, json.Unmarshal([]byte(text), &want))
		object, values := p.object()
		require.Equal(t, want, object)
		require.Positive(t, values)
		require.Equal(t, p.String(), parsed(t, p.String()).String())
		if !strings.ContainsAny(text, "eE") {
			canonical, err := release.CanonicalJSON([]byte(text))
			require.NoError(t, err)
			require.Equal(t, string(canonical), p.String())
		}
	})
}

func TestParamsErrorsSayWhatKindTheyAre(t *testing.T) {
	_, err := ParseParams([]byte(`{"a":[{"b":1,"b":2}]}`))
	var twice *strictjson.DuplicateError
	require.ErrorAs(t, err, &twice)
	_, err = ParseParams([]byte(`[]`))
	require.ErrorIs(t, err, strictjson.ErrNoObject)
}

// Every number that is let in is read alike by the schema, by strconv and by
// the simple reader of the C SDK, or refused by that reader; none becomes another.
func TestNumbersStayWhatTheyAre(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.StringMatching(`-?(0|[1-9][0-9]{0,18})(\.[0-9]{1,18})?([eE][+-]?[0-9]{1,3})?`).Draw(r, "number")
		canonical, v, err := readNumber(text)
		if err != nil {
			return
		}
		var want, again float64
		require.NoError(r, json.Unmarshal([]byte(text), &want))
		require.NoError(r, json.Unmarshal([]byte(canonical), &again))
		require.Equal(r, want, v)
		require.Equal(r, want, again)
	})
}
